/** Small things that outlive the agent, by name; and who did what. */
import * as z from "zod";
import { damaged } from "./sqlite-errors.ts";
import { openBytes, openJson, readRow, type Store, sealedColumn, sealJson } from "./store.ts";

const namedRow = z.object({ name: z.string(), sealed: sealedColumn });
const keptRow = z.object({ sealed: sealedColumn });

/** @param text null: forget it */
export function keep(store: Store, name: string, text: string | null): void {
  if (text === null) store.database.run("DELETE FROM kept WHERE name = ?", name);
  else
    store.database.run(
      "INSERT INTO kept (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed",
      name,
      store.sealer.seal(text, `kept ${name}`),
    );
}

export function recall(store: Store, name: string): string | undefined {
  const row = store.database.get("SELECT sealed FROM kept WHERE name = ?", name);
  return row && openBytes(store, readRow(store, keptRow, row).sealed, `kept ${name}`).toString();
}

export function keptNames(store: Store, prefix: string): string[] {
  return store.database
    .all("SELECT name FROM kept WHERE substr(name, 1, ?) = ?", prefix.length, prefix)
    .map(({ name }) => String(name));
}

export interface AuditEntry {
  /** The author's name. */
  readonly who: string;
  /** What they used: "cli", "extension", "page", or "agent" for what it did by itself. */
  readonly client: string;
  /** What was asked for: "rollback". */
  readonly what: string;
  /** A sentence with the particulars, or why it was refused; encrypted. */
  readonly detail: string;
  /** It was not done. */
  readonly refused?: boolean | undefined;
}

export interface Audited extends AuditEntry {
  /** Counts from 1. */
  readonly id: number;
  readonly time: string;
  readonly refused: boolean;
}

const auditRow = z.object({
  id: z.number(),
  time: z.number(),
  who: z.string(),
  client: z.string(),
  what: z.string(),
  sealed: sealedColumn,
});
const particulars = z.union([z.string(), z.object({ refused: z.string() })]);
const auditPlace = ({ time, who, client, what }: Omit<AuditEntry, "detail"> & { readonly time: number }) =>
  JSON.stringify(["audit", time, who, client, what]);

export function audit(store: Store, { who, client, what, detail, refused }: AuditEntry): void {
  const time = store.now();
  store.database.run(
    "INSERT INTO audit (time, who, client, what, sealed) VALUES (?, ?, ?, ?, ?)",
    time,
    who,
    client,
    what,
    sealJson(store, refused === true ? { refused: detail } : detail, auditPlace({ time, who, client, what })),
  );
}

/** Within a transaction. Of the audit only the encryption changes: that, its triggers cannot tell. */
export function resealKept(from: Store, to: Store): void {
  const { database } = from;
  for (const row of database.all("SELECT name, sealed FROM kept")) {
    const { name, sealed } = readRow(from, namedRow, row);
    const place = `kept ${name}`;
    const anew = to.sealer.seal(openBytes(from, sealed, place), place);
    database.run("UPDATE kept SET sealed = ? WHERE name = ?", anew, name);
  }
  const trigger = "audit_is_fixed";
  const sql = database.get("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?", trigger)?.sql;
  if (typeof sql !== "string") throw damaged(database.file, "the audit is not guarded");
  database.exec(`DROP TRIGGER ${trigger}`);
  for (const row of database.all("SELECT * FROM audit")) {
    const { id, sealed, ...entry } = readRow(from, auditRow, row);
    const place = auditPlace(entry);
    database.run(
      "UPDATE audit SET sealed = ? WHERE id = ?",
      to.sealer.seal(openBytes(from, sealed, place), place),
      id,
    );
  }
  database.exec(sql);
}

/** Newest first. */
export function audited(store: Store, limit: number, before = Number.MAX_SAFE_INTEGER): Audited[] {
  const rows = store.database.all("SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?", before, limit);
  return rows.map((row) => {
    const { sealed, ...entry } = readRow(store, auditRow, row);
    const told = openJson(store, particulars, sealed, auditPlace(entry));
    const refused = typeof told !== "string";
    const detail = refused ? told.refused : told;
    return { ...entry, time: new Date(entry.time).toISOString(), detail, refused };
  });
}
