/** What SQLite's error numbers mean for a user (https://sqlite.org/rescode.html). */
import { HotenvError } from "../../core/protocol/errors.ts";
import { unwritable } from "./private-files.ts";

const busy = 5;
const damage = new Set([11 /* corrupt */, 26 /* not a database */]);
/** The file system, not the content, is in the way: permission, locked, read-only, I/O, full, cannot open. */
const obstacles = new Set([3, busy, 6, 8, 10, 13, 14, 23]);

/**
 * Said of a header whose schema format is not one, and of tables that are not as we make them, since a byte of their
 * definition is another: all have the number of any mistake in SQL, and our SQL is always the same.
 */
const badSchema =
  /^unsupported file format$|^no such (?:column|table|index)|^malformed database schema|^table \S+ has (?:no|\d)/;

/** The primary result code: the low byte of the extended one. */
function resultCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined;
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === busy;
}

export function damaged(file: string, why: string, cause?: unknown): HotenvError {
  return new HotenvError("history-damaged", `The history in ${file} is damaged: ${why}.`, {
    location: { file },
    todo: "Start the agent again: what cannot be used is set aside and a new history begins.",
    cause,
  });
}

/** Ours for what a user can do something about; everything else is a defect and stays what it is. */
export function explainSqliteError(error: unknown, file: string): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (damage.has(code) || badSchema.test(message)) return damaged(file, message, error);
  return obstacles.has(code) ? unwritable(file, error) : error;
}
