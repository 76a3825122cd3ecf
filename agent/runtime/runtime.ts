/**
 * What the rollout engine knows of a runtime. A runtime turns a step into operations: small,
 * idempotent, described by plain data. The engine writes each operation into the journal before it
 * performs it, so that whoever starts after a crash can revert or finish it from the journal alone.
 */
import type { ProjectModel, ServiceModel } from "../../core/compose/model.ts";
import type { Action, Engine, RuntimeKind, ServiceStatus, StepState } from "../../core/protocol/words.ts";
import type { Probe, Reload } from "../../core/settings/settings.ts";

/** Plain JSON; `kind` belongs to the runtime that made it. */
export interface Operation {
  readonly kind: string;
  /** What clients see while it is performed. */
  readonly shows?: StepState | undefined;
  /**
   * When it is undone: by itself at once; `resume`: what it stopped runs again, as soon as what is new has given
   * way and what the service depends on runs; `name`: when it runs, before it is proved; `discard`: after that.
   */
  readonly undo?: "resume" | "name" | "discard" | undefined;
  /**
   * What it starts holds nothing (ports, addresses) that its predecessor did not hold: of the former services only
   * that one has to wait for it to give way.
   */
  readonly claimsNothingNew?: boolean | undefined;
  /** It undoes by a new start, which reads everything anew: lighter steps of the service need no undoing beside it. */
  readonly renews?: boolean | undefined;
  readonly [field: string]: unknown;
}

/** What a step will do, worked out before anything is touched. */
export interface Script {
  /** In order. Reverted in reverse order when the rollout fails. */
  readonly operations: readonly Operation[];
  /** Performed after the verdict `applied`: removing what was kept for the way back. Never reverted. */
  readonly cleanup: readonly Operation[];
}

export interface Step {
  readonly service: string;
  readonly action: Action;
  /** The service as it shall run; undefined when it shall be gone. */
  readonly target: ServiceModel | undefined;
  /** The service as the current revision has it; undefined when it is new. */
  readonly current: ServiceModel | undefined;
  /** All services as they shall be: what this one refers to is among them. */
  readonly project: ProjectModel;
  /** Start it even where it was stopped. */
  readonly start?: boolean;
  /** For `signal`: its name, such as SIGHUP. */
  readonly signal?: string;
  /** What hotenv.yaml declares, with its variables filled in: how to reload it, and how it proves itself. */
  readonly reload?: Reload;
  readonly probes?: readonly Probe[];
}

export interface ExecResult {
  readonly code: number;
  readonly output: string;
}

export type ProbeResult =
  | { readonly ok: true }
  /** `inconclusive`: the probe itself could not be run. */
  | {
      readonly ok: false;
      readonly inconclusive: boolean;
      readonly reason: string;
      readonly log: readonly string[];
    };

export interface RuntimeEvent {
  readonly service: string;
  /** Something happened to the service: a hint to observe again. */
  readonly what: string;
}

/** Lines of a log. `after` means something only to the runtime that gave it. */
export interface LogPart {
  readonly lines: readonly string[];
  readonly after: string;
}

export interface Runtime {
  readonly kind: RuntimeKind;

  /** The services as they are now. Errors: docker-unreachable. */
  observe(signal: AbortSignal): Promise<readonly ServiceStatus[]>;

  /** Services of the model that run, but not with the model's configuration. */
  drift(model: ReadonlyMap<string, ServiceModel>, signal: AbortSignal): Promise<readonly string[]>;

  /**
   * Works out the operations of a step. Reads, never writes, except that images are built or pulled here.
   * @param rollout its id: what is left over by a crash carries it
   */
  prepare(step: Step, rollout: string, signal: AbortSignal): Promise<Script>;

  /** Performs one operation. Idempotent: performing it twice leaves what performing it once leaves. */
  perform(operation: Operation, signal: AbortSignal): Promise<void>;

  /**
   * Undoes an operation that was performed wholly, partly or not at all. Idempotent, and not cancellable.
   * @param haste `kill`: what is stopped on the way has failed already and gets no grace; `grace`: its own
   */
  revert(operation: Operation, haste: "grace" | "kill"): Promise<void>;

  /**
   * Waits until the service has proved itself: it runs, its health check (where it has one) passes, and from
   * then on both hold for `stabilityMs` without a restart. 0: until it runs and is healthy.
   * Never throws for a service's own failure.
   */
  verify(
    service: string,
    target: ServiceModel,
    stabilityMs: number,
    signal: AbortSignal,
  ): Promise<ProbeResult>;

  /**
   * Runs a command where the service runs (of several containers, in the first). A command that is not there
   * has the exit code 126 or 127. Absent where there is no inside.
   */
  exec?(service: string, command: readonly string[], signal: AbortSignal): Promise<ExecResult>;

  /** The newest log lines, oldest first. */
  logs(service: string, tail: number, signal: AbortSignal): Promise<readonly string[]>;

  /**
   * What came after a place in the log; waits until there is something, or `signal` is aborted: that is no error.
   * @param after where an earlier call ended; undefined: the newest `tail` lines
   */
  followLogs(service: string, after: string | undefined, tail: number, signal: AbortSignal): Promise<LogPart>;

  /** Ends a service in its own time; it stays as it is, and can be started again. None that runs is no error. */
  stop(service: string, signal: AbortSignal): Promise<void>;

  /** What runs the services, and in which version. Absent where nothing else does. */
  versions?(signal: AbortSignal): Promise<Omit<Engine, "untested">>;

  /** Called for whatever happens to a service. Returns the way to stop listening. */
  onEvent(listener: (event: RuntimeEvent) => void): () => void;

  close(): Promise<void>;
}
