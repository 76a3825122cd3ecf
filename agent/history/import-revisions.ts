/**
 * Revisions of another history, added behind this one's own: to look at, compare, and go back to. They come in
 * parts, so that the history can be written by others meanwhile; a note says which have come until all have, and
 * what never became complete is taken away again.
 */
import * as z from "zod";
import type { Revision } from "../../core/protocol/words.ts";
import type { Snapshot } from "../project/snapshot.ts";
import { writeAnnotation } from "./annotations.ts";
import { putContent } from "./contents.ts";
import { keep, keptNames, recall } from "./kept.ts";
import { deleteRevisions, importedStates, nextNumber, rowOf, writeRevision } from "./revisions.ts";
import { findSnapshot, insertSnapshot } from "./snapshots.ts";
import type { Store } from "./store.ts";

export interface ImportedRevision {
  /** Concluded; its numbers are those of the history that it comes from. */
  readonly revision: Revision;
  readonly snapshot: Snapshot;
  readonly model: string;
}

export interface Imported {
  readonly first: number | null;
  readonly last: number | null;
  readonly revisions: number;
}

export interface Import {
  /** Oldest first. Each call is durable as a whole; all of it counts only once it is finished. */
  add(revisions: readonly ImportedRevision[]): void;
  finish(): Imported;
  /** As if it had not begun. */
  undo(): void;
}

const noteSchema = z.array(z.number());
const notePrefix = "importing/";
const donePrefix = "imported/";

/**
 * They get new numbers and the origin `import`; verdict, author and time stay. None of them is ever the one that
 * runs.
 * @param masked their secrets are not what they were
 * @param name of the archive: two imports of one name do not run at once
 */
export function beginImport(store: Store, masked: boolean, name: string): Import {
  const note = notePrefix + name;
  const numbers = new Map<number, number>();
  let near: { snapshot: number; model: number } | undefined;
  const insert = ({ revision: old, snapshot, model }: ImportedRevision): void => {
    const revision = nextNumber(store);
    near = {
      snapshot: findSnapshot(store, snapshot.id) ?? insertSnapshot(store, snapshot, near?.snapshot),
      model: putContent(store, "model", model, near?.model),
    };
    const { change, services, reason, git, rollout, verdict = "failed" } = old;
    writeRevision(
      store,
      {
        revision,
        parent: old.parent === null ? null : (numbers.get(old.parent) ?? null),
        time: Date.parse(old.time),
        author: old.author.name,
        email: old.author.email ?? null,
        origin: "import",
        severity: old.severity,
        ...near,
        imported: masked ? importedStates.masked : importedStates.whole,
      },
      { reason, change, services, ...(git === undefined ? {} : { git }) },
      verdict,
      rollout ? { ...rollout, revision } : null,
    );
    writeAnnotation(store, revision, { note: old.note, pinned: old.pinned });
    numbers.set(old.revision, revision);
  };
  return {
    add(revisions) {
      store.database.transaction(() => {
        // Somebody may have pruned since the last part.
        if (near && !(exists(store, near.snapshot) && exists(store, near.model))) near = undefined;
        for (const one of revisions) insert(one);
        keep(store, note, JSON.stringify(rangesOf([...numbers.values()])));
      });
    },
    finish() {
      store.database.transaction(() => {
        keep(store, note, null);
        keep(store, donePrefix + name, new Date(store.now()).toISOString());
      });
      const all = [...numbers.values()];
      return { first: all[0] ?? null, last: all.at(-1) ?? null, revisions: all.length };
    },
    undo: () => undo(store, note),
  };
}

const exists = (store: Store, content: number): boolean =>
  store.database.get("SELECT 1 FROM content WHERE id = ?", content) !== undefined;

/** First and last of each run of numbers: those of others may stand between them. */
function rangesOf(numbers: readonly number[]): number[] {
  const ranges: number[] = [];
  for (const number of numbers)
    if (ranges.at(-1) === number - 1) ranges[ranges.length - 1] = number;
    else ranges.push(number, number);
  return ranges;
}

function undo(store: Store, note: string): void {
  store.database.transaction(() => {
    const ranges = noteSchema.parse(JSON.parse(recall(store, note) ?? "[]"));
    for (let at = 0; at < ranges.length; at += 2)
      deleteRevisions(store, "SELECT revision FROM revision WHERE revision BETWEEN ? AND ?", [
        ranges[at] ?? 0,
        ranges[at + 1] ?? 0,
      ]);
    keep(store, note, null);
  });
}

/** Takes away what an import that was interrupted has left. Nobody else may import. @returns how many there were */
export function undoInterruptedImports(store: Store): number {
  const notes = keptNames(store, notePrefix);
  for (const note of notes) undo(store, note);
  return notes.length;
}

export function wasImported(store: Store, name: string): boolean {
  return recall(store, donePrefix + name) !== undefined;
}

/** @throws revision-unknown */
export function isMasked(store: Store, revision: number): boolean {
  return rowOf(store, revision).imported === importedStates.masked;
}
