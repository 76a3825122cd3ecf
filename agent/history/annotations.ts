/** What people add to a revision afterwards: a note, and a pin that keeps it from being pruned. */
import * as z from "zod";
import {
  openBytes,
  openJson,
  readRow,
  revisionUnknown,
  type Store,
  sealedColumn,
  sealJson,
} from "./store.ts";

export interface Annotation {
  readonly note?: string;
  readonly pinned?: true;
}

const rowSchema = z.object({ pinned: z.number(), sealed: sealedColumn });
const resealedSchema = rowSchema.extend({ revision: z.number() });
const placeOf = (revision: number, pinned: number) => `annotation ${revision} ${pinned}`;

/** Nothing of what there is not. */
export function annotationOf(store: Store, revision: number): Annotation {
  const row = store.database.get("SELECT pinned, sealed FROM annotation WHERE revision = ?", revision);
  if (!row) return {};
  const { pinned, sealed } = readRow(store, rowSchema, row);
  const note = openJson(store, z.string(), sealed, placeOf(revision, pinned));
  return { ...(note === "" ? {} : { note }), ...(pinned === 1 ? { pinned: true } : {}) };
}

/** Within a transaction. */
export function resealAnnotations(from: Store, to: Store): void {
  for (const row of from.database.all("SELECT revision, pinned, sealed FROM annotation")) {
    const { revision, pinned, sealed } = readRow(from, resealedSchema, row);
    const place = placeOf(revision, pinned);
    to.database.run(
      "UPDATE annotation SET sealed = ? WHERE revision = ?",
      to.sealer.seal(openBytes(from, sealed, place), place),
      revision,
    );
  }
}

/**
 * @param change what is left out stays; an empty note takes it away
 * @throws revision-unknown
 */
export function annotate(
  store: Store,
  revision: number,
  change: { readonly note?: string | undefined; readonly pinned?: boolean | undefined },
): void {
  store.database.transaction(() => {
    if (!store.database.get("SELECT 1 FROM revision WHERE revision = ?", revision))
      throw revisionUnknown(revision);
    writeAnnotation(store, revision, change);
  });
}

/** Within a transaction. */
export function writeAnnotation(
  store: Store,
  revision: number,
  change: { readonly note?: string | undefined; readonly pinned?: boolean | undefined },
): void {
  const now = annotationOf(store, revision);
  const note = change.note ?? now.note ?? "";
  const pinned = (change.pinned ?? now.pinned === true) ? 1 : 0;
  if (note === "" && pinned === 0) store.database.run("DELETE FROM annotation WHERE revision = ?", revision);
  else
    store.database.run(
      `INSERT INTO annotation (revision, pinned, sealed) VALUES (?, ?, ?)
       ON CONFLICT (revision) DO UPDATE SET pinned = excluded.pinned, sealed = excluded.sealed`,
      revision,
      pinned,
      sealJson(store, note, placeOf(revision, pinned)),
    );
}
