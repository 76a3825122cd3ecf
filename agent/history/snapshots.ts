/** Snapshots: each file's content once, however many snapshots have it. */
import * as z from "zod";
import { roleSchema } from "../../core/protocol/words.ts";
import type { Snapshot } from "../project/snapshot.ts";
import { addContent, contentAddress, findContent, getContent, putContent } from "./contents.ts";
import { damaged } from "./sqlite-errors.ts";
import type { Store } from "./store.ts";

const manifestSchema = z.object({
  id: z.string(),
  files: z.array(
    z.object({
      path: z.string(),
      role: roleSchema,
      hash: z.string().nullable(),
      /** The number of its content. */
      content: z.number().nullable(),
    }),
  ),
});
type Manifest = z.infer<typeof manifestSchema>;

/** By its id, which is a plain hash over contents and so not kept readable either. */
export function findSnapshot(store: Store, id: string): number | undefined {
  return findContent(store, contentAddress(store, "snapshot", id));
}

/** Does nothing where the snapshot is kept already. */
export function putSnapshot(store: Store, snapshot: Snapshot): void {
  if (findSnapshot(store, snapshot.id) !== undefined) return;
  store.database.transaction(() => {
    if (findSnapshot(store, snapshot.id) === undefined)
      insertSnapshot(store, snapshot, newestSnapshot(store));
  });
}

/**
 * Within a transaction.
 * @param near a snapshot that this one probably resembles
 */
export function insertSnapshot(store: Store, snapshot: Snapshot, near: number | undefined): number {
  const older = near === undefined ? undefined : manifestAt(store, near);
  const like = new Map(older?.files.map(({ path, content }) => [path, content ?? undefined]));
  const files = snapshot.files.map(({ path, role, hash, bytes }) => ({
    path,
    role,
    hash,
    content: bytes === null ? null : putContent(store, "file", bytes, like.get(path)),
  }));
  const manifest: Manifest = { id: snapshot.id, files };
  const address = contentAddress(store, "snapshot", snapshot.id);
  return addContent(store, address, JSON.stringify(manifest), near);
}

function newestSnapshot(store: Store): number | undefined {
  const row = store.database.get("SELECT snapshot FROM revision ORDER BY revision DESC LIMIT 1");
  return row && Number(row.snapshot);
}

/** @throws history-damaged */
export function manifestAt(store: Store, content: number): Manifest {
  const text = getContent(store, content).toString();
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(store.database.file, "a snapshot has a shape that this version does not know", cause);
  }
}

/** @throws history-damaged where a content is missing or altered */
export function getSnapshot(store: Store, id: string): Snapshot | undefined {
  const at = findSnapshot(store, id);
  if (at === undefined) return undefined;
  const manifest = manifestAt(store, at);
  if (manifest.id !== id) throw damaged(store.database.file, "a snapshot stands under another's name");
  const files = manifest.files.map(({ content, ...file }) => ({
    ...file,
    // A plain copy: a Buffer may be a window into a pool that other contents share.
    bytes: content === null ? null : new Uint8Array(getContent(store, content)),
  }));
  return { id: manifest.id, files };
}
