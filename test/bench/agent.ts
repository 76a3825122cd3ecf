/** What an agent costs that does nothing: until it listens, and while it waits; beside a Node that waits, too. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connectAgent } from "../../client/connect.ts";
import { projectPaths } from "../../client/location.ts";
import { findAgent } from "../../client/rendezvous.ts";
import { spawnAgent } from "../../client/spawn.ts";
import { build } from "../../scripts/build.ts";
import { type Benchmark, inTurns, took } from "./measure.ts";
import { readProcess } from "./read-process.ts";

const entry = path.join(import.meta.dirname, "../../dist/hotenv.cjs");
const scales = { smoke: { rounds: 2, idleMs: 1000 }, full: { rounds: 15, idleMs: 10_000 } } as const;

/** @returns its memory at the end of the time, and the share of a processor that it took */
async function watchIdle(pid: number, idleMs: number): Promise<{ rssMb: number; share: number }> {
  // What follows the start has an end: collections, the first look at the files.
  await wait(idleMs / 2);
  const before = readProcess(pid);
  const start = performance.now();
  await wait(idleMs);
  const after = readProcess(pid);
  return { rssMb: after.rssMb, share: ((after.cpuMs - before.cpuMs) / (performance.now() - start)) * 100 };
}

export const benchmark: Benchmark = async (scale) => {
  const { rounds, idleMs } = scales[scale];
  await build({ production: true, only: ["agent"] });
  const root = mkdtempSync(path.join(tmpdir(), "hotenv-bench-agent-"));
  const directory = path.join(root, "project");
  const stateDir = path.join(root, "state");
  mkdirSync(directory);
  writeFileSync(path.join(directory, "hotenv.yaml"), "watch: []\n");
  const environment = { ...process.env, XDG_CONFIG_HOME: path.join(root, "config") };
  const paths = projectPaths(directory, { stateDir });
  const start = (): Promise<void> =>
    spawnAgent({ entry, execPath: process.execPath, environment, directory, stateDir });
  const stop = async (): Promise<void> => {
    const client = await connectAgent(paths, { client: "cli" });
    const closed = new Promise((resolve) => client.onClose(resolve));
    await client.call("stop", {});
    await closed;
  };
  const waiting = (): ReturnType<typeof spawn> =>
    spawn(process.execPath, ["-e", 'console.log("ready"); setInterval(() => {}, 1e9)'], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  try {
    const samples = await inTurns(
      {
        hotenv: async () => {
          const ms = await took(start);
          await stop();
          return ms;
        },
        node: async () => {
          const child = waiting();
          const ms = await took(() => once(child.stdout ?? child, "data"));
          const gone = once(child, "exit");
          child.kill();
          await gone;
          return ms;
        },
      },
      { rounds },
    );
    await start();
    const bare = waiting();
    try {
      const found = await findAgent(paths);
      if (found.kind !== "agent" || bare.pid === undefined) throw new Error("The processes did not start.");
      const [ours, theirs] = await Promise.all([
        watchIdle(found.rendezvous.pid, idleMs),
        watchIdle(bare.pid, idleMs),
      ]);
      const group = "The agent";
      const peer = "node that waits";
      return [
        {
          group,
          name: "start to listening",
          unit: "ms",
          hotenv: samples.hotenv,
          peers: { [peer]: samples.node },
          budget: { atMost: 200, of: "p50" },
        },
        {
          group,
          name: "memory while idle",
          unit: "MB",
          hotenv: [ours.rssMb],
          peers: { [peer]: [theirs.rssMb] },
          budget: { ratio: 1.25, to: peer },
        },
        {
          group,
          name: "share of a processor while idle",
          unit: "%",
          hotenv: [ours.share],
          peers: { [peer]: [theirs.share] },
          budget: { atMost: 0.2, of: "p50" },
        },
      ];
    } finally {
      bare.kill();
      await stop();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};
