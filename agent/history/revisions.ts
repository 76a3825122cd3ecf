/** Revisions: numbered, immutable but for how they ended. */
import * as z from "zod";
import {
  type Author,
  type Change,
  changeSchema,
  type Git,
  gitSchema,
  type Origin,
  originSchema,
  type Revision,
  type Rollout,
  rolloutSchema,
  type Severity,
  severitySchema,
  type Verdict,
  verdictSchema,
} from "../../core/protocol/words.ts";
import { annotationOf } from "./annotations.ts";
import { putContent } from "./contents.ts";
import { recordSteps } from "./durations.ts";
import { insertMentions, keysOf } from "./mentions.ts";
import { findSnapshot } from "./snapshots.ts";
import { damaged } from "./sqlite-errors.ts";
import {
  openBytes,
  openJson,
  readRow,
  revisionUnknown,
  type Store,
  sealedColumn,
  sealJson,
} from "./store.ts";

export interface RevisionDraft {
  readonly parent: number | null;
  readonly author: Author;
  readonly origin: Origin;
  readonly reason: string;
  readonly severity: Severity;
  readonly change: Change;
  readonly services: readonly string[];
  /** The id of a snapshot that is kept already. */
  readonly snapshot: string;
  /** The resolved model, JSON. */
  readonly model: string;
  readonly rollout: Rollout | null;
  /** Given: the revision is concluded at once. */
  readonly verdict?: Verdict | undefined;
  readonly git?: Git | undefined;
}

/** `committed`: its changes stay whatever happens; what was kept for the way back may be removed. */
export const revisionStateSchema = z.enum(["running", "committed", ...verdictSchema.options]);
export type RevisionState = z.infer<typeof revisionStateSchema>;

/** Imported ones never ran here. A masked one lacks the values of its secrets. */
export const importedStates = { own: 0, whole: 1, masked: 2 } as const;

const rowSchema = z.object({
  revision: z.number(),
  parent: z.number().nullable(),
  time: z.number(),
  author: z.string(),
  email: z.string().nullable(),
  origin: originSchema,
  severity: severitySchema,
  snapshot: z.number(),
  model: z.number(),
  imported: z.number(),
  sealed: sealedColumn,
  state: revisionStateSchema,
  rollout: sealedColumn,
});
export type RevisionRow = z.infer<typeof rowSchema>;
export type RevisionColumns = Omit<RevisionRow, "sealed" | "state" | "rollout">;

const contentSchema = z.object({
  reason: z.string(),
  change: changeSchema,
  services: z.array(z.string()),
  git: z.optional(gitSchema),
});
export type RevisionContent = z.infer<typeof contentSchema>;

/** The readable columns belong to the record: none of them can be altered without it being noticed. */
const contentPlace = (row: RevisionColumns) =>
  JSON.stringify([
    "revision",
    row.revision,
    row.parent,
    row.time,
    row.author,
    row.email,
    row.origin,
    row.severity,
    row.snapshot,
    row.model,
    row.imported,
  ]);
const rolloutPlace = (revision: number, state: RevisionState) => `rollout ${revision} ${state}`;

/** One more than was ever given out, pruned ones included. Within a transaction. */
export function nextNumber(store: Store): number {
  const newest = store.database.get("SELECT seq FROM sqlite_sequence WHERE name = 'revision'")?.seq;
  return Number(newest ?? 0) + 1;
}

/** Within a transaction. @returns the revision's number */
export function insertRevision(store: Store, draft: RevisionDraft): number {
  const revision = nextNumber(store);
  const snapshot = findSnapshot(store, draft.snapshot);
  if (snapshot === undefined) throw new Error("a revision begins with a snapshot that is kept");
  const like = store.database.get("SELECT model FROM revision ORDER BY revision DESC LIMIT 1");
  writeRevision(
    store,
    {
      revision,
      parent: draft.parent,
      time: store.now(),
      author: draft.author.name,
      email: draft.author.email ?? null,
      origin: draft.origin,
      severity: draft.severity,
      snapshot,
      model: putContent(store, "model", draft.model, like && Number(like.model)),
      imported: importedStates.own,
    },
    {
      reason: draft.reason,
      change: draft.change,
      services: [...draft.services],
      ...(draft.git === undefined ? {} : { git: draft.git }),
    },
    draft.verdict ?? "running",
    draft.rollout && { ...draft.rollout, revision },
  );
  return revision;
}

/** Within a transaction: the record, and what it is found by. */
export function writeRevision(
  store: Store,
  row: RevisionColumns,
  content: RevisionContent,
  state: RevisionState,
  rollout: Rollout | null,
): void {
  const { revision, parent, time, author, email, origin, severity, snapshot, model, imported } = row;
  store.database.run(
    `INSERT INTO revision (revision, parent, time, author, email, origin, severity, snapshot, model, imported,
       sealed, state, rollout)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    revision,
    parent,
    time,
    author,
    email,
    origin,
    severity,
    snapshot,
    model,
    imported,
    sealJson(store, content, contentPlace(row)),
    state,
    sealJson(store, rollout, rolloutPlace(revision, state)),
  );
  mention(store, row, content);
  // How long something took elsewhere says nothing about here.
  const here = imported === importedStates.own;
  if (here && rollout && state !== "running" && state !== "committed")
    recordSteps(store, revision, state, rollout);
}

export function setState(
  store: Store,
  revision: number,
  state: RevisionState,
  rollout: Rollout | null,
): void {
  store.database.run(
    "UPDATE revision SET state = ?, rollout = ? WHERE revision = ?",
    state,
    sealJson(store, rollout, rolloutPlace(revision, state)),
    revision,
  );
}

export function readRevisionRow(store: Store, row: Parameters<typeof readRow>[2]): RevisionRow {
  return readRow(store, rowSchema, row);
}

export function findRow(store: Store, revision: number): RevisionRow | undefined {
  const row = store.database.get("SELECT * FROM revision WHERE revision = ?", revision);
  return row && readRevisionRow(store, row);
}

/** @throws revision-unknown */
export function rowOf(store: Store, revision: number): RevisionRow {
  const row = findRow(store, revision);
  if (!row) throw revisionUnknown(revision);
  return row;
}

/** Authentic only if its state is, too: the record opens for no other. */
export function rolloutOf(store: Store, row: RevisionRow): Rollout | null {
  return openJson(store, z.nullable(rolloutSchema), row.rollout, rolloutPlace(row.revision, row.state));
}

export function contentOf(store: Store, row: RevisionRow): RevisionContent {
  return openJson(store, contentSchema, row.sealed, contentPlace(row));
}

/** Within a transaction: them and all that belongs to them but contents. @param which SQL that selects their numbers */
export function deleteRevisions(store: Store, which: string, values: readonly number[]): void {
  // The last of them empties the list itself.
  for (const table of ["annotation", "mention", "step", "revision"])
    store.database.run(`DELETE FROM ${table} WHERE revision IN (${which})`, ...values);
}

/** Opens every record of every revision. @returns how many there are. @throws history-damaged */
export function readRevisions(store: Store): number {
  const rows = store.database.all("SELECT revision FROM revision");
  for (const { revision } of rows) showRevision(store, Number(revision));
  return rows.length;
}

/** Within a transaction; with it, what revisions are found by. */
export function resealRevisions(from: Store, to: Store): void {
  const { database } = from;
  database.run("DELETE FROM mention");
  for (const { revision } of database.all("SELECT revision FROM revision ORDER BY revision")) {
    const row = rowOf(from, Number(revision));
    const content = contentOf(from, row);
    const place = rolloutPlace(row.revision, row.state);
    database.run(
      "UPDATE revision SET sealed = ?, rollout = ? WHERE revision = ?",
      sealJson(to, content, contentPlace(row)),
      to.sealer.seal(openBytes(from, row.rollout, place), place),
      row.revision,
    );
    mention(to, row, content);
  }
}

function mention(store: Store, { revision, author }: RevisionColumns, content: RevisionContent): void {
  const { change, services } = content;
  insertMentions(store, revision, { key: keysOf(change), service: services, author: [author] });
}

export function rowsInState(store: Store, ...states: readonly RevisionState[]): RevisionRow[] {
  const marks = states.map(() => "?").join(", ");
  const rows = store.database.all(
    `SELECT * FROM revision WHERE state IN (${marks}) ORDER BY revision`,
    ...states,
  );
  return rows.map((row) => readRevisionRow(store, row));
}

export const verdictOf = (row: RevisionRow): Verdict | null =>
  row.state === "running" || row.state === "committed" ? null : row.state;

export function showRevision(store: Store, revision: number): Revision | undefined {
  const row = findRow(store, revision);
  if (!row) return undefined;
  const content = contentOf(store, row);
  const verdict = verdictOf(row);
  const rollout = rolloutOf(store, row);
  return {
    revision: row.revision,
    parent: row.parent,
    time: new Date(row.time).toISOString(),
    author: row.email === null ? { name: row.author } : { name: row.author, email: row.email },
    origin: row.origin,
    reason: content.reason,
    severity: row.severity,
    ...(verdict === null ? {} : { verdict }),
    change: content.change,
    services: content.services,
    ...(rollout === null ? {} : { rollout }),
    ...(content.git === undefined ? {} : { git: content.git }),
    ...annotationOf(store, revision),
  };
}

/**
 * The newest revision of this project's own whose verdict is `applied`.
 * @param options.before only older ones; its snapshot differs from that one's
 */
export function newestApplied(store: Store, options: { readonly before?: RevisionRow } = {}): number | null {
  const { before } = options;
  const row = store.database.get(
    `SELECT * FROM revision WHERE state = 'applied' AND imported = ${importedStates.own}
       AND revision < ? AND snapshot <> ? ORDER BY revision DESC LIMIT 1`,
    before?.revision ?? Number.MAX_SAFE_INTEGER,
    before?.snapshot ?? -1,
  );
  if (!row) return null;
  const read = readRevisionRow(store, row);
  rolloutOf(store, read);
  if (read.state !== "applied") throw damaged(store.database.file, "an index disagrees with its table");
  return read.revision;
}
