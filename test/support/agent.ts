/** A real agent in a process of its own, and the command line beside it; their state lies in a directory of the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import {
  type AgentEvent,
  type EventData,
  type EventType,
  eventSchema,
} from "../../core/protocol/messages.ts";

/** What is shipped where the test command has built it (test/run.ts), else its source. */
const main = process.env.HOTENV_TEST_ENTRY ?? path.join(import.meta.dirname, "../../agent/main.ts");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningAgent {
  readonly pid: number;
  /** Everything it has told so far. */
  readonly events: readonly AgentEvent[];
  /** The next event of that kind that fits, counted from the last one that a wait here gave out. */
  next<T extends EventType>(
    type: T,
    fits?: (data: EventData<T>) => boolean,
    limitMs?: number,
  ): Promise<EventData<T>>;
  /** The state as it is when nothing is going on any more. */
  settled(): Promise<EventData<"status_update">>;
  /** Ends it as a person does, and waits. */
  stop(): Promise<void>;
  /** SIGKILL, and waits. */
  kill(): Promise<void>;
}

export interface Bench extends AsyncDisposable {
  readonly stateDir: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `hotenv ARGS` for the project. */
  hotenv(...args: string[]): Promise<Finished>;
  startAgent(): Promise<RunningAgent>;
}

/** @param directory the project's */
export async function agentBench(directory: string, more: NodeJS.ProcessEnv = {}): Promise<Bench> {
  const stateDir = await mkdtemp(path.join(tmpdir(), "hotenv-test-"));
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    XDG_STATE_HOME: path.join(stateDir, "state"),
    XDG_CONFIG_HOME: path.join(stateDir, "config"),
    NO_COLOR: "1",
    ...more,
  };
  const agents = new Set<RunningAgent>();
  const run = (args: readonly string[]) =>
    spawn(process.execPath, [main, "--project", directory, ...args], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    stateDir,
    environment,
    async hotenv(...args) {
      const child = run(args);
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      return { code: code as number | null, stdout, stderr };
    },
    async startAgent() {
      const agent = await follow(run(["--json", "agent"]));
      agents.add(agent);
      return agent;
    },
    async [Symbol.asyncDispose]() {
      for (const agent of agents) await agent.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream as AsyncIterable<string>) all += chunk;
  return all;
}

async function follow(child: ChildProcess): Promise<RunningAgent> {
  const { stdout, stderr, pid } = child;
  if (!stdout || !stderr || pid === undefined) throw new Error("The agent has no output.");
  const events: AgentEvent[] = [];
  let given = 0;
  let complaint = "";
  const wakers = new Set<() => void>();
  const ended = once(child, "close").then(() => {
    for (const wake of wakers) wake();
  });
  stderr.setEncoding("utf8").on("data", (chunk: string) => {
    complaint += chunk;
  });
  createInterface({ input: stdout }).on("line", (line) => {
    const event = readEvent(line);
    // An agent that cannot start says why, and that is no event.
    if (event === undefined) complaint += `${line}\n`;
    else events.push(event);
    for (const wake of wakers) wake();
  });

  const agent: RunningAgent = {
    pid,
    events,
    async next(type, fits = () => true, limitMs = 100_000) {
      const deadline = performance.now() + limitMs;
      for (let at = given; ; at += 1) {
        while (at >= events.length) {
          const leftMs = deadline - performance.now();
          if (child.exitCode !== null || child.signalCode !== null)
            throw new Error(`The agent ended before it told of ${type}.\n${complaint}`);
          if (leftMs <= 0)
            throw new Error(`No ${type} within ${limitMs} ms; told: ${told(events, given)}\n${complaint}`);
          await new Promise<void>((resolve) => {
            const timer = setTimeout(done, leftMs);
            function done() {
              clearTimeout(timer);
              wakers.delete(done);
              resolve();
            }
            wakers.add(done);
          });
        }
        const event = events[at];
        if (event?.type !== type || !fits(event.data as EventData<typeof type>)) continue;
        given = at + 1;
        return event.data as EventData<typeof type>;
      }
    },
    async settled() {
      const isSettled = ({ state }: EventData<"status_update">) =>
        state !== "updating" && state !== "restarting";
      const last = events.findLast((event) => event.type === "status_update");
      if (last !== undefined && isSettled(last.data)) return last.data;
      return agent.next("status_update", isSettled);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
  await agent.next("status_update");
  return agent;
}

function readEvent(line: string): AgentEvent | undefined {
  try {
    return eventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function told(events: readonly AgentEvent[], from: number): string {
  return events
    .slice(from)
    .map((event) => {
      if (event.type === "status_update") return `status(${event.data.state}: ${event.data.detail})`;
      return event.type === "log" ? `log(${event.data.message})` : event.type;
    })
    .join(", ");
}
