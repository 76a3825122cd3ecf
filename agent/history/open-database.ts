/** From a path to a database that is whole, ours, of the current version and written with our key. */
import { existsSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import { lastChecked } from "./checked.ts";
import { Database } from "./database.ts";
import { type FileLock, lockFile } from "./file-lock.ts";
import type { Keys } from "./key-file.ts";
import { privateDirectory, privateFile, unwritable } from "./private-files.ts";
import { resealAll } from "./rekey.ts";
import { applicationId, migrations } from "./schema.ts";
import { createSealer, type Sealer } from "./seal.ts";
import { damaged } from "./sqlite-errors.ts";
import type { Store } from "./store.ts";

/** An earlier database that could not be used, and where it is now. */
export interface SetAside {
  readonly path: string;
  /** A sentence. */
  readonly reason: string;
}

export interface OpenedDatabase {
  readonly store: Store;
  /** Which of the keys it was opened with. */
  readonly key: number;
  /** When the whole of it was last found to be whole, ms since the epoch. */
  readonly checkedAt: number;
  readonly setAside: SetAside | undefined;
}

/** Whoever opens may have to check, migrate or set aside: one process after the other. */
const openingWaitMs = 15_000;

export interface OpenOptions {
  readonly keys: Keys;
  readonly now: () => number;
  /** Reads what the project cannot do without; throws history-damaged where it cannot be read. */
  readonly verify: (store: Store) => void;
  /** Seals everything anew under the first of the keys, if it is under another. */
  readonly rekey?: boolean;
  /** Said where no key opens it, and nothing is set aside for that. */
  readonly keyElsewhere?: HotenvError | undefined;
}

/**
 * @throws history-unwritable, also for a database of a newer Hotenv: that one is left alone
 */
export function openDatabase(file: string, options: OpenOptions): OpenedDatabase {
  privateDirectory(dirname(file));
  const opening = openingLock(file);
  try {
    try {
      return { ...openWhole(file, options), setAside: undefined };
    } catch (error) {
      if (!(error instanceof HotenvError) || error.code !== "history-damaged" || options.rekey === true)
        throw error;
      const path = setAside(file, options.now());
      return { ...openWhole(file, options), setAside: { path, reason: error.message } };
    }
  } finally {
    opening.release();
  }
}

/** One process after the other opens, checks, replaces. @throws history-unwritable */
export function openingLock(file: string): FileLock {
  const opening = lockFile(join(dirname(file), "opening.lock"), openingWaitMs);
  if (opening) return opening;
  throw unwritable(file, new Error("another process has been opening it for too long"));
}

function openWhole(
  file: string,
  { keys, now, verify, rekey, keyElsewhere }: OpenOptions,
): Omit<OpenedDatabase, "setAside"> {
  const checkedBefore = lastChecked(file, now());
  privateFile(file);
  const database = new Database(file);
  try {
    checkOwner(database);
    const isNew = Number(database.pragma("user_version")) === 0;
    if (database.pragma("journal_mode = WAL") !== "wal")
      throw unwritable(file, new Error("the file system cannot hold a write-ahead log"));
    database.exec("PRAGMA synchronous = FULL");
    if (checkedBefore === undefined) checkWhole(database);
    const key = isNew ? 0 : openingKey(database, keys, keyElsewhere);
    const store: Store = { database, sealer: createSealer(keys[key] ?? keys[0]), now };
    migrate(store);
    if (rekey === true && key !== 0) {
      reseal(store, keys[0]);
      database.close();
      return openWhole(file, { keys, now, verify, keyElsewhere });
    }
    verify(store);
    return { store, key, checkedAt: checkedBefore ?? now() };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Whoever has the database open would go on with the former key: so nobody may. */
export function aloneWith(database: Database): void {
  try {
    if (database.pragma("journal_mode = DELETE") === "delete") return;
  } catch (error) {
    if (!(error instanceof HotenvError) || error.code !== "history-unwritable") throw error;
  }
  throw new HotenvError("history-unwritable", `Another process has the history in ${database.file} open.`, {
    location: { file: database.file },
    todo: "Try again when no other hotenv command runs in this project.",
  });
}

function reseal(store: Store, key: Buffer): void {
  const { database } = store;
  aloneWith(database);
  // What was there before must not stay behind in the file's gaps.
  database.exec("PRAGMA secure_delete = ON");
  resealAll(store, createSealer(key), writeKeyCheck);
}

export function checkWhole(database: Database): void {
  const found = database.all("PRAGMA integrity_check(3)").map((row) => String(row.integrity_check));
  if (found[0] !== "ok") throw damaged(database.file, found.join("; "));
}

export function checkOwner(database: Database): void {
  const version = Number(database.pragma("user_version"));
  const owner = database.pragma("application_id");
  const tables = Number(database.get("SELECT count(*) AS tables FROM sqlite_schema")?.tables);
  if (version === 0 && owner === 0 && tables === 0) return;
  if (owner !== applicationId) throw damaged(database.file, "it is not a history of Hotenv");
  if (version < 1) throw damaged(database.file, `its version is ${version}`);
  if (version <= migrations.length) return;
  throw new HotenvError(
    "history-unwritable",
    `The history in ${database.file} was written by a newer Hotenv (version ${version}; this one knows ${migrations.length}).`,
    {
      location: { file: database.file },
      todo: "Update Hotenv, or name another state directory with --state-dir.",
    },
  );
}

export function migrate(store: Store): void {
  const { database } = store;
  if (Number(database.pragma("user_version")) === migrations.length) return;
  database.transaction(() => {
    const version = Number(database.pragma("user_version"));
    for (const step of migrations.slice(version))
      if (typeof step === "string") database.exec(step);
      else step(store);
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
    if (version === 0) writeKeyCheck(store);
  });
}

const keyCheckPlace = "keycheck";

function writeKeyCheck({ database, sealer }: Store): void {
  database.run(
    "INSERT OR REPLACE INTO keycheck (id, sealed) VALUES (1, ?)",
    sealer.seal("hotenv", keyCheckPlace),
  );
}

/** Before anything is read that could not be opened. @returns which of the keys it is */
export function openingKey(
  database: Database,
  keys: readonly Buffer[],
  elsewhere: HotenvError | undefined,
): number {
  const check = database.get("SELECT sealed FROM keycheck WHERE id = 1")?.sealed;
  if (check === undefined) throw damaged(database.file, "its key check is missing");
  if (!(check instanceof Uint8Array)) throw damaged(database.file, "its key check is not one");
  const found = keys.findIndex((key) => opens(createSealer(key), check));
  if (found !== -1) return found;
  if (elsewhere) throw elsewhere;
  throw damaged(database.file, "it was written with another key than the present one");
}

function opens(sealer: Sealer, check: Uint8Array): boolean {
  try {
    return sealer.open(check, keyCheckPlace).toString() === "hotenv";
  } catch {
    // Another key's.
    return false;
  }
}

/** Renames the database and what SQLite keeps beside it. */
function setAside(file: string, now: number): string {
  const aside = asideName(file, now, "damaged");
  try {
    for (const suffix of ["", "-wal", "-shm"])
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  } catch (error) {
    throw unwritable(file, error);
  }
  return aside;
}

/** A free name beside the database that says why and when. */
export function asideName(file: string, now: number, why: "damaged" | "replaced"): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:.]/g, "");
  const free = (n: number): string => {
    const name = join(dirname(file), `history.${why}-${stamp}${n === 0 ? "" : `-${n}`}.db`);
    return existsSync(name) ? free(n + 1) : name;
  };
  return free(0);
}
