/**
 * Every message between an agent and its clients: JSON-RPC requests (client to agent), and events
 * (agent to client, the notification `event`). Params and result stand beside each other.
 */
import * as z from "zod";
import {
  annotations,
  authorSchema,
  changeEntrySchema,
  changeSchema,
  originSchema,
  planSchema,
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

const none = z.object({}).strict();

export const outcomeSchema = z.object({
  verdict: verdictSchema,
  /** The revision that was made; null where nothing needed doing. */
  revision: z.number().int().nullable(),
  /** A sentence for people. */
  message: z.string(),
  plan: planSchema,
  rollout: rolloutSchema.nullable(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** A file of a snapshot beside the same file of another, as text; null where it did not exist. */
export const fileDiffSchema = z.object({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type FileDiff = z.infer<typeof fileDiffSchema>;

/** One revision as `history list` prints it. */
export const revisionSummarySchema = z.object({
  revision: z.number().int(),
  time: timeSchema,
  author: z.string(),
  origin: originSchema,
  reason: z.string(),
  /** null while its rollout runs. */
  verdict: verdictSchema.nullable(),
  /** Changed keys, and the paths of changed files that have none. */
  keys: z.array(z.string()),
  services: z.array(z.string()),
  durationMs: z.number().nullable(),
  ...annotations,
});
export type RevisionSummary = z.infer<typeof revisionSummarySchema>;

/** One change of one key. */
export const keyRevisionSchema = revisionSummarySchema
  .pick({ revision: true, time: true, author: true, origin: true, verdict: true })
  .extend(
    changeEntrySchema.pick({ kind: true, source: true, sensitive: true, before: true, after: true }).shape,
  );
export type KeyRevision = z.infer<typeof keyRevisionSchema>;

export const statisticsSchema = z.object({
  /** A rollout counts for each service that it touched; durations are those of applied ones. */
  services: z.array(
    z.object({
      service: z.string(),
      rollouts: z.number().int(),
      applied: z.number().int(),
      /** It was this service that failed. */
      failed: z.number().int(),
      /** From 0 to 1. */
      successRate: z.number(),
      medianMs: z.number().nullable(),
      p95Ms: z.number().nullable(),
    }),
  ),
  /** Days of UTC, `YYYY-MM-DD`, oldest first. */
  days: z.array(z.object({ day: z.string(), severity: severitySchema, changes: z.number().int() })),
  /** Keys whose changes failed or were rolled back most often. `newest`: the last such revision. */
  failingKeys: z.array(z.object({ key: z.string(), failures: z.number().int(), newest: z.number().int() })),
});
export type Statistics = z.infer<typeof statisticsSchema>;

/** Requests, client to agent. */
export const requests = {
  /** First on every connection. `lastSeq`: the last event that this client saw. */
  initialize: {
    params: z.object({
      protocolVersion: z.number().int(),
      client: z.enum(["extension", "cli", "page"]),
      lastSeq: z.number().int().optional(),
    }),
    result: z.object({
      protocolVersion: z.number().int(),
      status: statusSchema,
      /** The sequence number of the newest event; events after it follow as notifications. */
      seq: z.number().int(),
    }),
  },
  status: { params: none, result: statusSchema },
  plan: { params: none, result: planSchema },
  apply: {
    params: z.object({
      reason: z.string().optional(),
      author: authorSchema.optional(),
      origin: originSchema.optional(),
      /** Start what is not running, too. */
      up: z.boolean().optional(),
    }),
    result: outcomeSchema,
  },
  rollback: {
    params: z.object({
      /** Default: the last good before the current one. */
      revision: z.number().int().optional(),
      dryRun: z.boolean().optional(),
      author: authorSchema.optional(),
      /** Only this key goes back to its value in that revision; newer edits of other keys stay. */
      key: z.string().optional(),
    }),
    result: outcomeSchema,
  },
  "history/list": {
    params: z.object({
      /** At most this many, newest first; default 100. */
      limit: z.number().int().positive().max(1000).optional(),
      /** Only revisions older than this one. */
      before: z.number().int().optional(),
      /** Only those that changed this key, or this file where a whole file changed. */
      key: z.string().optional(),
      service: z.string().optional(),
      verdict: verdictSchema.optional(),
      /** The author's name. */
      author: z.string().optional(),
      /** Inclusive. */
      since: timeSchema.optional(),
      /** Exclusive. */
      until: timeSchema.optional(),
      pinned: z.boolean().optional(),
    }),
    result: z.array(revisionSummarySchema),
  },
  /** Who changed a key, when, and what came of it; newest first. Values as they may be shown. */
  "history/key": {
    params: z.object({
      key: z.string(),
      limit: z.number().int().positive().max(1000).optional(),
      before: z.number().int().optional(),
    }),
    result: z.array(keyRevisionSchema),
  },
  /** A note and a pin; what is left out stays as it is, an empty note takes it away. */
  "history/annotate": {
    params: z.object({
      revision: z.number().int(),
      note: z.string().max(10_000).optional(),
      pinned: z.boolean().optional(),
    }),
    result: revisionSchema,
  },
  /** Forgets revisions that every part of the rule lets go. Pinned ones and the last good one stay. */
  "history/prune": {
    params: z.object({
      /** The newest so many stay. */
      keep: z.number().int().nonnegative().optional(),
      /** What is not older stays. */
      before: timeSchema.optional(),
      dryRun: z.boolean().optional(),
    }),
    result: z.object({ removed: z.number().int(), kept: z.number().int() }),
  },
  /** Gives the room of what was pruned back to the disk. */
  "history/vacuum": {
    params: none,
    result: z.object({ bytesBefore: z.number().int(), bytesAfter: z.number().int() }),
  },
  /** Copies the database; the copy opens with the same key only. `file`: absolute, a new one. */
  "history/backup": { params: z.object({ file: z.string() }), result: none },
  "history/stats": {
    params: z.object({ since: timeSchema.optional() }),
    result: statisticsSchema,
  },
  /** `file`: absolute, a new one. With a passphrase secrets are exported, too, and all is encrypted. */
  "history/export": {
    params: z.object({ file: z.string(), passphrase: z.string().min(1).optional() }),
    result: z.object({
      file: z.string(),
      revisions: z.number().int(),
      masked: z.boolean(),
      /** The fingerprint of the key that signed it. */
      signer: z.string(),
    }),
  },
  /** `signer`: accept an archive that this key signed; default: the user's own. */
  "history/import": {
    params: z.object({
      file: z.string(),
      passphrase: z.string().min(1).optional(),
      signer: z.string().optional(),
    }),
    result: z.object({
      /** The numbers that the first and the last got; null where the archive is empty. */
      first: z.number().int().nullable(),
      last: z.number().int().nullable(),
      revisions: z.number().int(),
      masked: z.boolean(),
    }),
  },
  "history/show": { params: z.object({ revision: z.number().int() }), result: revisionSchema },
  "history/diff": {
    /** `to` null: the files on disk. */
    params: z.object({ from: z.number().int(), to: z.number().int().nullable() }),
    result: z.object({
      entries: z.array(changeEntrySchema),
      /** Texts with the values of sensitive keys masked. */
      files: z.array(fileDiffSchema),
    }),
  },
  logs: {
    params: z.object({ service: z.string(), tail: z.number().int().positive().max(10_000).optional() }),
    result: z.array(z.string()),
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
      hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
      author: authorSchema.optional(),
    }),
    result: none,
  },
  pause: { params: none, result: statusSchema },
  resume: { params: none, result: statusSchema },
  /** Ends the agent; a rollout that runs is finished first. */
  stop: { params: none, result: none },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;

export type Method = keyof typeof requests;
export type Params<M extends Method> = z.infer<(typeof requests)[M]["params"]>;
export type Result<M extends Method> = z.infer<(typeof requests)[M]["result"]>;

/** What an agent can be asked, whoever asks: the server, or the command line in its own process. */
export type AgentApi = {
  readonly [M in Exclude<Method, "initialize">]: (
    params: Params<M>,
    signal: AbortSignal,
  ) => Promise<Result<M>>;
};

const event = <T extends string, D extends z.ZodType>(type: T, data: D) =>
  z.object({ type: z.literal(type), timestamp: timeSchema, seq: z.number().int(), data });

/** Events, agent to client, as the params of the notification `event`. */
export const eventSchema = z.discriminatedUnion("type", [
  event("status_update", statusSchema),
  event("config_change", z.object({ change: changeSchema, origin: originSchema })),
  /** A rollout began (no `step`), or a step of it moved. `phase` counts from 0. */
  event(
    "restart_progress",
    z.object({
      rollout: z.string(),
      revision: z.number().int(),
      phase: z.number().int().optional(),
      step: rolloutStepSchema.optional(),
    }),
  ),
  event("restart_completed", z.object({ rollout: rolloutSchema })),
  event("health_update", serviceStatusSchema),
  event(
    "log",
    z.object({
      level: z.enum(["debug", "info", "warn", "error"]),
      message: z.string(),
      service: z.string().optional(),
    }),
  ),
  event("verdict", z.object({ revision: revisionSummarySchema, message: z.string() })),
]);
export type AgentEvent = z.infer<typeof eventSchema>;
export type EventType = AgentEvent["type"];
export type EventData<T extends EventType> = Extract<AgentEvent, { type: T }>["data"];
export const eventNotification = "event";

/** The file by which clients find an agent; mode 0600 in a 0700 directory. */
export const rendezvousSchema = z.object({
  protocolVersion: z.number().int(),
  version: z.string(),
  pid: z.number().int(),
  /** The project's directory, absolute and real. */
  directory: z.string(),
  /** A Unix socket's path or a named pipe. */
  socket: z.string(),
  /** 256 bits, hexadecimal. */
  token: z.string(),
  startedAt: timeSchema,
});
export type Rendezvous = z.infer<typeof rendezvousSchema>;
