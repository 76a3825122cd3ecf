/**
 * Every message between the timeline page and its host: the extension around a webview, or an agent that
 * serves the page to a browser. Each side parses what comes in once, with the schemas below.
 */
import * as z from "zod/mini";
import { errorDataSchema } from "./errors.ts";
import {
  eventSchema,
  type Method,
  type Params,
  type Result,
  requests,
  revisionSummarySchema,
} from "./messages.ts";
import { statusSchema } from "./words.ts";

/** What a page may ask of the agent; the host passes it on. Everything else has a message of its own. */
export const pageMethods = [
  "history/list",
  "history/show",
  "history/annotate",
  "history/stats",
  "pause",
  "resume",
  "apply",
  "confirm",
  "cancel",
  "status",
] as const satisfies readonly Method[];
export type PageMethod = (typeof pageMethods)[number];

const request = <M extends PageMethod, P extends z.ZodMiniType>(method: M, params: P) =>
  z.object({
    type: z.literal("request"),
    /** Chosen by the page; the response carries it. */
    id: z.int(),
    method: z.literal(method),
    params,
  });

/** Page to host. */
export const pageMessageSchema = z.discriminatedUnion("type", [
  /** The page listens now: a snapshot may come. Also after a reload of the page. */
  z.object({ type: z.literal("ready") }),
  z.discriminatedUnion("method", [
    request("history/list", requests["history/list"].params),
    request("history/show", requests["history/show"].params),
    request("history/annotate", requests["history/annotate"].params),
    request("history/stats", requests["history/stats"].params),
    request("pause", requests.pause.params),
    request("resume", requests.resume.params),
    request("apply", requests.apply.params),
    request("confirm", requests.confirm.params),
    request("cancel", requests.cancel.params),
    request("status", requests.status.params),
  ]),
  /** Show the differences between two revisions in the host's own way; `to` null: the files on disk. */
  z.object({ type: z.literal("diff"), from: z.int(), to: z.nullable(z.int()) }),
  /** Nobody waits for the answer any more; one that comes all the same is ignored. */
  z.object({ type: z.literal("abandon"), id: z.int() }),
  /**
   * Roll back to this revision; with a key, only that key goes back to its value there. The host asks the person
   * first. What comes of it arrives as events.
   */
  z.object({ type: z.literal("rollback"), revision: z.int(), key: z.optional(z.string()) }),
  /** Put a report of this revision, for people, where it can be pasted from. */
  z.object({ type: z.literal("copy-report"), revision: z.int() }),
  /** Save this revision as a file that the person chooses, as JSON; secrets are masked. */
  z.object({ type: z.literal("export"), revision: z.int() }),
  /** Show a place in a source. `file` as in a Problem, relative to the project; 1-based. */
  z.object({
    type: z.literal("open"),
    file: z.string(),
    line: z.int().check(z.positive()),
    column: z.int().check(z.positive()),
  }),
  /** What a person can do while the agent does not answer. */
  z.object({ type: z.literal("command"), command: z.enum(["restart-agent", "show-log"]) }),
]);
export type PageMessage = z.infer<typeof pageMessageSchema>;
export type PageRequest = Extract<PageMessage, { type: "request" }>;

export const connectionSchema = z.enum(["online", "connecting", "offline"]);
export type Connection = z.infer<typeof connectionSchema>;

/** Why a request failed: an error of the table, as a sentence. */
export const pageErrorSchema = z.extend(errorDataSchema, { message: z.string() });
export type PageError = z.infer<typeof pageErrorSchema>;

/** Host to page. */
export const hostMessageSchema = z.discriminatedUnion("type", [
  /**
   * Everything, upon `ready` and after each reconnect. `seq`: the newest event that it includes; it is not
   * older than any event sent before it, and events up to it are ignored from now on.
   */
  z.object({
    type: z.literal("snapshot"),
    seq: z.int(),
    status: statusSchema,
    /** Newest first; the page asks for older ones itself. */
    revisions: z.array(revisionSummarySchema),
  }),
  z.object({ type: z.literal("event"), event: eventSchema }),
  z.discriminatedUnion("ok", [
    /** The result has the method's own schema in messages.ts. */
    z.object({ type: z.literal("response"), id: z.int(), ok: z.literal(true), result: z.unknown() }),
    z.object({
      type: z.literal("response"),
      id: z.int(),
      ok: z.literal(false),
      error: pageErrorSchema,
    }),
  ]),
  /** `detail`: a sentence for the person, such as why the agent is not reachable. */
  z.object({ type: z.literal("connection"), state: connectionSchema, detail: z.optional(z.string()) }),
]);
export type HostMessage = z.infer<typeof hostMessageSchema>;

export type PageParams<M extends PageMethod> = Params<M>;
export type PageResult<M extends PageMethod> = Result<M>;
