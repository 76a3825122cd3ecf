/**
 * From a save to the first word about it: on a client of the agent, told by the editor or found by the watcher;
 * beside what watches a file and restarts a command. The service is a local process, so that Docker's own time
 * is not in it.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { type AgentClient, connectAgent } from "../../client/connect.ts";
import { projectPaths } from "../../client/location.ts";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { agentBench } from "../support/agent.ts";
import { type Benchmark, inTurns, type Line } from "./measure.ts";

const nodemon = path.join(import.meta.dirname, "../../node_modules/nodemon/bin/nodemon.js");
const rounds = { smoke: 2, full: 40 };
const longestWaitMs = 20_000;

const settings = `policy: { stability: 0s }
services:
  worker:
    command: ["${process.execPath}", "worker.js"]
    env_file: .env
    stop_grace_period: 1s
`;
/** Tells the benchmark with which value it runs, as soon as it does. */
const workerAt = (port: number): string => `if (process.env.VALUE === undefined) process.loadEnvFile();
require("node:net").connect(${port}, "127.0.0.1").on("error", () => {}).write(process.env.VALUE);
setInterval(() => {}, 1_000_000);
`;
const markOf = (round: number, name: string): string => `${name}${round}`;
const envText = (round: number, name: string): string => `VALUE=${markOf(round, name)}\nOTHER=1\n`;

/** Waits for lines of a program's output; all its waits share the one reader. */
function linesOf(child: ChildProcess): (fits: (line: string) => boolean) => Promise<number> {
  if (child.stdout === null) throw new Error("The peer has no output.");
  const lines = createInterface({ input: child.stdout });
  return (fits) =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error("The peer said nothing.")), longestWaitMs);
      lines.on("line", function look(line: string) {
        if (!fits(line)) return;
        clearTimeout(limit);
        lines.off("line", look);
        resolve(performance.now());
      });
    });
}

function nextEvent(client: AgentClient, fits: (event: AgentEvent) => boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("The agent said nothing.")), longestWaitMs);
    const stop = client.onEvent((event) => {
      if (!fits(event)) return;
      clearTimeout(limit);
      stop();
      resolve(performance.now());
    });
  });
}

interface Arrivals extends Disposable {
  readonly port: number;
  /** When the worker said that it runs with the value. */
  next(value: string): Promise<number>;
}

async function listenForWorkers(): Promise<Arrivals> {
  const seen = new EventEmitter();
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (value) => seen.emit(String(value), performance.now()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  return {
    port: address.port,
    next: async (value) =>
      ((await once(seen, value, { signal: AbortSignal.timeout(longestWaitMs) })) as [number])[0],
    [Symbol.dispose]: () => void server.close(),
  };
}

async function project(name: string, worker: string): Promise<string> {
  const directory = await realpath(await mkdtemp(path.join(tmpdir(), `hotenv-bench-${name}-`)));
  await writeFile(path.join(directory, ".env"), envText(-2, name));
  await writeFile(path.join(directory, "worker.js"), worker);
  return directory;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill();
  await gone;
}

export const benchmark: Benchmark = async (scale) => {
  using workers = await listenForWorkers();
  const worker = workerAt(workers.port);
  const directories = await Promise.all(
    ["hotenv", "nodemon", "debounce"].map((name) => project(name, worker)),
  );
  const [ours = "", theirs = "", plain = ""] = directories;
  await writeFile(path.join(ours, "hotenv.yaml"), settings);
  const bench = await agentBench(ours);
  const children: ChildProcess[] = [];
  try {
    await bench.startAgent();
    const client = await connectAgent(projectPaths(ours, { environment: bench.environment }), {
      client: "cli",
    });
    const watcher = spawn(process.execPath, [nodemon, "--watch", ".env", "--ext", "env", "worker.js"], {
      cwd: theirs,
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(watcher);
    const watcherSays = linesOf(watcher);
    await watcherSays((line) => line.includes("starting"));
    const debounced = fork(path.join(import.meta.dirname, "debounce-process.ts"), [plain], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    children.push(debounced);
    await once(debounced, "message");

    const running: Record<string, number[]> = { editor: [], nodemon: [] };
    /** Writes, says so where an editor would, waits for the word, then until the rollout is through. */
    const save =
      (name: "editor" | "external") =>
      async (round: number): Promise<number> => {
        const text = envText(round, name);
        const told = nextEvent(client, ({ type }) => type === "config_change");
        const over = nextEvent(client, ({ type }) => type === "verdict");
        const runs = workers.next(markOf(round, name));
        const start = performance.now();
        await writeFile(path.join(ours, ".env"), text);
        if (name === "editor")
          await client.call("saved", { path: ".env", hash: createHash("sha256").update(text).digest("hex") });
        const at = await told;
        if (round >= 0) running[name]?.push((await runs) - start);
        await Promise.all([runs, over]);
        return at - start;
      };
    const samples = await inTurns(
      {
        editor: save("editor"),
        external: save("external"),
        nodemon: async (round) => {
          const told = watcherSays((line) => line.includes("restarting due to changes"));
          const runs = workers.next(markOf(round, "nodemon"));
          const start = performance.now();
          await writeFile(path.join(theirs, ".env"), envText(round, "nodemon"));
          const at = await told;
          if (round >= 0) running.nodemon?.push((await runs) - start);
          await runs;
          return at - start;
        },
        debounce: async (round) => {
          const told = once(debounced, "message").then(() => performance.now());
          const start = performance.now();
          await writeFile(path.join(plain, ".env"), envText(round, "debounce"));
          return (await told) - start;
        },
      },
      { rounds: rounds[scale], warmUp: 2 },
    );
    client.close();
    const peers = { "nodemon, defaults": samples.nodemon, "50 ms debounce": samples.debounce };
    const line = (name: string, hotenv: readonly number[], atMost: number): Line => ({
      group: "Saving",
      name,
      unit: "ms",
      hotenv,
      peers,
      budget: { atMost, of: "p99" },
      note: "Until a client has the change, its keys compared and masked. The peers say only that a file was written.",
    });
    return [
      line("save in the editor to event", samples.editor, 25),
      line("external write to event", samples.external, 75),
      {
        group: "Saving",
        name: "save in the editor to the new process running",
        unit: "ms",
        hotenv: running.editor ?? [],
        peers: { "nodemon, defaults": running.nodemon ?? [] },
      },
    ];
  } finally {
    await Promise.all(children.map(ended));
    await bench[Symbol.asyncDispose]();
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true, force: true })));
  }
};
