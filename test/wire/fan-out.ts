/** Many clients of one agent, each in its process: how long an event takes to all of them, and what it costs. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { findAgent } from "../../client/rendezvous.ts";
import { testProject } from "../../client/test-agent.ts";

export type Order =
  | { readonly kind: "connect"; readonly token: string }
  | {
      readonly kind: "emit";
      readonly count: number;
      readonly perSecond: number;
      readonly paddingBytes: number;
    }
  | { readonly kind: "await"; readonly perClient: number; readonly upTo: number; readonly limitMs: number }
  | { readonly kind: "memory" }
  | { readonly kind: "end" };

export type Report =
  | { readonly kind: "ready" }
  | { readonly kind: "emitted"; readonly seq: number }
  | {
      readonly kind: "heard";
      /** Events that some client did not get, got twice, or got after a younger one; over all clients. */
      readonly lost: number;
      readonly doubled: number;
      readonly disordered: number;
      readonly p50Ms: number;
      readonly p99Ms: number;
      readonly maxMs: number;
      /** The latencies' permilles. */
      readonly samples: readonly number[];
    }
  | {
      readonly kind: "memory";
      readonly rssMb: number;
      /** After a collection: JavaScript's objects, and what they hold outside of its heap. */
      readonly heapMb: number;
      readonly externalMb: number;
      readonly cpuMs: number;
      readonly clients: number;
    };

type ReportOf<K extends Report["kind"]> = Extract<Report, { kind: K }>;

export interface FanOutOptions {
  readonly clients: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** How much longer each event is than its time. Default 0. */
  readonly paddingBytes?: number;
  /** Further clients that connect and then never read. */
  readonly stalled?: number;
}

export interface FanOut extends Omit<ReportOf<"heard">, "kind"> {
  /** The agent's, in MB: before the clients came, when all was told, and after they were gone. */
  readonly memory: { readonly before: number; readonly during: number; readonly after: number };
  /** Of the agent, from the first event to the last client's last. */
  readonly cpuMs: number;
  readonly heap: { readonly before: number; readonly during: number; readonly after: number };
  readonly external: { readonly before: number; readonly during: number; readonly after: number };
}

/** For a machine that has much else to do: what is late is not lost. */
const limitMs = 300_000;

function start(file: string, ...args: string[]): ChildProcess {
  return fork(path.join(import.meta.dirname, file), args, {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

function reportOf<K extends Report["kind"]>(child: ChildProcess, kind: K): Promise<ReportOf<K>> {
  return new Promise((resolve, reject) => {
    const onMessage = (report: Report): void => {
      if (report.kind !== kind) return;
      settle();
      resolve(report as ReportOf<K>);
    };
    const onExit = (code: number | null): void => {
      settle();
      reject(new Error(`A process of the test ended (${code}) before it told "${kind}".`));
    };
    const settle = (): void => {
      child.off("message", onMessage);
      child.off("exit", onExit);
    };
    child.on("message", onMessage);
    child.once("exit", onExit);
  });
}

export async function fanOut({
  clients,
  perSecond,
  seconds,
  paddingBytes = 0,
  stalled = 0,
}: FanOutOptions): Promise<FanOut> {
  const project = testProject();
  const children: ChildProcess[] = [];
  const order = (child: ChildProcess, what: Order): void => void child.send(what);
  const ask = <K extends Report["kind"]>(child: ChildProcess, what: Order, kind: K): Promise<ReportOf<K>> => {
    const report = reportOf(child, kind);
    order(child, what);
    return report;
  };
  try {
    const agent = start("fan-out-agent.fixture.ts", project.paths.directory, project.stateDir);
    children.push(agent);
    await reportOf(agent, "ready");
    const found = await findAgent(project.paths);
    if (found.kind !== "agent") throw new Error("The agent of the test left no rendezvous file.");
    const before = await ask(agent, { kind: "memory" }, "memory");
    const readers = start(
      "fan-out-clients.fixture.ts",
      project.paths.socket,
      String(clients),
      String(stalled),
    );
    children.push(readers);
    await reportOf(readers, "ready");
    await ask(readers, { kind: "connect", token: found.rendezvous.token }, "ready");
    const connected = await ask(agent, { kind: "memory" }, "memory");
    const count = perSecond * seconds;
    const { seq } = await ask(agent, { kind: "emit", count, perSecond, paddingBytes }, "emitted");
    const heard = await ask(readers, { kind: "await", perClient: count, upTo: seq, limitMs }, "heard");
    const during = await ask(agent, { kind: "memory" }, "memory");
    if (during.clients !== clients + stalled)
      throw new Error(`${during.clients} clients are still connected.`);
    const gone = once(readers, "exit");
    order(readers, { kind: "end" });
    await gone;
    // Until it has seen every one of them go.
    let after = await ask(agent, { kind: "memory" }, "memory");
    while (after.clients > 0) after = await ask(agent, { kind: "memory" }, "memory");
    const { kind: _, ...rest } = heard;
    return {
      ...rest,
      memory: { before: before.rssMb, during: during.rssMb, after: after.rssMb },
      cpuMs: during.cpuMs - connected.cpuMs,
      heap: { before: before.heapMb, during: during.heapMb, after: after.heapMb },
      external: { before: before.externalMb, during: during.externalMb, after: after.externalMb },
    };
  } finally {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      if (child.connected) order(child, { kind: "end" });
      const force = setTimeout(() => child.kill("SIGKILL"), 5000);
      await gone;
      clearTimeout(force);
    }
    project.remove();
  }
}
