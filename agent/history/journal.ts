/** The journal of rollouts that run: what was intended, performed, taken back. */
import * as z from "zod";
import type { Rollout, Verdict } from "../../core/protocol/words.ts";
import type { Operation } from "../runtime/runtime.ts";
import { recordSteps } from "./durations.ts";
import { rolloutOf, rowOf, rowsInState, setState } from "./revisions.ts";
import { manifestAt } from "./snapshots.ts";
import { openBytes, openJson, readRow, type Store, sealedColumn, sealJson } from "./store.ts";

export interface Intent {
  readonly phase: number;
  readonly service: string;
  readonly operation: Operation;
  /** Only for after the verdict `applied`; never reverted. */
  readonly cleanup: boolean;
}

const entryStateSchema = z.enum(["intended", "performed", "reverted"]);
/** `intended`: performed wholly, partly or not at all. */
export type EntryState = z.infer<typeof entryStateSchema>;

export interface JournalEntry extends Intent {
  readonly seq: number;
  readonly state: EntryState;
}

/** A rollout that nobody concluded. */
export interface Unfinished {
  readonly revision: number;
  /** The snapshot's id. */
  readonly snapshot: string;
  /** By `seq`. */
  readonly entries: readonly JournalEntry[];
  /** The verdict `applied` was decided: finish it, do not revert it. */
  readonly committed: boolean;
  readonly rollout: Rollout | null;
}

const intentSchema = z.object({
  phase: z.number(),
  service: z.string(),
  operation: z.looseObject({ kind: z.string() }),
  cleanup: z.boolean(),
});
const rowSchema = z.object({ seq: z.number(), state: entryStateSchema, sealed: sealedColumn });
const resealedSchema = rowSchema.extend({ revision: z.number() });

const placeOf = (revision: number, seq: number, state: EntryState) => `journal ${revision} ${seq} ${state}`;

/** On disk when it returns. @throws where the revision's rollout does not run, or `seq` is used */
export function intend(store: Store, revision: number, seq: number, intent: Intent): void {
  store.database.transaction(() => {
    mustRun(store, revision);
    store.database.run(
      "INSERT INTO journal (revision, seq, state, sealed) VALUES (?, ?, 'intended', ?)",
      revision,
      seq,
      sealJson(store, intent, placeOf(revision, seq, "intended")),
    );
  });
}

export function mark(store: Store, revision: number, seq: number, state: "performed" | "reverted"): void {
  store.database.transaction(() => {
    const row = store.database.get("SELECT * FROM journal WHERE revision = ? AND seq = ?", revision, seq);
    if (!row) throw new Error(`revision ${revision} has no journal entry ${seq}`);
    const { state: _, seq: __, ...intent } = readEntry(store, revision, readRow(store, rowSchema, row));
    store.database.run(
      "UPDATE journal SET state = ?, sealed = ? WHERE revision = ? AND seq = ?",
      state,
      sealJson(store, intent, placeOf(revision, seq, state)),
      revision,
      seq,
    );
  });
}

export function commitPoint(store: Store, revision: number): void {
  store.database.transaction(() => setState(store, revision, "committed", mustRun(store, revision)));
}

/** The verdict; the journal is not needed any more. */
export function conclude(
  store: Store,
  revision: number,
  end: { readonly verdict: Verdict; readonly rollout: Rollout | null },
): void {
  const { database } = store;
  database.transaction(() => {
    mustRun(store, revision);
    setState(store, revision, end.verdict, end.rollout);
    database.run("DELETE FROM journal WHERE revision = ?", revision);
    if (end.rollout) recordSteps(store, revision, end.verdict, end.rollout);
  });
}

/** Oldest first. */
export function unfinished(store: Store): Unfinished[] {
  return rowsInState(store, "running", "committed").map((row) => {
    const entries = store.database
      .all("SELECT seq, state, sealed FROM journal WHERE revision = ? ORDER BY seq", row.revision)
      .map((entry) => readEntry(store, row.revision, readRow(store, rowSchema, entry)));
    return {
      revision: row.revision,
      snapshot: manifestAt(store, row.snapshot).id,
      entries,
      committed: row.state === "committed",
      rollout: rolloutOf(store, row),
    };
  });
}

/** Within a transaction. */
export function resealJournal(from: Store, to: Store): void {
  for (const row of from.database.all("SELECT revision, seq, state, sealed FROM journal")) {
    const { revision, seq, state, sealed } = readRow(from, resealedSchema, row);
    const place = placeOf(revision, seq, state);
    to.database.run(
      "UPDATE journal SET sealed = ? WHERE revision = ? AND seq = ?",
      to.sealer.seal(openBytes(from, sealed, place), place),
      revision,
      seq,
    );
  }
}

function readEntry(store: Store, revision: number, row: z.infer<typeof rowSchema>): JournalEntry {
  const intent = openJson(store, intentSchema, row.sealed, placeOf(revision, row.seq, row.state));
  // What was kept is what a runtime made: an Operation, written as JSON.
  return { seq: row.seq, state: row.state, ...intent, operation: intent.operation as Operation };
}

/** @returns the rollout as it was written last */
function mustRun(store: Store, revision: number): Rollout | null {
  const row = rowOf(store, revision);
  if (row.state !== "running" && row.state !== "committed")
    throw new Error(`revision ${revision} is concluded already: ${row.state}`);
  return rolloutOf(store, row);
}
