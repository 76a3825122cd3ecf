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

/** `format`: whether Hotenv shall be a formatter; it is none unless it is asked to. */
export const initializeParams = z.object({
  initializationOptions: z.object({ format: z.boolean().optional() }).nullish().catch(null),
});

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
