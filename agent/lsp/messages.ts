/**
 * What a client of the language server may send (Language Server Protocol 3.17), parsed once, here. Only
 * what Hotenv reads of each; clients send more.
 */
import * as z from "zod";

const count = z.int().min(0);
const positionSchema = z.object({ line: count, character: count });
const rangeSchema = z.object({ start: positionSchema, end: positionSchema });
const identified = z.object({ uri: z.string() });
const versioned = z.object({ uri: z.string(), version: z.int() });

const placeSchema = z.object({ textDocument: identified, position: positionSchema });
const documentSchema = z.object({ textDocument: identified });

/** What the user's configuration of the server may say. */
const optionsSchema = z.object({
  /** Whether Hotenv shall be a formatter; it is none unless it is asked to. */
  format: z.boolean().optional().catch(undefined),
  /** Severities of diagnostics, by their codes; codes that there are not are of no effect. */
  severity: z
    .record(z.string(), z.enum(["error", "warning", "info", "hint", "off"]))
    .optional()
    .catch(undefined),
});

export const initializeParams = z.object({
  initializationOptions: optionsSchema.nullish().catch(null),
  capabilities: z
    .object({
      workspace: z
        .object({
          didChangeWatchedFiles: z.object({ dynamicRegistration: z.boolean().optional() }).optional(),
        })
        .optional(),
    })
    .catch({}),
});
export type InitializeParams = z.infer<typeof initializeParams>;

/** Client to server, with an answer. */
export const requestParams = {
  "textDocument/completion": placeSchema,
  "textDocument/hover": placeSchema,
  "textDocument/definition": placeSchema,
  "textDocument/references": placeSchema.extend({
    context: z.object({ includeDeclaration: z.boolean() }),
  }),
  "textDocument/prepareRename": placeSchema,
  "textDocument/rename": placeSchema.extend({ newName: z.string() }),
  "textDocument/codeAction": documentSchema.extend({
    range: rangeSchema,
    context: z.object({ only: z.array(z.string()).optional() }),
  }),
  "textDocument/documentSymbol": documentSchema,
  "textDocument/foldingRange": documentSchema,
  "textDocument/formatting": documentSchema,
  "textDocument/selectionRange": documentSchema.extend({ positions: z.array(positionSchema) }),
} as const satisfies Record<string, z.ZodType>;
export type RequestMethod = keyof typeof requestParams;
export type RequestParams<M extends RequestMethod> = z.infer<(typeof requestParams)[M]>;

/** Client to server, without one. */
export const notificationParams = {
  "textDocument/didOpen": z.object({
    textDocument: versioned.extend({ text: z.string() }),
  }),
  "textDocument/didChange": z.object({
    textDocument: versioned,
    contentChanges: z.array(z.object({ range: rangeSchema.optional(), text: z.string() })),
  }),
  "textDocument/didClose": documentSchema,
  "workspace/didChangeWatchedFiles": z.object({ changes: z.array(z.object({ uri: z.string() })) }),
} as const satisfies Record<string, z.ZodType>;
export type NotificationMethod = keyof typeof notificationParams;
export type NotificationParams<M extends NotificationMethod> = z.infer<(typeof notificationParams)[M]>;
