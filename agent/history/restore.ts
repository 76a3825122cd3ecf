/** A copy of the database put in its place, after everything in it has been read. */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import { readContents } from "./contents.ts";
import { Database } from "./database.ts";
import { conclude, unfinished } from "./journal.ts";
import type { Keys } from "./key-file.ts";
import {
  aloneWith,
  asideName,
  checkOwner,
  checkWhole,
  migrate,
  openingKey,
  openingLock,
} from "./open-database.ts";
import { privateFile, unwritable } from "./private-files.ts";
import { newestApplied, readRevisions } from "./revisions.ts";
import { createSealer } from "./seal.ts";
import type { Store } from "./store.ts";

export interface Restored {
  /** Where what was there before is now; null where there was nothing. */
  readonly aside: string | null;
  readonly revisions: number;
  /** The last good one. */
  readonly lastGood: number | null;
}

/**
 * Nobody in this process may have the database open.
 * @param copy absolute; it stays as it is
 * @throws archive-refused, history-unwritable
 */
export function restoreDatabase(
  file: string,
  copy: string,
  options: { readonly keys: Keys; readonly now: () => number; readonly verify: (store: Store) => void },
): Restored {
  const opening = openingLock(file);
  const draft = `${file}.restoring`;
  try {
    rmSync(draft, { force: true });
    privateFile(draft);
    try {
      copyFileSync(copy, draft);
    } catch (error) {
      throw refused(copy, error);
    }
    const checked = checkCopy(copy, draft, options);
    const aside = existsSync(file) ? replace(file, draft, options.now()) : publish(file, draft);
    return { ...checked, aside };
  } finally {
    for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(draft + suffix, { force: true });
    opening.release();
  }
}

function refused(copy: string, cause: unknown): HotenvError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HotenvError("archive-refused", `The copy ${copy} was not put back: ${why}`, {
    location: { file: copy },
    todo: "Nothing has changed. Name a file that `hotenv history backup` made with the same key.",
    cause,
  });
}

/** Every record of it is opened; what ran when it was made is not going on any more. */
function checkCopy(
  copy: string,
  draft: string,
  { keys, now, verify }: Parameters<typeof restoreDatabase>[2],
): Omit<Restored, "aside"> {
  try {
    const database = new Database(draft);
    try {
      checkOwner(database);
      if (Number(database.pragma("user_version")) === 0) throw new Error("it is empty.");
      checkWhole(database);
      const key = openingKey(database, keys, undefined);
      const store: Store = { database, sealer: createSealer(keys[key] ?? keys[0]), now };
      migrate(store);
      for (const _ of readContents(store));
      const revisions = readRevisions(store);
      verify(store);
      for (const { revision, rollout } of unfinished(store))
        conclude(store, revision, { verdict: "inconclusive", rollout });
      return { revisions, lastGood: newestApplied(store) };
    } finally {
      database.close();
    }
  } catch (error) {
    throw refused(copy, error);
  }
}

/** The present one keeps a name throughout, whenever this process ends. */
function replace(file: string, draft: string, now: number): string {
  closeLog(file);
  const aside = asideName(file, now, "replaced");
  try {
    try {
      linkSync(file, aside);
    } catch {
      // File systems without hard links.
      copyFileSync(file, aside, constants.COPYFILE_EXCL);
    }
  } catch (error) {
    throw unwritable(file, error);
  }
  publish(file, draft);
  return aside;
}

/** Brings what is in the log of the present one into its file; one that is damaged is set aside as it is. */
function closeLog(file: string): void {
  let database: Database | undefined;
  try {
    database = new Database(file);
    aloneWith(database);
  } catch (error) {
    if (!(error instanceof HotenvError) || error.code !== "history-damaged") throw error;
  } finally {
    database?.close();
  }
  for (const suffix of ["-wal", "-shm", "-journal"]) rmSync(file + suffix, { force: true });
}

function publish(file: string, draft: string): null {
  try {
    sync(draft, "r+");
    renameSync(draft, file);
    if (process.platform !== "win32") sync(dirname(file), "r");
  } catch (error) {
    throw unwritable(file, error);
  }
  rmSync(`${file}.checked`, { force: true });
  return null;
}

function sync(path: string, flags: string): void {
  const descriptor = openSync(path, flags);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
