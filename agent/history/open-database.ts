/** From a path to a database that is whole, ours, of the current version and written with our key. */
import { existsSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import { lastChecked } from "./checked.ts";
import { Database } from "./database.ts";
import { lockFile } from "./file-lock.ts";
import { privateDirectory, privateFile, unwritable } from "./private-files.ts";
import { applicationId, migrations } from "./schema.ts";
import type { Sealer } from "./seal.ts";
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
  /** When the whole of it was last found to be whole, ms since the epoch. */
  readonly checkedAt: number;
  readonly setAside: SetAside | undefined;
}

/** Whoever opens may have to check, migrate or set aside: one process after the other. */
const openingWaitMs = 15_000;

/**
 * @param verify reads what the project cannot do without; throws history-damaged where it cannot be read
 * @throws history-unwritable, also for a database of a newer Hotenv: that one is left alone
 */
export function openDatabase(
  file: string,
  sealer: Sealer,
  now: () => number,
  verify: (store: Store) => void,
): OpenedDatabase {
  privateDirectory(dirname(file));
  const opening = lockFile(join(dirname(file), "opening.lock"), openingWaitMs);
  if (!opening) throw unwritable(file, new Error("another process has been opening it for too long"));
  try {
    try {
      return { ...openWhole(file, sealer, now, verify), setAside: undefined };
    } catch (error) {
      if (!(error instanceof HotenvError) || error.code !== "history-damaged") throw error;
      const path = setAside(file, now());
      return { ...openWhole(file, sealer, now, verify), setAside: { path, reason: error.message } };
    }
  } finally {
    opening.release();
  }
}

function openWhole(
  file: string,
  sealer: Sealer,
  now: () => number,
  verify: (store: Store) => void,
): Pick<OpenedDatabase, "store" | "checkedAt"> {
  const checkedBefore = lastChecked(file, now());
  privateFile(file);
  const database = new Database(file);
  const store: Store = { database, sealer, now };
  try {
    checkOwner(database);
    if (database.pragma("journal_mode = WAL") !== "wal")
      throw unwritable(file, new Error("the file system cannot hold a write-ahead log"));
    database.exec("PRAGMA synchronous = FULL");
    if (checkedBefore === undefined) checkWhole(database);
    checkKey(database, sealer);
    migrate(store);
    verify(store);
    return { store, checkedAt: checkedBefore ?? now() };
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkWhole(database: Database): void {
  const found = database.all("PRAGMA integrity_check(3)").map((row) => String(row.integrity_check));
  if (found[0] !== "ok") throw damaged(database.file, found.join("; "));
}

function checkOwner(database: Database): void {
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

function migrate(store: Store): void {
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
  database.run("INSERT INTO keycheck (id, sealed) VALUES (1, ?)", sealer.seal("hotenv", keyCheckPlace));
}

/** Before anything is read that could not be opened; a database without a version is about to be begun. */
function checkKey(database: Database, sealer: Sealer): void {
  if (Number(database.pragma("user_version")) === 0) return;
  const check = database.get("SELECT sealed FROM keycheck WHERE id = 1")?.sealed;
  if (check === undefined) throw damaged(database.file, "its key check is missing");
  try {
    if (check instanceof Uint8Array && sealer.open(check, keyCheckPlace).toString() === "hotenv") return;
  } catch (cause) {
    throw damaged(database.file, "it was written with another key than the present one", cause);
  }
  throw damaged(database.file, "its key check is not one");
}

/** Renames the database and what SQLite keeps beside it. Its name says when. */
function setAside(file: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:.]/g, "");
  const free = (n: number): string => {
    const name = join(dirname(file), `history.damaged-${stamp}${n === 0 ? "" : `-${n}`}.db`);
    return existsSync(name) ? free(n + 1) : name;
  };
  const aside = free(0);
  try {
    for (const suffix of ["", "-wal", "-shm"])
      if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  } catch (error) {
    throw unwritable(file, error);
  }
  return aside;
}
