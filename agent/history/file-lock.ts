/**
 * A lock between processes that the operating system itself lets go of when its holder dies. Node has no
 * call for it, but SQLite has: a write transaction on an empty database. There is no stale lock to
 * recognise, and no process number that somebody else may bear by now.
 *
 * `IMMEDIATE`, not `EXCLUSIVE`: of many that come at once exactly one gets it without waiting, while
 * those who ask for the exclusive lock can all be turned away because each saw another looking.
 *
 * The file stays when the lock is released: removing it would let two processes hold two files of one name.
 */
import { DatabaseSync } from "node:sqlite";
import { privateFile, unwritable } from "./private-files.ts";
import { isBusy } from "./sqlite-errors.ts";

export interface FileLock {
  release(): void;
}

/**
 * Waits, blocking, for at most `waitMs`. Locks are not shared within a process either.
 * @param path in a directory that exists
 * @returns undefined where somebody else holds it
 */
export function lockFile(path: string, waitMs: number): FileLock | undefined {
  privateFile(path);
  let holder: DatabaseSync | undefined;
  try {
    holder = new DatabaseSync(path);
    holder.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE`);
  } catch (error) {
    holder?.close();
    if (isBusy(error)) return undefined;
    throw unwritable(path, error);
  }
  const held = holder;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}
