/**
 * When a database needs to be read through and through before it is used: after it was not closed, or was
 * written by somebody else, and once a day. A large one takes seconds for that.
 *
 * Whoever closes it last writes down, beside it, what its file looked like then.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { privateFile } from "./private-files.ts";

const checkEveryMs = 24 * 3600 * 1000;

const noteSchema = z.object({ checkedAt: z.number(), size: z.number(), modifiedMs: z.number() });
type Note = z.infer<typeof noteSchema>;

const noteFile = (database: string): string => `${database}.checked`;

function stateOf(file: string): Omit<Note, "checkedAt"> | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && { size: found.size, modifiedMs: Math.trunc(found.mtimeMs) };
}

function readNote(file: string): Note | undefined {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(noteFile(file), "utf8")));
  } catch {
    // None, or half of one: the database is checked, and a new one is written.
    return undefined;
  }
}

/**
 * Before the database is opened: SQLite makes its write-ahead log when it is, and the last one to close
 * removes it.
 * @returns when it was last checked, ms since the epoch; undefined: it must be checked now
 */
export function lastChecked(file: string, now: number): number | undefined {
  const note = readNote(file);
  const state = stateOf(file);
  if (!note || !state || state.size !== note.size || state.modifiedMs !== note.modifiedMs) return undefined;
  if (statSync(`${file}-wal`, { throwIfNoEntry: false }) !== undefined) return undefined;
  return now >= note.checkedAt && now - note.checkedAt < checkEveryMs ? note.checkedAt : undefined;
}

/** After the database was closed. */
export function noteClosed(file: string, checkedAt: number): void {
  const state = stateOf(file);
  if (!state || statSync(`${file}-wal`, { throwIfNoEntry: false }) !== undefined) return;
  try {
    privateFile(noteFile(file));
    writeFileSync(noteFile(file), JSON.stringify({ checkedAt, ...state } satisfies Note));
  } catch {
    // A full disk, a directory that is gone: without the note the next one to open it checks, that is all.
  }
}
