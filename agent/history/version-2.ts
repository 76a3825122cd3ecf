/**
 * From version 1, which kept every content whole, to version 2: contents as differences, and what revisions
 * are searched by. Revisions are sealed anew, because a record is bound to the columns beside it.
 */
import * as z from "zod";
import { roleSchema, rolloutSchema } from "../../core/protocol/words.ts";
import { contentAddress, findContent, putContent } from "./contents.ts";
import type { Row } from "./database.ts";
import { importedStates, type RevisionContent, readRevisionRow, writeRevision } from "./revisions.ts";
import { insertSnapshot } from "./snapshots.ts";
import { openBytes, openJson, type Store } from "./store.ts";

const tables = `
  -- Contents by keyed address; base: the one that it is a difference from. Nothing REFERENCES them: for each
  -- one that is pruned SQLite would look through every table for who does.
  CREATE TABLE content (
    id INTEGER PRIMARY KEY,
    address BLOB NOT NULL UNIQUE,
    base INTEGER,
    position INTEGER NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;

  -- state: running, committed (its changes stay; only cleaning up is left), or a verdict.
  -- imported: 0 this project's own, 1 from an archive, 2 from one without secrets.
  CREATE TABLE revision (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    parent INTEGER,
    time INTEGER NOT NULL,
    author TEXT NOT NULL,
    email TEXT,
    origin TEXT NOT NULL,
    severity TEXT NOT NULL,
    snapshot INTEGER NOT NULL,
    model INTEGER NOT NULL,
    imported INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    state TEXT NOT NULL,
    rollout BLOB NOT NULL
  ) STRICT;
  CREATE INDEX revision_state ON revision (state, revision);
  CREATE INDEX revision_time ON revision (time, severity);

  -- Operations of rollouts that run; gone when their revision is concluded.
  CREATE TABLE journal (
    revision INTEGER NOT NULL REFERENCES revision (revision),
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (revision, seq)
  ) STRICT;

  -- kind: 0 key, 1 service, 2 author; token: a keyed number that stands for the name.
  CREATE TABLE mention (
    kind INTEGER NOT NULL,
    token INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (kind, token, revision)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE annotation (
    revision INTEGER PRIMARY KEY REFERENCES revision (revision),
    pinned INTEGER NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;

  -- What rollouts did to services.
  CREATE TABLE step (
    service TEXT NOT NULL,
    action TEXT NOT NULL,
    revision INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    state TEXT NOT NULL,
    ms REAL,
    PRIMARY KEY (service, action, revision)
  ) STRICT, WITHOUT ROWID;
`;

const manifestSchema = z.object({
  id: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      role: roleSchema,
      hash: z.string().nullable(),
      blob: z.string().nullable(),
    }),
  ),
});
const contentSchema = z.custom<RevisionContent>((value) => typeof value === "object" && value !== null);

export function shareContents(store: Store): void {
  const { database } = store;
  const journal = database.all("SELECT revision, seq, state, sealed FROM journal");
  database.exec(`
    DROP TABLE journal;
    ALTER TABLE revision RENAME TO revision_1;
    DROP INDEX revision_state;
    ${tables}
  `);
  let older: { snapshot: number; model: number } | undefined;
  for (const row of database.all("SELECT * FROM revision_1 ORDER BY revision"))
    older = copy(store, row, older);
  for (const { revision = null, seq = null, state = null, sealed = null } of journal)
    database.run(
      "INSERT INTO journal (revision, seq, state, sealed) VALUES (?, ?, ?, ?)",
      revision,
      seq,
      state,
      sealed,
    );
  database.exec("DROP TABLE revision_1; DROP TABLE snapshot; DROP TABLE blob; DROP TABLE duration;");
}

function copy(
  store: Store,
  old: Row,
  older: { readonly snapshot: number; readonly model: number } | undefined,
): { snapshot: number; model: number } {
  const columns = [
    "revision",
    "parent",
    "time",
    "author",
    "email",
    "origin",
    "severity",
    "snapshot",
    "model",
  ];
  const content = openJson(
    store,
    contentSchema,
    bytesOf(old.sealed),
    JSON.stringify(["revision", ...columns.map((name) => old[name])]),
  );
  const rollout = openJson(
    store,
    z.nullable(rolloutSchema),
    bytesOf(old.rollout),
    `rollout ${old.revision} ${old.state}`,
  );
  const snapshot = copySnapshot(store, String(old.snapshot), older?.snapshot);
  const model = putContent(store, "model", blobOf(store, String(old.model)), older?.model);
  const {
    sealed: _,
    state,
    rollout: __,
    ...row
  } = readRevisionRow(store, {
    ...old,
    snapshot,
    model,
    imported: importedStates.own,
  });
  writeRevision(store, row, content, state, rollout);
  return { snapshot, model };
}

function copySnapshot(store: Store, address: string, near: number | undefined): number {
  const row = store.database.get("SELECT sealed FROM snapshot WHERE address = ?", address);
  const { id, files } = openJson(store, manifestSchema, bytesOf(row?.sealed), `snapshot ${address}`);
  const known = findContent(store, contentAddress(store, "snapshot", id));
  if (known !== undefined) return known;
  const read = files.map(({ blob, ...file }) => ({
    ...file,
    bytes: blob === null ? null : blobOf(store, blob),
  }));
  return insertSnapshot(store, { id, files: read }, near);
}

function blobOf(store: Store, address: string): Uint8Array {
  const row = store.database.get("SELECT sealed FROM blob WHERE address = ?", address);
  return openBytes(store, bytesOf(row?.sealed), `blob ${address}`);
}

/** What is missing does not open, and is named as damage. */
const bytesOf = (value: unknown): Uint8Array => (value instanceof Uint8Array ? value : new Uint8Array());
