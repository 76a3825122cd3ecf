/** What a step does to containers, as plain data for the journal (operations.ts performs and reverts it). */
import * as z from "zod";
import { stepStateSchema } from "../../../core/protocol/words.ts";
import { predecessorSchema } from "./containers.ts";
import { hookSchema } from "./hooks.ts";
import { injectedFileSchema } from "./inject.ts";

const shows = {
  shows: z.optional(stepStateSchema),
  undo: z.enum(["resume", "name", "discard"]).optional(),
  claimsNothingNew: z.boolean().optional(),
  renews: z.boolean().optional(),
};
/** IDs of all containers that the service had when the step was prepared. */
const before = z.array(z.string());

export const operationSchema = z.discriminatedUnion("kind", [
  /** New containers beside `olds`, not started. */
  z.object({
    kind: z.literal("create"),
    service: z.string(),
    olds: z.array(predecessorSchema),
    before,
    /** What Compose is given, in full; and the labels that its containers get. */
    project: z.string(),
    labels: z.record(z.string(), z.string()),
    /** It lives in another's container: that one's is part of what Compose hashes. */
    shares: z.boolean().default(false),
    /** Where Compose is not needed: what Docker is asked for, one for each of `olds`. */
    direct: z.array(z.object({ name: z.string(), body: z.record(z.string(), z.unknown()) })).optional(),
    ...shows,
  }),
  z.object({
    kind: z.literal("stop"),
    id: z.string(),
    /** Before it is stopped; and when it is started again, on the way back. */
    preStop: z.array(hookSchema).optional(),
    postStart: z.array(hookSchema).optional(),
    ...shows,
  }),
  /** The old container gives up its name. */
  z.object({ kind: z.literal("set-aside"), id: z.string(), name: z.string(), kept: z.string(), ...shows }),
  /** The new one takes it. */
  z.object({
    kind: z.literal("take-name"),
    service: z.string(),
    next: z.string(),
    name: z.string(),
    before,
    ...shows,
  }),
  /** Starts the container of that name; without a name, all of the service's new ones. */
  z.object({
    kind: z.literal("start"),
    service: z.string(),
    name: z.string().optional(),
    before,
    /** Copied into the container before it starts. */
    files: z.array(injectedFileSchema).optional(),
    postStart: z.array(hookSchema).optional(),
    ...shows,
  }),
  z.object({
    kind: z.literal("restart"),
    id: z.string(),
    preStop: z.array(hookSchema).optional(),
    postStart: z.array(hookSchema).optional(),
    ...shows,
  }),
  z.object({ kind: z.literal("signal"), id: z.string(), signal: z.string(), ...shows }),
  /** Refuses what the service would refuse, before it is told to read it. */
  z.object({ kind: z.literal("check"), id: z.string(), command: z.array(z.string()), ...shows }),
  z.object({ kind: z.literal("exec"), id: z.string(), command: z.array(z.string()), ...shows }),
  z.object({
    kind: z.literal("http"),
    service: z.string(),
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    /** Its content is the body: what it is when the request is made. */
    file: z.string().optional(),
    ...shows,
  }),
  /** Cleanup: the old container, its successor having proved itself. */
  z.object({ kind: z.literal("remove"), id: z.string(), ...shows }),
]);
export type ComposeOperation = z.infer<typeof operationSchema>;
