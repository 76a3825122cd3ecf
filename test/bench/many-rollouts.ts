/**
 * What is left in an agent's memory by rollouts: the agent that is shipped, a local service, a variable that changes
 * again and again. Local processes, since a thousand containers would take an hour; all but the runtime is the same.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connectAgent } from "../../client/connect.ts";
import { projectPaths } from "../../client/location.ts";
import { findAgent } from "../../client/rendezvous.ts";
import { spawnAgent } from "../../client/spawn.ts";
import { build } from "../../scripts/build.ts";
import type { Benchmark, Line } from "./measure.ts";
import { readProcess } from "./read-process.ts";

const entry = path.join(import.meta.dirname, "../../dist/hotenv.cjs");
/** After how many rollouts one looks. */
const looks = { smoke: [5, 30], full: [10, 100, 1_000] } as const;
/** For the collector, which runs when nothing else does. */
const restMs = { smoke: 500, full: 3_000 };

const settings = `policy: { stability: 0s }
services:
  worker: { command: sleep 86400, env_file: .env, stop_grace_period: 1s }
`;

export const benchmark: Benchmark = async (scale) => {
  await build({ production: true, only: ["agent"] });
  const root = await mkdtemp(path.join(tmpdir(), "hotenv-bench-rollouts-"));
  const directory = path.join(root, "project");
  const stateDir = path.join(root, "state");
  const bring = (value: number) => writeFile(path.join(directory, ".env"), `VALUE=${value}\n`);
  await mkdir(directory);
  await writeFile(path.join(directory, "hotenv.yaml"), settings);
  await bring(0);
  const environment = { ...process.env, XDG_CONFIG_HOME: path.join(root, "config") };
  const paths = projectPaths(directory, { stateDir });
  const bare = spawn(process.execPath, ["-e", 'console.log("ready"); setInterval(() => {}, 1e9)'], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(bare.stdout, "data");
    await spawnAgent({ entry, execPath: process.execPath, environment, directory, stateDir });
    const client = await connectAgent(paths, { client: "cli" });
    try {
      const found = await findAgent(paths);
      if (found.kind !== "agent" || bare.pid === undefined) throw new Error("The processes did not start.");
      const memory = async (pid: number) => {
        await wait(restMs[scale]);
        return readProcess(pid).rssMb;
      };
      const apply = async () => {
        const { verdict, message } = await client.call("apply", {});
        if (verdict !== "applied") throw new Error(`${verdict}: ${message}`);
      };
      await apply();
      const before = await memory(found.rendezvous.pid);
      const peer = await memory(bare.pid);
      const lines: Line[] = [];
      let done = 0;
      for (const count of looks[scale]) {
        for (; done < count; done += 1) {
          await bring(done + 1);
          await apply();
        }
        lines.push({
          group: "The agent",
          name: "memory after so many rollouts",
          unit: "MB",
          size: count,
          hotenv: [await memory(found.rendezvous.pid)],
          peers: { "before the first": [before], "node that waits": [peer] },
          note: "The service is a local process; the whole history of the rollouts is kept on disk meanwhile.",
        });
      }
      return lines;
    } finally {
      const closed = new Promise((resolve) => client.onClose(resolve));
      await client.call("stop", {});
      await closed;
    }
  } finally {
    bare.kill();
    await rm(root, { recursive: true, force: true });
  }
};
