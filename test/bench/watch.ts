/** Watching folders of many files: until it is ready, how much memory, how soon a write is told; beside chokidar on every file. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Benchmark, inTurns, type Line, type Scale } from "./measure.ts";
import type { WatcherMessage } from "./watcher-process.ts";

const sizes: Readonly<Record<Scale, readonly number[]>> = { smoke: [100], full: [100, 1_000, 10_000] };
const rounds: Readonly<Record<Scale, number>> = { smoke: 1, full: 9 };
const filesInFolder = 100;

interface Watcher {
  readonly readyMs: number;
  readonly rssMb: number;
  /** Until the write was told, in ms. */
  write(file: string, text: string): Promise<number>;
  close(): Promise<void>;
}

async function startWatcher(kind: string, directories: readonly string[]): Promise<Watcher> {
  const child = fork(path.join(import.meta.dirname, "watcher-process.ts"), [kind, ...directories], {
    execArgv: ["--expose-gc"],
  });
  const ready = await message(child);
  if (ready.kind !== "ready") throw new Error(`The watcher said ${ready.kind} before it was ready.`);
  return {
    readyMs: ready.ms,
    rssMb: ready.rssMb,
    async write(file, text) {
      const told = message(child);
      const start = performance.timeOrigin + performance.now();
      await writeFile(file, text);
      const answer = await told;
      if (answer.kind !== "told") throw new Error("The watcher was ready twice.");
      return answer.at - start;
    },
    async close() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}

const message = async (child: ChildProcess): Promise<WatcherMessage> =>
  ((await once(child, "message")) as [WatcherMessage])[0];

async function lines(files: number, scale: Scale): Promise<Line[]> {
  const root = await mkdtemp(path.join(tmpdir(), "hotenv-bench-"));
  try {
    const directories: string[] = [];
    for (let at = 0; at < files; at += 1) {
      const directory = path.join(root, `folder${Math.floor(at / filesInFolder)}`);
      if (at % filesInFolder === 0) {
        await mkdir(directory);
        directories.push(directory);
      }
      await writeFile(path.join(directory, `rule${at}.txt`), "old\n");
    }
    const rss: Record<string, number[]> = { hotenv: [], chokidar: [] };
    const latency: Record<string, number[]> = { hotenv: [], chokidar: [] };
    const contender = (kind: "hotenv" | "chokidar") => async (round: number) => {
      const watcher = await startWatcher(kind, directories);
      try {
        const at = (Math.max(0, round) * 37) % files;
        const file = path.join(root, `folder${Math.floor(at / filesInFolder)}`, `rule${at}.txt`);
        const ms = await watcher.write(file, `round ${round} of ${kind}\n`);
        if (round >= 0) {
          rss[kind]?.push(watcher.rssMb);
          latency[kind]?.push(ms);
        }
        return watcher.readyMs;
      } finally {
        await watcher.close();
      }
    };
    const ready = await inTurns(
      { hotenv: contender("hotenv"), chokidar: contender("chokidar") },
      { rounds: rounds[scale] },
    );
    const line = (name: string, unit: Line["unit"], from: Readonly<Record<string, number[]>>): Line => ({
      group: "Watching",
      name,
      unit,
      size: files,
      hotenv: from.hotenv ?? [],
      peers: { "chokidar, every file": from.chokidar ?? [] },
      note: "Files in folders of 100. Hotenv watches the folders and does not settle here; the peer is chokidar as it comes.",
    });
    return [
      line("until ready", "ms", ready),
      line("memory of the process", "MB", rss),
      line("write to event", "ms", latency),
    ];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

export const benchmark: Benchmark = async (scale) => {
  const all: Line[] = [];
  for (const files of sizes[scale]) all.push(...(await lines(files, scale)));
  return all;
};
