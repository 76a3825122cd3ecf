/**
 * Every message between an agent and its clients: JSON-RPC requests (client to agent), and events
 * (agent to client, the notification `event`). Params and result stand beside each other.
 */
import * as z from "zod/mini";
import {
  actionSchema,
  annotations,
  authorSchema,
  changeEntrySchema,
  changeSchema,
  impactSchema,
  originSchema,
  planSchema,
  problemSchema,
  revisionSchema,
  rolloutSchema,
  rolloutStepSchema,
  serviceStatusSchema,
  severitySchema,
  statusSchema,
  timeSchema,
  verdictSchema,
} from "./words.ts";

/** Raised when an older client could misread a message. */
export const protocolVersion = 1;

const none = z.strictObject({});

/** Chosen by whoever asks; what is asked again under the same one is done once and answered twice. */
const requestId = z.optional(z.string().check(z.minLength(8), z.maxLength(100)));
/** Requests that must not be done twice, and therefore carry a `requestId`. */
export const onceMethods = ["apply", "rollback", "service/act"] as const satisfies readonly Method[];

export const outcomeSchema = z.object({
  verdict: verdictSchema,
  /** The revision that was made; null where nothing needed doing. */
  revision: z.nullable(z.int()),
  /** A sentence for people. */
  message: z.string(),
  plan: planSchema,
  rollout: z.nullable(rolloutSchema),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** A file of a snapshot beside the same file of another, as text; null where it did not exist. */
export const fileDiffSchema = z.object({
  path: z.string(),
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
});
export type FileDiff = z.infer<typeof fileDiffSchema>;

/** One revision as `history list` prints it. */
export const revisionSummarySchema = z.object({
  revision: z.int(),
  time: timeSchema,
  author: z.string(),
  origin: originSchema,
  reason: z.string(),
  severity: severitySchema,
  /** null while its rollout runs. */
  verdict: z.nullable(verdictSchema),
  /** Changed keys, and the paths of changed files that have none. */
  keys: z.array(z.string()),
  services: z.array(z.string()),
  durationMs: z.nullable(z.number()),
  /** What there is to say of its end, a sentence: why it failed, what was left over. */
  outcome: z.optional(z.string()),
  ...annotations,
});
export type RevisionSummary = z.infer<typeof revisionSummarySchema>;

/** What was asked of an agent, and what came of it. */
export const auditEntrySchema = z.object({
  id: z.int(),
  time: timeSchema,
  /** The author's name. */
  who: z.string(),
  /** By what: an editor, the command line, a page; `agent` for what it did by itself. */
  client: z.string(),
  /** The method: "rollback", "history/prune". */
  what: z.string(),
  /** It was not done; `detail` says why. */
  refused: z.boolean(),
  detail: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** One change of one key. */
export const keyRevisionSchema = z.extend(
  z.pick(revisionSummarySchema, { revision: true, time: true, author: true, origin: true, verdict: true }),
  z.pick(changeEntrySchema, { kind: true, source: true, sensitive: true, before: true, after: true }).shape,
);
export type KeyRevision = z.infer<typeof keyRevisionSchema>;

export const statisticsSchema = z.object({
  /** A rollout counts for each service that it touched; durations are those of applied ones. */
  services: z.array(
    z.object({
      service: z.string(),
      rollouts: z.int(),
      applied: z.int(),
      /** It was this service that failed. */
      failed: z.int(),
      /** From 0 to 1. */
      successRate: z.number(),
      medianMs: z.nullable(z.number()),
      p95Ms: z.nullable(z.number()),
    }),
  ),
  /** Days of UTC, `YYYY-MM-DD`, oldest first. */
  days: z.array(z.object({ day: z.string(), severity: severitySchema, changes: z.int() })),
  /** Keys whose changes failed or were rolled back most often. `newest`: the last such revision. */
  failingKeys: z.array(z.object({ key: z.string(), failures: z.int(), newest: z.int() })),
});
export type Statistics = z.infer<typeof statisticsSchema>;

/** What a person does to one service. `reload`: as hotenv.yaml declares it. */
export const serviceActSchema = z.enum(["start", "stop", "restart", "reload"]);
export type ServiceAct = z.infer<typeof serviceActSchema>;

/** Whether a service works. `inconclusive`: the probe itself could not be run. */
export const proofSchema = z.object({
  service: z.string(),
  ok: z.boolean(),
  inconclusive: z.boolean(),
  /** A sentence; empty where all is well. */
  reason: z.string(),
  log: z.array(z.string()),
});
export type Proof = z.infer<typeof proofSchema>;

export const clientSchema = z.enum(["extension", "cli", "page"]);
export type Client = z.infer<typeof clientSchema>;

export const connectionsSchema = z.object({
  /** Since the agent listens. */
  uptimeMs: z.number(),
  /** Connections accepted since then, and requests for one that were refused. */
  accepted: z.int(),
  refused: z.int(),
  clients: z.array(
    z.object({
      client: clientSchema,
      since: timeSchema,
      /** A ping's way there and back; null before the first. */
      latencyMs: z.nullable(z.number()),
      /** Events that it has not been sent yet, because it reads slowly. */
      behind: z.int(),
    }),
  ),
});
export type Connections = z.infer<typeof connectionsSchema>;

/** Requests, client to agent. */
export const requests = {
  /** First on every connection. `lastSeq`: the last event that this client saw, of `stream`. */
  initialize: {
    params: z.object({
      protocolVersion: z.int(),
      client: clientSchema,
      lastSeq: z.optional(z.int()),
      stream: z.optional(z.string()),
    }),
    result: z.object({
      protocolVersion: z.int(),
      status: statusSchema,
      /** The sequence number of the newest event; events after it follow as notifications. */
      seq: z.int(),
      /** Names the numbering, which an agent goes on with after a restart; absent in older agents. */
      stream: z.optional(z.string()),
      /** All that came after `lastSeq` follows. Else the status stands in for it, and what follows comes after `seq`. */
      resumed: z.optional(z.boolean()),
    }),
  },
  /**
   * A newer Hotenv takes over: the agent ends after the rollout that runs, and tells its clients to come again.
   * May come before `initialize`: a client of any protocol version may ask. Refused by an agent that is not older,
   * and by one that was started by hand.
   */
  handover: { params: z.object({ version: z.string() }), result: none },
  /** Who is connected, and how well. Answered by the server itself. */
  connections: { params: none, result: connectionsSchema },
  status: { params: none, result: statusSchema },
  plan: { params: none, result: planSchema },
  /** How long the services' last rollouts took, by action: the median, and of how many. */
  durations: {
    params: none,
    result: z.array(z.object({ service: z.string(), action: actionSchema, ms: z.number(), count: z.int() })),
  },
  apply: {
    params: z.object({
      reason: z.optional(z.string()),
      author: z.optional(authorSchema),
      origin: z.optional(originSchema),
      /** Start what is not running, too. */
      up: z.optional(z.boolean()),
      requestId,
    }),
    result: outcomeSchema,
  },
  /** Answers the change that waits for it: applies it, or leaves what runs as it is. */
  confirm: {
    params: z.object({
      /** As in Status.waiting; default: whatever waits. */
      id: z.optional(z.string()),
      accept: z.boolean(),
      author: z.optional(authorSchema),
    }),
    result: outcomeSchema,
  },
  rollback: {
    params: z.object({
      /** Default: the last good before the current one. */
      revision: z.optional(z.int()),
      dryRun: z.optional(z.boolean()),
      author: z.optional(authorSchema),
      /** Only this key goes back to its value in that revision; newer edits of other keys stay. */
      key: z.optional(z.string()),
      requestId,
    }),
    result: outcomeSchema,
  },
  "history/list": {
    params: z.object({
      /** At most this many, newest first; default 100. */
      limit: z.optional(z.int().check(z.positive(), z.maximum(1000))),
      /** Only revisions older than this one. */
      before: z.optional(z.int()),
      /** Only those that changed this key, or this file where a whole file changed. */
      key: z.optional(z.string()),
      service: z.optional(z.string()),
      verdict: z.optional(verdictSchema),
      /** The author's name. */
      author: z.optional(z.string()),
      /** Inclusive. */
      since: z.optional(timeSchema),
      /** Exclusive. */
      until: z.optional(timeSchema),
      pinned: z.optional(z.boolean()),
      /**
       * Only those whose summary has each of these words, upper or lower case: in the number, the reason, the
       * note, the author, a key, a service, the outcome.
       */
      text: z.optional(z.string().check(z.maxLength(1_000))),
    }),
    result: z.array(revisionSummarySchema),
  },
  /** Who changed a key, when, and what came of it; newest first. Values as they may be shown. */
  "history/key": {
    params: z.object({
      key: z.string(),
      limit: z.optional(z.int().check(z.positive(), z.maximum(1000))),
      before: z.optional(z.int()),
    }),
    result: z.array(keyRevisionSchema),
  },
  /** A note and a pin; what is left out stays as it is, an empty note takes it away. */
  "history/annotate": {
    params: z.object({
      revision: z.int(),
      note: z.optional(z.string().check(z.maxLength(10_000))),
      pinned: z.optional(z.boolean()),
    }),
    result: revisionSchema,
  },
  /** Forgets revisions that every part of the rule lets go. Pinned ones and the last good one stay. */
  "history/prune": {
    params: z.object({
      /** The newest so many stay. */
      keep: z.optional(z.int().check(z.nonnegative())),
      /** What is not older stays. */
      before: z.optional(timeSchema),
      dryRun: z.optional(z.boolean()),
    }),
    result: z.object({ removed: z.int(), kept: z.int() }),
  },
  /** Gives the room of what was pruned back to the disk. */
  "history/vacuum": {
    params: none,
    result: z.object({ bytesBefore: z.int(), bytesAfter: z.int() }),
  },
  /** Copies the database; the copy opens with the same key only. `file`: absolute, a new one. */
  "history/backup": { params: z.object({ file: z.string() }), result: none },
  "history/stats": {
    params: z.object({ since: z.optional(timeSchema) }),
    result: statisticsSchema,
  },
  /** `file`: absolute, a new one. With a passphrase secrets are exported, too, and all is encrypted. */
  "history/export": {
    params: z.object({ file: z.string(), passphrase: z.optional(z.string().check(z.minLength(1))) }),
    result: z.object({
      file: z.string(),
      revisions: z.int(),
      masked: z.boolean(),
      /** The fingerprint of the key that signed it. */
      signer: z.string(),
    }),
  },
  /** `signer`: accept an archive that this key signed; default: the user's own. */
  "history/import": {
    params: z.object({
      file: z.string(),
      passphrase: z.optional(z.string().check(z.minLength(1))),
      signer: z.optional(z.string()),
    }),
    result: z.object({
      /** The numbers that the first and the last got; null where the archive is empty. */
      first: z.nullable(z.int()),
      last: z.nullable(z.int()),
      revisions: z.int(),
      masked: z.boolean(),
    }),
  },
  /**
   * Puts a copy that `history/backup` made in the place of the history, which is set aside (`aside`). The copy is
   * read through first; then the files are looked at as if an agent had just started. `file`: absolute.
   */
  "history/restore": {
    params: z.object({ file: z.string() }),
    result: z.object({
      aside: z.nullable(z.string()),
      revisions: z.int(),
      lastGood: z.nullable(z.int()),
    }),
  },
  /**
   * Seals the history anew with the user's present key; where that is so already, with a new one. Former keys
   * stay, for other histories and for copies, unless all of them are to be forgotten.
   */
  "history/rekey": {
    params: z.object({ forget: z.optional(z.boolean()) }),
    result: z.object({ forgotten: z.int() }),
  },
  /** Who asked for what, and what was refused; newest first. */
  "history/audit": {
    params: z.object({
      limit: z.optional(z.int().check(z.positive(), z.maximum(1000))),
      /** Only entries with a smaller `id`. */
      before: z.optional(z.int()),
    }),
    result: z.array(auditEntrySchema),
  },
  "history/show": { params: z.object({ revision: z.int() }), result: revisionSchema },
  "history/diff": {
    /** `to` null: the files on disk. */
    params: z.object({ from: z.int(), to: z.nullable(z.int()) }),
    result: z.object({
      entries: z.array(changeEntrySchema),
      /** Texts with the values of sensitive keys masked. */
      files: z.array(fileDiffSchema),
    }),
  },
  logs: {
    params: z.object({
      service: z.string(),
      tail: z.optional(z.int().check(z.positive(), z.maximum(10_000))),
    }),
    result: z.array(z.string()),
  },
  /**
   * What came after a place in a service's log; waits for it, some seconds at most. Secrets are masked, colours
   * are not. Without `after`: the newest lines, at once.
   */
  "logs/follow": {
    params: z.object({ service: z.string(), after: z.optional(z.string()) }),
    /** `after`: where the next call goes on. */
    result: z.object({ lines: z.array(z.string()), after: z.string() }),
  },
  /**
   * One thing done to one service by hand, behind whatever runs. It runs as before: there is no revision of it.
   * `ok` false: it did not prove itself afterwards; `message` says why.
   */
  "service/act": {
    params: z.object({ service: z.string(), act: serviceActSchema, requestId }),
    result: z.object({ ok: z.boolean(), message: z.string(), log: z.array(z.string()) }),
  },
  /** Leaves a service out of rollouts, and takes it in again; what the files say of it by then is applied at once. */
  "service/disable": { params: z.object({ service: z.string() }), result: statusSchema },
  "service/enable": { params: z.object({ service: z.string() }), result: statusSchema },
  /** Whether services work now: their health and the probes of hotenv.yaml. Default: all that run. */
  verify: {
    params: z.object({ services: z.optional(z.array(z.string())) }),
    result: z.array(proofSchema),
  },
  /**
   * What takes longer than a keystroke, of an environment file as the editor has it: what the schema module
   * `env.schema.{ts,mjs,js}` of the project says of it, and the network, where a severity asks for that.
   */
  check: {
    params: z.object({
      /** Relative to the project's directory. */
      path: z.string(),
      text: z.string(),
      /** Severities that the user has set, by code. */
      levels: z.optional(z.record(z.string(), z.enum(["error", "warning", "info", "hint", "off"]))),
    }),
    result: z.array(problemSchema),
  },
  /**
   * An editor saves a source, or has just saved it: it is looked at without waiting for the watcher, and where
   * its content is what the editor wrote, the change is the editor's.
   */
  saved: {
    params: z.object({
      /** As in Status.sources. */
      path: z.string(),
      /** SHA-256 of the bytes that the editor writes, hexadecimal; absent where the editor does not know them. */
      hash: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))),
      author: z.optional(authorSchema),
      /** Why, in the author's words. */
      reason: z.optional(z.string().check(z.maxLength(10_000))),
    }),
    result: none,
  },
  /** Stops the rollout that runs: what it did is undone, the last good runs on. null: there was none. */
  cancel: { params: none, result: z.object({ revision: z.nullable(z.int()) }) },
  pause: { params: none, result: statusSchema },
  resume: { params: none, result: statusSchema },
  /** Ends the agent; a rollout that runs is finished first. */
  stop: { params: none, result: none },
} as const satisfies Record<string, { params: z.ZodMiniType; result: z.ZodMiniType }>;

export type Method = keyof typeof requests;
export type Params<M extends Method> = z.infer<(typeof requests)[M]["params"]>;
export type Result<M extends Method> = z.infer<(typeof requests)[M]["result"]>;

/** What an agent can be asked, whoever asks: the server, or the command line in its own process. */
export type AgentApi = {
  readonly [M in Exclude<Method, "initialize" | "handover" | "connections">]: (
    params: Params<M>,
    signal: AbortSignal,
    /** What the request came from; absent where the agent's own process asks. */
    client?: Client,
  ) => Promise<Result<M>>;
};

/**
 * What becomes of a change. `applies`: its rollout begins. `waits`: for a yes, the end of a cooldown, or what is
 * missing outside of the files; another decision follows. `unused`: no service is touched. `refused`: the files cannot
 * be used, or a person said no. `superseded`: it was overtaken, or taken back, before it had a decision.
 */
export const decisionSchema = z.enum(["applies", "waits", "unused", "refused", "superseded"]);
export type Decision = z.infer<typeof decisionSchema>;

/** A service and what it needs, without the evidence. */
export const impactBriefSchema = z.pick(impactSchema, { service: true, action: true });
export type ImpactBrief = z.infer<typeof impactBriefSchema>;

const event = <T extends string, D extends z.ZodMiniType>(type: T, data: D) =>
  z.object({ type: z.literal(type), timestamp: timeSchema, seq: z.int(), data });

/** Events, agent to client, as the params of the notification `event`. */
export const eventSchema = z.discriminatedUnion("type", [
  event("status_update", statusSchema),
  /**
   * The files mean something new. Told once, from the files alone, before Compose is asked; what becomes of it
   * follows as `config_decided` with the same `id`.
   */
  event(
    "config_change",
    z.object({
      /** Absent in older agents. */
      id: z.optional(z.string()),
      change: changeSchema,
      origin: originSchema,
      /** What the services would need by what the files say; absent where nobody worked it out. */
      impacts: z.optional(z.array(impactBriefSchema)),
    }),
  ),
  event(
    "config_decided",
    z.object({
      /** As in the `config_change` that it is about. */
      id: z.string(),
      decision: decisionSchema,
      /** As Compose understands the files: it goes before what `config_change` has said. */
      plan: z.optional(planSchema),
      /** Why, a sentence, where the change waits or is refused. */
      message: z.optional(z.string()),
    }),
  ),
  /** A rollout began (no `step`), or a step of it moved. `phase` counts from 0. */
  event(
    "restart_progress",
    z.object({
      rollout: z.string(),
      revision: z.int(),
      phase: z.optional(z.int()),
      step: z.optional(rolloutStepSchema),
    }),
  ),
  event("restart_completed", z.object({ rollout: rolloutSchema })),
  event("health_update", serviceStatusSchema),
  event(
    "log",
    z.object({
      level: z.enum(["debug", "info", "warn", "error"]),
      message: z.string(),
      service: z.optional(z.string()),
    }),
  ),
  /** Somebody wrote a note, or set or took away a pin. */
  event("annotated", z.object({ revision: revisionSummarySchema })),
  event("verdict", z.object({ revision: revisionSummarySchema, message: z.string() })),
]);
export type AgentEvent = z.infer<typeof eventSchema>;
export type EventType = AgentEvent["type"];
export type EventData<T extends EventType> = Extract<AgentEvent, { type: T }>["data"];
/** One event, in the order of their numbers. */
export const eventNotification = "event";
/**
 * An event that overtakes others, for a client that reads too slowly to have had those: a verdict or an error. It
 * comes again as `event` when its turn has come.
 */
export const aheadNotification = "event/ahead";
/** To a client that was too slow: this stands in for all events up to `seq`. */
export const snapshotNotification = "snapshot";
export const snapshotSchema = z.object({ stream: z.string(), seq: z.int(), status: statusSchema });
export type Snapshot = z.infer<typeof snapshotSchema>;

/** The file by which clients find an agent; mode 0600 in a 0700 directory. */
export const rendezvousSchema = z.object({
  protocolVersion: z.int(),
  version: z.string(),
  pid: z.int(),
  /** The project's directory, absolute and real. */
  directory: z.string(),
  /** A Unix socket's path or a named pipe. */
  socket: z.string(),
  /** 256 bits, hexadecimal. */
  token: z.string(),
  startedAt: timeSchema,
  /** Started by a program, which may replace it by a newer one; else by a person. */
  spawned: z.optional(z.boolean()),
});
export type Rendezvous = z.infer<typeof rendezvousSchema>;
