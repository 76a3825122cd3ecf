/**
 * The processes of one project: starts them, ends them, notices their end, and keeps the registry true.
 * One of a project at a time (the agent holds the project's lock).
 */
import { randomUUID } from "node:crypto";
import { closeSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeError, HotenvError } from "../../../core/protocol/errors.ts";
import { hashOf, type ProcessConfig } from "./config.ts";
import { findByEnvironment, isStillAlive, startedWhen } from "./identity.ts";
import { logFileOf, openLog, rotateLog } from "./log-file.ts";
import { type Exit, type RegistryEntry, readRegistry, writeRegistry } from "./registry.ts";
import {
  childEnvironment,
  endGroup,
  instanceVariable,
  nodeDirectory,
  spawnGroup,
  type Variables,
} from "./spawn.ts";

export interface ChildrenOptions {
  /** The project's, absolute. */
  readonly directory: string;
  /** Where the registry lies (location.ts, `stateDirectory`). */
  readonly stateDirectory: string;
  /** location.ts, `processLogs`. */
  readonly logDirectory: string;
  /** What every process inherits; default `process.env`. */
  readonly environment?: Variables;
  /** A log file is cut when it is larger; default 5 MiB. Its former end, as large at most, lies beside it. */
  readonly maxLogBytes?: number;
  /** Told in sentences what no request could be answered with. */
  readonly warn?: (sentence: string) => void;
}

export interface Child {
  readonly entry: RegistryEntry;
  /** Resolves when the process itself has ended; others of its group may live a little longer. */
  readonly exited: Promise<Exit>;
  /** Was started by an earlier agent: its end is noticed by looking, and its exit code is unknown. */
  readonly adopted: boolean;
}

interface KnownChild extends Child {
  entry: RegistryEntry;
  readonly exit: (exit: Exit) => void;
  /** Its end was asked for. */
  ending: boolean;
  /** The rest of its group is being ended, after it ended by itself. */
  leftover: Promise<unknown>;
}

const lookIntervalMs = 250;
const rotateIntervalMs = 2_000;
const defaultMaxLogBytes = 5 * 1024 * 1024;

export class Children {
  readonly #options: ChildrenOptions;
  readonly #registry: string;
  readonly #children = new Map<string, KnownChild>();
  /** Services in the order of their first start, which is that of their dependencies. */
  readonly #order: string[] = [];
  #looking: NodeJS.Timeout | undefined;
  #rotation: NodeJS.Timeout | undefined;
  readonly #onExit: (child: Child) => void;
  #rotating: Promise<void> = Promise.resolve();

  private constructor(options: ChildrenOptions, onExit: (child: Child) => void) {
    this.#options = options;
    this.#onExit = onExit;
    this.#registry = join(options.stateDirectory, "processes.json");
  }

  /** @param onExit called when a process ends that nobody asked to end */
  static async open(options: ChildrenOptions, onExit: (child: Child) => void): Promise<Children> {
    const children = new Children(options, onExit);
    await children.#adopt();
    children.#rotation = setInterval(() => children.#rotateSoon(), rotateIntervalMs).unref();
    return children;
  }

  all(): readonly Child[] {
    return [...this.#children.values()];
  }

  /** The newest process of a service, running or not. */
  get(service: string): Child | undefined {
    return this.#children.get(service);
  }

  live(service: string): Child | undefined {
    const child = this.#children.get(service);
    return child?.entry.exit === null ? child : undefined;
  }

  logFile(service: string): string {
    return logFileOf(this.#options.logDirectory, service);
  }

  cwd(config: ProcessConfig): string {
    return resolve(this.#options.directory, config.working_dir);
  }

  environment(config: ProcessConfig): NodeJS.ProcessEnv {
    const { environment = process.env, stateDirectory } = this.#options;
    return childEnvironment(environment, config.environment, nodeDirectory(stateDirectory));
  }

  /**
   * Starts a service unless it runs with just this configuration. One that runs with another is ended first.
   * @throws HotenvError process-failed
   */
  async start(service: string, config: ProcessConfig, rollout: string, signal?: AbortSignal): Promise<void> {
    if (this.live(service)?.entry.hash === hashOf(config)) return;
    await this.end(service, {}, signal);
    signal?.throwIfAborted();
    const file = this.logFile(service);
    await rotateLog(file, this.#maxLogBytes);
    const log = openLog(file, this.#options.logDirectory);
    try {
      const intent: RegistryEntry = {
        service,
        instance: randomUUID(),
        pid: null,
        started: null,
        hash: hashOf(config),
        rollout,
        since: new Date().toISOString(),
        health: config.healthcheck === null ? "none" : "starting",
        stopSignal: config.stop_signal,
        stopGraceMs: config.stop_grace_period,
        logStart: log.size,
        exit: null,
      };
      // Written before the process is made: a crash between the two must not lose it.
      this.#write(intent);
      const { child, pid } = await spawnGroup({
        name: service,
        command: config.command,
        cwd: this.cwd(config),
        env: { ...this.environment(config), [instanceVariable]: intent.instance },
        stdio: ["ignore", log.fd, log.fd],
      });
      const known = this.#know({ ...intent, pid }, false);
      child.once("exit", (code, ended) => this.#exited(known, code, ended));
      child.unref();
      known.entry = { ...known.entry, started: (await startedWhen(pid)) ?? null };
    } finally {
      closeSync(log.fd);
      this.#write();
    }
  }

  /** Ends a service's process with all that it started, and forgets it. None is no error. */
  async end(service: string, how: { readonly kill?: boolean }, signal?: AbortSignal): Promise<void> {
    const child = this.#children.get(service);
    if (child === undefined) return;
    const { pid, stopSignal, stopGraceMs, exit } = child.entry;
    await child.leftover;
    if (exit === null && pid !== null) {
      const gently = { signal: stopSignal as NodeJS.Signals, graceMs: stopGraceMs };
      child.ending = true;
      try {
        await endGroup(service, pid, how.kill ? { signal: "SIGKILL", graceMs: 0 } : gently, signal);
      } finally {
        child.ending = false;
      }
      // Nobody tells of the end of one that was taken over.
      child.exit({ code: null, signal: null, time: new Date().toISOString() });
    }
    this.#children.delete(service);
    this.#write();
  }

  setHealth(child: Child, health: RegistryEntry["health"]): void {
    const known = this.#children.get(child.entry.service);
    if (known !== child || known.entry.exit !== null || known.entry.health === health) return;
    known.entry = { ...known.entry, health };
    this.#note();
  }

  /** @param stop false: leaves everything running, for the next one to take over */
  async close(stop: boolean): Promise<void> {
    clearInterval(this.#looking);
    clearInterval(this.#rotation);
    await this.#rotating;
    if (!stop) return;
    const failures: unknown[] = [];
    // Who came last depends on who came first.
    for (const service of this.#order.toReversed())
      await this.end(service, {}).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  get #maxLogBytes(): number {
    return this.#options.maxLogBytes ?? defaultMaxLogBytes;
  }

  async #adopt(): Promise<void> {
    const warn = this.#options.warn ?? (() => undefined);
    for (const entry of readRegistry(this.#registry, warn)) {
      // An agent that was killed in the middle of a start did not get to write down what it started.
      const pid = entry.started === null ? findByEnvironment(instanceVariable, entry.instance) : entry.pid;
      if (pid === undefined || pid === null) continue;
      const started = entry.exit === null ? await startedWhen(pid) : undefined;
      const isSame = started !== undefined && (entry.started === null || entry.started === started);
      const known = this.#know({ ...entry, pid, started: started ?? entry.started }, true);
      if (!isSame && entry.exit === null) {
        const exit = { code: null, signal: null, time: new Date().toISOString() };
        known.entry = { ...known.entry, exit };
        known.exit(exit);
      }
    }
    this.#write();
    if (this.#hasAdopted()) this.#looking = setInterval(() => this.#look(), lookIntervalMs).unref();
  }

  #hasAdopted(): boolean {
    return this.all().some(({ adopted, entry }) => adopted && entry.exit === null);
  }

  #know(entry: RegistryEntry, adopted: boolean): KnownChild {
    const { promise, resolve: exit } = Promise.withResolvers<Exit>();
    if (entry.exit !== null) exit(entry.exit);
    const known: KnownChild = {
      entry,
      exited: promise,
      exit,
      adopted,
      ending: false,
      leftover: Promise.resolve(),
    };
    if (!this.#order.includes(entry.service)) this.#order.push(entry.service);
    this.#children.set(entry.service, known);
    return known;
  }

  #exited(known: KnownChild, code: number | null, signal: string | null): void {
    if (known.entry.exit !== null) return;
    const { service, pid, stopGraceMs, stopSignal } = known.entry;
    const exit = { code, signal, time: new Date().toISOString() };
    known.entry = { ...known.entry, exit, health: "none" };
    known.exit(exit);
    if (known.ending || this.#children.get(service) !== known) return;
    this.#note();
    if (pid !== null)
      known.leftover = endGroup(service, pid, {
        signal: stopSignal as NodeJS.Signals,
        graceMs: stopGraceMs,
      }).catch((error: unknown) => this.#options.warn?.(describeError(error)));
    this.#onExit(known);
  }

  /** For those whose parent this agent is not. */
  #look(): void {
    for (const known of this.#children.values()) {
      const { pid, started, exit } = known.entry;
      if (!known.adopted || exit !== null || pid === null || started === null) continue;
      if (!isStillAlive(pid, started)) this.#exited(known, null, null);
    }
    if (!this.#hasAdopted()) clearInterval(this.#looking);
  }

  #rotateSoon(): void {
    this.#rotating = this.#rotating.then(async () => {
      for (const known of this.#children.values()) {
        if (known.entry.exit !== null) continue;
        const rotated = await rotateLog(this.logFile(known.entry.service), this.#maxLogBytes).catch(
          (error: unknown) => {
            this.#options.warn?.(`The log of ${known.entry.service} could not be cut: ${String(error)}`);
            return false;
          },
        );
        if (!rotated) continue;
        known.entry = { ...known.entry, logStart: null };
        this.#note();
      }
    });
  }

  /** Writes what nobody waits for; the next write brings what this one could not. */
  #note(): void {
    try {
      this.#write();
    } catch (error) {
      this.#options.warn?.(describeError(error));
    }
  }

  /** @param intent of a service that is about to start: in the place of its former entry */
  #write(intent?: RegistryEntry): void {
    const entries = this.#order.flatMap((service) => this.#children.get(service)?.entry ?? []);
    const others = intent ? entries.filter(({ service }) => service !== intent.service) : entries;
    try {
      writeRegistry(this.#registry, intent ? [...others, intent] : others);
    } catch (error) {
      throw new HotenvError(
        "process-failed",
        `The list of local processes cannot be written: ${(error as Error).message}.`,
        {
          location: { file: this.#registry },
          todo: "Make room on the disk, or make the directory writable.",
          cause: error,
        },
      );
    }
  }
}
