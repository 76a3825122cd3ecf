/** What every part of the history works on, and how records go in and out of it. */
import * as z from "zod";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Database, Row } from "./database.ts";
import type { Sealer } from "./seal.ts";
import { damaged } from "./sqlite-errors.ts";

export interface Store {
  readonly database: Database;
  readonly sealer: Sealer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export const sealedColumn = z.instanceof(Uint8Array);

/** @throws history-damaged where the row is not what was written */
export function readRow<T>(store: Store, schema: z.ZodType<T>, row: Row): T {
  const read = schema.safeParse(row);
  if (read.success) return read.data;
  throw damaged(store.database.file, `a row is not what was written (${z.prettifyError(read.error)})`);
}

export function openBytes(store: Store, sealed: Uint8Array, place: string): Buffer {
  try {
    return store.sealer.open(sealed, place);
  } catch (error) {
    throw damaged(store.database.file, error instanceof Error ? error.message : String(error), error);
  }
}

export function sealJson(store: Store, value: unknown, place: string): Uint8Array {
  return store.sealer.seal(JSON.stringify(value), place);
}

export function openJson<T>(store: Store, schema: z.ZodType<T>, sealed: Uint8Array, place: string): T {
  const text = openBytes(store, sealed, place).toString();
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    // Authentic, so written by a Hotenv: one whose records this one does not understand.
    throw damaged(store.database.file, "a record has a shape that this version does not know", cause);
  }
}

export function revisionUnknown(revision: number): HotenvError {
  return new HotenvError("revision-unknown", `There is no revision ${revision}.`, {
    todo: "`hotenv history list` prints those that there are.",
  });
}
