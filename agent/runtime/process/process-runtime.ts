/**
 * Runs local commands. They are the agent's own (Law 4): it starts those that are missing by a step with
 * the action `recreate` and no `current`, and close() ends them. An agent that was killed leaves them
 * running; the next one knows them by pid, start time and the hash of what they run with, and takes them
 * over untouched.
 *
 * Old and new share their ports, so the old one is stopped before the new one starts; when the new one
 * fails, reverting the stop starts the old one again.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { ServiceModel } from "../../../core/compose/model.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { ServiceStatus } from "../../../core/protocol/words.ts";
import type { LogPart, Operation, ProbeResult, Runtime, RuntimeEvent, Script, Step } from "../runtime.ts";
import { type Child, Children, type ChildrenOptions } from "./children.ts";
import { configOf, hashOf, type ProcessConfig } from "./config.ts";
import { followLog } from "./follow-log.ts";
import { type CheckResult, checkUntilHealthy } from "./health.ts";
import { tailLog } from "./log-file.ts";
import { type ProcessOperation, parseOperation } from "./operations.ts";
import type { Exit } from "./registry.ts";

/** Log lines that go with a failure. */
const failureLines = 20;

function describeExit(service: string, { since }: Child["entry"], exit: Exit): string {
  const seconds = ((Date.parse(exit.time) - Date.parse(since)) / 1000).toFixed(1);
  const how =
    exit.signal !== null
      ? `was ended by ${exit.signal}`
      : exit.code === null
        ? "ended"
        : `exited with code ${exit.code}`;
  return `${service} ${how} after ${seconds} s.`;
}

export class ProcessRuntime implements Runtime {
  readonly kind = "process";
  readonly #children: Children;
  readonly #listeners: Set<(event: RuntimeEvent) => void>;

  private constructor(children: Children, listeners: Set<(event: RuntimeEvent) => void>) {
    this.#children = children;
    this.#listeners = listeners;
  }

  /** Takes over what an earlier agent left running. Starts and stops nothing. */
  static async open(options: ChildrenOptions): Promise<ProcessRuntime> {
    const listeners = new Set<(event: RuntimeEvent) => void>();
    const children = await Children.open(options, ({ entry }) => {
      const what = entry.exit ? describeExit(entry.service, entry, entry.exit) : "";
      for (const listener of listeners) listener({ service: entry.service, what });
    });
    return new ProcessRuntime(children, listeners);
  }

  async observe(_signal: AbortSignal): Promise<readonly ServiceStatus[]> {
    return this.#children.all().map(({ entry }) => ({
      service: entry.service,
      runtime: "process",
      state: entry.exit === null ? "running" : "exited",
      health: entry.health,
      since: entry.since,
      instances: entry.exit === null && entry.pid !== null ? [String(entry.pid)] : [],
    }));
  }

  async drift(model: ReadonlyMap<string, ServiceModel>, _signal: AbortSignal): Promise<readonly string[]> {
    return [...model.values()]
      .filter((service) => {
        const live = service.runtime === "process" ? this.#children.live(service.name) : undefined;
        return live !== undefined && live.entry.hash !== hashOf(configOf(service));
      })
      .map(({ name }) => name);
  }

  async prepare({ service, action, target, current, signal }: Step, rollout: string): Promise<Script> {
    const before = current ? configOf(current) : null;
    const stop: ProcessOperation & Operation = {
      kind: "process-stop",
      shows: "stopping",
      undo: "resume",
      renews: true,
      service,
      rollout,
      before,
    };
    if (target === undefined) return { operations: [stop], cleanup: [] };
    const config = configOf(target);
    const start: ProcessOperation & Operation = {
      kind: "process-start",
      shows: "starting",
      service,
      rollout,
      config,
    };
    switch (action) {
      case "none":
        return { operations: [], cleanup: [] };
      case "signal": {
        if (signal === undefined)
          throw new HotenvError("process-failed", `No signal is declared for ${service}.`);
        const reload: ProcessOperation & Operation = {
          kind: "process-signal",
          shows: "starting",
          undo: "resume",
          service,
          rollout,
          signal,
          before,
        };
        return { operations: [reload], cleanup: [] };
      }
      // There is no container to enter or to keep: whatever else is asked for, a new process does it.
      case "http":
      case "exec":
      case "restart":
      case "recreate":
      case "rebuild":
        return { operations: current || this.#children.live(service) ? [stop, start] : [start], cleanup: [] };
    }
  }

  async perform(operation: Operation, signal: AbortSignal): Promise<void> {
    const parsed = parseOperation(operation);
    const { service, rollout } = parsed;
    switch (parsed.kind) {
      case "process-stop":
        // What this rollout has started already is not what it meant to stop.
        if (this.#children.get(service)?.entry.rollout !== rollout)
          await this.#children.end(service, {}, signal);
        return;
      case "process-start":
        return this.#children.start(service, parsed.config, rollout, signal);
      case "process-signal":
        return this.#signal(service, parsed.signal);
    }
  }

  async revert(operation: Operation, haste: "grace" | "kill"): Promise<void> {
    const parsed = parseOperation(operation);
    const { service, rollout } = parsed;
    switch (parsed.kind) {
      case "process-start":
        if (this.#children.get(service)?.entry.rollout === rollout)
          await this.#children.end(service, { kill: haste === "kill" });
        return;
      case "process-stop":
        // Marked otherwise than the rollout's own, so that reverting twice does not stop it again.
        if (parsed.before !== null) await this.#children.start(service, parsed.before, `${rollout} reverted`);
        return;
      case "process-signal":
        // The files are back: it shall read them again, as it does when it is started.
        if (this.#children.live(service)) await this.#signal(service, parsed.signal);
        else if (parsed.before !== null)
          await this.#children.start(service, parsed.before, `${rollout} reverted`);
        return;
    }
  }

  async verify(
    service: string,
    target: ServiceModel,
    stabilityMs: number,
    signal: AbortSignal,
  ): Promise<ProbeResult> {
    const child = this.#children.get(service);
    if (child === undefined)
      return { ok: false, inconclusive: false, reason: `${service} does not run.`, log: [] };
    const config = configOf(target);
    const failed = async (reason: string, inconclusive = false): Promise<ProbeResult> => {
      this.#children.setHealth(child, "unhealthy");
      return { ok: false, inconclusive, reason, log: await this.#logOf(child) };
    };
    const gone = (exit: Exit): Promise<ProbeResult> => failed(describeExit(service, child.entry, exit));

    if (config.completes) {
      const exit = await untilExit(child, undefined, signal);
      return exit === undefined || exit.code === 0 ? { ok: true } : gone(exit);
    }
    for (const waitMs of stabilityMs > 0 ? [0, stabilityMs] : [0]) {
      const exit = await untilExit(child, waitMs, signal);
      if (exit) return gone(exit);
      if (config.healthcheck === null) continue;
      const checked = await this.#check(child, config, signal);
      if (checked === undefined) return gone(await child.exited);
      if (!checked.ok) {
        const { missing, why } = checked;
        if (missing) return failed(`${service} could not be checked: ${why}`, true);
        const times = config.healthcheck.retries === 1 ? "" : ` ${config.healthcheck.retries} times in a row`;
        return failed(`${service} failed its health check${times}: ${why}.`);
      }
    }
    this.#children.setHealth(child, config.healthcheck === null ? "none" : "healthy");
    return { ok: true };
  }

  async logs(service: string, tail: number, _signal: AbortSignal): Promise<readonly string[]> {
    return tailLog(this.#children.logFile(service), tail);
  }

  followLogs(
    service: string,
    after: string | undefined,
    tail: number,
    signal: AbortSignal,
  ): Promise<LogPart> {
    return followLog(this.#children.logFile(service), after, tail, signal);
  }

  async stop(service: string, signal: AbortSignal): Promise<void> {
    await this.#children.end(service, {}, signal);
  }

  onEvent(listener: (event: RuntimeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Ends every process, in the reverse order of their first start, each with its own grace.
   * @param options.stop false: leaves them running, for the next agent to take over
   */
  async close(options: { readonly stop?: boolean } = {}): Promise<void> {
    await this.#children.close(options.stop ?? true);
    this.#listeners.clear();
  }

  /** undefined: the process ended meanwhile. */
  async #check(child: Child, config: ProcessConfig, signal: AbortSignal): Promise<CheckResult | undefined> {
    if (config.healthcheck === null) return { ok: true };
    const ended = new AbortController();
    void child.exited.then(() => ended.abort());
    const request = {
      service: child.entry.service,
      healthcheck: config.healthcheck,
      cwd: this.#children.cwd(config),
      env: this.#children.environment(config),
    };
    try {
      // Not before its start, whatever the clock says by now.
      const ageMs = Math.max(0, Date.now() - Date.parse(child.entry.since));
      return await checkUntilHealthy(request, ageMs, AbortSignal.any([signal, ended.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (ended.signal.aborted) return undefined;
      throw error;
    }
  }

  async #signal(service: string, name: string): Promise<void> {
    const pid = this.#children.live(service)?.entry.pid;
    if (pid == null)
      throw new HotenvError("process-failed", `${service} does not run and cannot be signalled.`);
    // To the process itself, as to a container's first process; it tells its own children.
    process.kill(pid, name as NodeJS.Signals);
  }

  /** Only what this very process wrote. */
  #logOf({ entry }: Child): Promise<readonly string[]> {
    return tailLog(this.#children.logFile(entry.service), failureLines, entry.logStart);
  }
}

/**
 * Waits for a process to end.
 * @param withinMs undefined: for ever
 * @returns undefined where it lives on
 * @throws AbortError
 */
async function untilExit(
  child: Child,
  withinMs: number | undefined,
  signal: AbortSignal,
): Promise<Exit | undefined> {
  signal.throwIfAborted();
  const timer = new AbortController();
  const either = AbortSignal.any([signal, timer.signal]);
  try {
    return await Promise.race([child.exited, delay(withinMs ?? 2 ** 31 - 1, undefined, { signal: either })]);
  } finally {
    timer.abort();
  }
}
