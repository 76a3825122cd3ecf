/**
 * Every message between the form of a .env file and its host, the extension. Each side parses what comes in once,
 * with the schemas below.
 */
import * as z from "zod/mini";
import { actionSchema } from "./words.ts";

/** How a value is entered. `reference`: it is made of other variables, and edited as text. */
export const fieldKindSchema = z.enum(["text", "number", "boolean", "enum", "reference"]);
export type FieldKind = z.infer<typeof fieldKindSchema>;

export const formFieldSchema = z.object({
  key: z.string(),
  kind: fieldKindSchema,
  /** As its reader gives it. Absent where it is not set, and for a secret that is not revealed. */
  value: z.optional(z.string()),
  isSet: z.boolean(),
  secret: z.boolean(),
  required: z.boolean(),
  /** What it must be, in a few words: "a port from 1024 to 65535". */
  hint: z.string(),
  description: z.string(),
  docs: z.array(z.object({ title: z.string(), url: z.string() })),
  deprecated: z.optional(z.string()),
  /** Members of an enum; on and off of a boolean, in this order. */
  options: z.array(z.string()),
  min: z.optional(z.number()),
  max: z.optional(z.number()),
  /** Shown while it is empty. */
  example: z.optional(z.string()),
  /** Sentences: why it cannot stay so. */
  problems: z.array(z.string()),
});
export type FormField = z.infer<typeof formFieldSchema>;

export const formImpactSchema = z.object({ service: z.string(), action: actionSchema, cause: z.string() });
export type FormImpact = z.infer<typeof formImpactSchema>;

/** The page's words, in the person's language: it has no translations of its own. */
export const formTextsSchema = z.record(z.string(), z.string());

/** Host to page. */
export const formHostMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("texts"), language: z.string(), texts: formTextsSchema }),
  /** The file as it is now. `edit`: the newest edit of this page that it includes. */
  z.object({
    type: z.literal("state"),
    file: z.string(),
    edit: z.int(),
    dirty: z.boolean(),
    fields: z.array(formFieldSchema),
    /** Sentences about the file as a whole: what no field can show. */
    problems: z.array(z.string()),
    /** Whether there is a schema that says what the values must be. */
    hasSchema: z.boolean(),
  }),
  /** What saving would do; null: that cannot be told from the files alone. */
  z.object({ type: z.literal("impact"), services: z.nullable(z.array(formImpactSchema)) }),
]);
export type FormHostMessage = z.infer<typeof formHostMessageSchema>;

/** Page to host. */
export const formPageMessageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  /** `value` null: the key is taken out. `edit`: counted by the page, from 1. */
  z.object({ type: z.literal("edit"), edit: z.int(), key: z.string(), value: z.nullable(z.string()) }),
  z.object({ type: z.literal("reveal"), key: z.string(), shown: z.boolean() }),
  z.object({ type: z.literal("save"), reason: z.string() }),
  z.object({ type: z.literal("open"), what: z.enum(["text", "schema"]), key: z.optional(z.string()) }),
]);
export type FormPageMessage = z.infer<typeof formPageMessageSchema>;
