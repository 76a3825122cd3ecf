/** Revisions of another history, added behind this one's own: to look at, compare, and go back to. */
import type { Revision } from "../../core/protocol/words.ts";
import type { Snapshot } from "../project/snapshot.ts";
import { writeAnnotation } from "./annotations.ts";
import { putContent } from "./contents.ts";
import { importedStates, nextNumber, rowOf, writeRevision } from "./revisions.ts";
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

/**
 * All or none. They get new numbers and the origin `import`; verdict, author and time stay. None of them is
 * ever the one that runs.
 * @param masked their secrets are not what they were
 */
export function importRevisions(
  store: Store,
  revisions: Iterable<ImportedRevision>,
  masked: boolean,
): Imported {
  return store.database.transaction(() => {
    const numbers = new Map<number, number>();
    let near: { snapshot: number; model: number } | undefined;
    let last: number | null = null;
    for (const { revision: old, snapshot, model } of revisions) {
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
      last = revision;
    }
    const [first = null] = numbers.values();
    return { first, last, revisions: numbers.size };
  });
}

/** @throws revision-unknown */
export function isMasked(store: Store, revision: number): boolean {
  return rowOf(store, revision).imported === importedStates.masked;
}
