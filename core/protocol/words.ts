/**
 * The words of the house as schemas. Everything that crosses a process boundary is made of these;
 * docs/design.md says what each of them means.
 */
import * as z from "zod/mini";

/** What a watched file is to its project. `file` is any file that a service mounts: rules, templates. */
export const roleSchema = z.enum(["env", "compose", "schema", "settings", "file"]);
export type Role = z.infer<typeof roleSchema>;

export const severitySchema = z.enum(["critical", "moderate", "minor"]);
export type Severity = z.infer<typeof severitySchema>;

/** The ladder, lightest first. */
export const actions = ["none", "signal", "http", "exec", "restart", "recreate", "rebuild"] as const;
export const actionSchema = z.enum(actions);
export type Action = z.infer<typeof actionSchema>;

/** How a rollout ended. `rejected` never started; `superseded` was overtaken by a newer change. */
export const verdictSchema = z.enum([
  "applied",
  "rolled-back",
  "failed",
  "rejected",
  "inconclusive",
  "superseded",
]);
export type Verdict = z.infer<typeof verdictSchema>;

/** Where a change came from. `adopted` is the first revision: what ran already, untouched. */
export const originSchema = z.enum(["adopted", "editor", "watcher", "cli", "rollback", "offline", "import"]);
export type Origin = z.infer<typeof originSchema>;

export const runtimeKindSchema = z.enum(["compose", "process"]);
export type RuntimeKind = z.infer<typeof runtimeKindSchema>;

/** A moment, ISO 8601 with milliseconds, UTC. */
export const timeSchema = z.iso.datetime();

/** One difference between two snapshots: by key for `env` sources, by file otherwise. */
export const changeEntrySchema = z.object({
  kind: z.enum(["added", "removed", "modified"]),
  /** Path relative to the project directory, `/` separated. */
  source: z.string(),
  role: roleSchema,
  key: z.optional(z.string()),
  severity: severitySchema,
  sensitive: z.boolean(),
  /** Values for people: already masked where `sensitive`. Absent where there was none, or for whole files. */
  before: z.optional(z.string()),
  after: z.optional(z.string()),
});
export type ChangeEntry = z.infer<typeof changeEntrySchema>;

export const changeSchema = z.object({
  entries: z.array(changeEntrySchema),
  /** The heaviest severity among the entries; `minor` where there is none. */
  severity: severitySchema,
});
export type Change = z.infer<typeof changeSchema>;

/** What ties a changed key to a service. `line` is 1-based. */
export const evidenceSchema = z.object({ file: z.string(), line: z.int(), text: z.string() });
export type Evidence = z.infer<typeof evidenceSchema>;

export const impactSchema = z.object({
  service: z.string(),
  action: actionSchema,
  evidence: z.array(evidenceSchema),
});
export type Impact = z.infer<typeof impactSchema>;

export const planStepSchema = z.object({
  service: z.string(),
  action: actionSchema,
  /** Why, in a few words: "API_URL changes environment.API_URL". */
  cause: z.string(),
  /** Median of this service's last rollouts in ms; absent where it has none. */
  expectedMs: z.optional(z.number()),
  /** Of how many rollouts. */
  expectedFrom: z.optional(z.int()),
  /** The lines that tie what changed to the service. */
  evidence: z.optional(z.array(evidenceSchema)),
});
export type PlanStep = z.infer<typeof planStepSchema>;

export const planSchema = z.object({
  change: changeSchema,
  /** In order; the steps of one phase do not depend on each other. */
  phases: z.array(z.object({ steps: z.array(planStepSchema) })),
  /** What a person should know and no step says: services that stay stopped, orphans. */
  notes: z.array(z.string()),
});
export type Plan = z.infer<typeof planSchema>;

export const stepStates = [
  "pending",
  "preparing",
  "stopping",
  "starting",
  "probing",
  "healthy",
  "failed",
  "rolling-back",
  "rolled-back",
  "skipped",
] as const;
export const stepStateSchema = z.enum(stepStates);
export type StepState = z.infer<typeof stepStateSchema>;

/** When a step came into a state. */
export const momentSchema = z.object({ state: stepStateSchema, at: timeSchema });
export type Moment = z.infer<typeof momentSchema>;

/** A plan's step while and after it runs. */
export const rolloutStepSchema = z.extend(planStepSchema, {
  state: stepStateSchema,
  /** The states it went through, oldest first, without `pending`; absent in old histories. */
  trail: z.optional(z.array(momentSchema)),
  startedAt: z.optional(timeSchema),
  durationMs: z.optional(z.number()),
  /** A sentence where it failed or where there is something to say. */
  detail: z.optional(z.string()),
});
export type RolloutStep = z.infer<typeof rolloutStepSchema>;

export const rolloutSchema = z.object({
  id: z.string(),
  revision: z.int(),
  startedAt: timeSchema,
  endedAt: z.optional(timeSchema),
  phases: z.array(z.object({ steps: z.array(rolloutStepSchema) })),
  /** Absent while it runs. */
  verdict: z.optional(verdictSchema),
  /** A sentence: which service, what failed, what runs now. */
  reason: z.optional(z.string()),
  /** The service that failed; absent where no single one did. */
  failed: z.optional(z.string()),
  /** The last lines of the failing service, secrets masked. */
  log: z.optional(z.array(z.string())),
});
export type Rollout = z.infer<typeof rolloutSchema>;

export const authorSchema = z.object({ name: z.string(), email: z.optional(z.string()) });
export type Author = z.infer<typeof authorSchema>;

/** What git had checked out when a revision was made. */
export const gitSchema = z.object({
  /** The commit, hexadecimal; null before the first one. */
  head: z.nullable(z.string()),
  /** null where no branch is checked out. */
  branch: z.nullable(z.string()),
});
export type Git = z.infer<typeof gitSchema>;

/** What people add to a revision afterwards. */
export const annotations = {
  note: z.optional(z.string()),
  /** It is never pruned. */
  pinned: z.optional(z.boolean()),
};

export const revisionSchema = z.object({
  revision: z.int(),
  parent: z.nullable(z.int()),
  time: timeSchema,
  author: authorSchema,
  origin: originSchema,
  /** Why, in the author's or Hotenv's words. */
  reason: z.string(),
  severity: severitySchema,
  /** Absent while its rollout runs. */
  verdict: z.optional(verdictSchema),
  change: changeSchema,
  services: z.array(z.string()),
  rollout: z.optional(rolloutSchema),
  git: z.optional(gitSchema),
  ...annotations,
});
export type Revision = z.infer<typeof revisionSchema>;

export const serviceStateSchema = z.enum(["running", "stopped", "exited", "restarting", "missing"]);
export const healthSchema = z.enum(["none", "starting", "healthy", "unhealthy"]);

/** Why a service is left out of rollouts: it failed repeatedly (`degraded`), or a person said so (`disabled`). */
export const breakerSchema = z.object({
  state: z.enum(["degraded", "disabled"]),
  /** In a row, with the same configuration. */
  failures: z.int(),
  /** A sentence. */
  reason: z.string(),
  /** When it is tried again by itself. */
  retryAt: z.optional(timeSchema),
});
export type Breaker = z.infer<typeof breakerSchema>;

export const serviceStatusSchema = z.object({
  service: z.string(),
  runtime: runtimeKindSchema,
  state: serviceStateSchema,
  health: healthSchema,
  /** Since when it runs. */
  since: z.optional(timeSchema),
  /** Containers' or processes' ids, short. */
  instances: z.array(z.string()),
  breaker: z.optional(breakerSchema),
});
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;

/** A problem in a source. Lines and columns are 1-based, columns in UTF-16 units, the end is exclusive. */
export const problemSchema = z.object({
  file: z.string(),
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  severity: z.enum(["error", "warning", "info", "hint"]),
  code: z.string(),
  message: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

export const sourceInfoSchema = z.object({ path: z.string(), role: roleSchema });
export type SourceInfo = z.infer<typeof sourceInfoSchema>;

/** `offline` is said by clients only. */
export const stateSchema = z.enum([
  "stable",
  "updating",
  "restarting",
  "error",
  "invalid",
  "paused",
  /** A change waits: for a yes, or for the cooldown to end. */
  "waiting",
  "offline",
]);
export type State = z.infer<typeof stateSchema>;

/** A change that was read and is not applied yet. */
export const waitingSchema = z.object({
  /** Of this change: an answer to an older one must not be taken for an answer to this. */
  id: z.string(),
  /** `confirm`: for a yes or a no. `cooldown`: for the end of the pause after a rollout. */
  for: z.enum(["confirm", "cooldown"]),
  /** The end of the cooldown. */
  until: z.optional(timeSchema),
  /** What a yes does; absent for `cooldown`. */
  plan: z.optional(planSchema),
});
export type Waiting = z.infer<typeof waitingSchema>;

/** What runs the containers. */
export const engineSchema = z.object({
  /** `Docker`, or what else answers in its place. */
  name: z.string(),
  version: z.string(),
  compose: z.optional(z.string()),
  /** A sentence where Hotenv is not tested with these; nothing is refused for it. */
  untested: z.optional(z.string()),
});
export type Engine = z.infer<typeof engineSchema>;

export const statusSchema = z.object({
  project: z.object({ name: z.string(), directory: z.string() }),
  state: stateSchema,
  /** One sentence that explains the state; empty when all is well. */
  detail: z.string(),
  services: z.array(serviceStatusSchema),
  sources: z.array(sourceInfoSchema),
  /** What makes the files on disk invalid. */
  problems: z.array(problemSchema),
  /** The revision that runs, and the newest whose verdict is `applied`. */
  revision: z.nullable(z.int()),
  lastGood: z.nullable(z.int()),
  paused: z.boolean(),
  waiting: z.optional(waitingSchema),
  /** The rollout that runs, else the last one. */
  rollout: z.nullable(rolloutSchema),
  /** Absent where no service is a container, and until it has been asked. */
  engine: z.optional(engineSchema),
  agent: z.object({ version: z.string(), pid: z.int(), startedAt: timeSchema }),
});
export type Status = z.infer<typeof statusSchema>;
