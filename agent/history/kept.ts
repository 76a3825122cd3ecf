/** Small things that outlive the agent, by name; and who did what. */
import * as z from "zod";
import { openBytes, openJson, readRow, type Store, sealedColumn, sealJson } from "./store.ts";

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

export interface AuditEntry {
  /** The author's name. */
  readonly who: string;
  /** What they used: "cli", "extension", "page", or "agent" for what it did by itself. */
  readonly client: string;
  /** What was asked for: "rollback". */
  readonly what: string;
  /** A sentence with the particulars; encrypted. */
  readonly detail: string;
}

const auditRow = z.object({
  id: z.number(),
  time: z.number(),
  who: z.string(),
  client: z.string(),
  what: z.string(),
  sealed: sealedColumn,
});
const auditPlace = ({ time, who, client, what }: Omit<AuditEntry, "detail"> & { readonly time: number }) =>
  JSON.stringify(["audit", time, who, client, what]);

export function audit(store: Store, { who, client, what, detail }: AuditEntry): void {
  const time = store.now();
  store.database.run(
    "INSERT INTO audit (time, who, client, what, sealed) VALUES (?, ?, ?, ?, ?)",
    time,
    who,
    client,
    what,
    sealJson(store, detail, auditPlace({ time, who, client, what })),
  );
}

/** Newest first. */
export function audited(store: Store, limit: number): (AuditEntry & { readonly time: string })[] {
  return store.database.all("SELECT * FROM audit ORDER BY id DESC LIMIT ?", limit).map((row) => {
    const { id: _, sealed, ...entry } = readRow(store, auditRow, row);
    const detail = openJson(store, z.string(), sealed, auditPlace(entry));
    return { ...entry, time: new Date(entry.time).toISOString(), detail };
  });
}
