/**
 * Contents by keyed address, each kept once: files of snapshots, lists of files, resolved models.
 *
 * Most contents are a few bytes away from an older one, so they are kept as the difference from it. Bases
 * are chosen as Subversion's skip-deltas are: the content at position n of a run rests on the one whose
 * position is n with its lowest bit cleared. Of a run of 64, none needs more than six others to be read,
 * and damage to one spoils few.
 */
import * as z from "zod";
import { applyDelta, encodeDelta } from "./delta.ts";
import { damaged } from "./sqlite-errors.ts";
import { openBytes, readRow, type Store, sealedColumn } from "./store.ts";

/** Contents from one whole one to the next. */
const runLength = 64;
/** A difference that is not much smaller than the content is not worth the reading. */
const maxDeltaShare = 0.25;
/** 128 bits of a keyed hash: nobody without the key can make two contents meet. */
const addressBytes = 16;

const rowSchema = z.object({
  id: z.number(),
  address: sealedColumn,
  base: z.number().nullable(),
  position: z.number(),
  sealed: sealedColumn,
});
type ContentRow = z.infer<typeof rowSchema>;

type Address = Uint8Array<ArrayBuffer>;
export type ContentKind = "file" | "model" | "snapshot";

/** The row's number and what it rests on belong to the record: it opens nowhere else. */
const placeOf = ({ id, address, base, position }: Omit<ContentRow, "sealed">) =>
  JSON.stringify(["content", id, Buffer.from(address).toString("hex"), base, position]);

export function contentAddress(store: Store, kind: ContentKind, name: string | Uint8Array): Address {
  return new Uint8Array(Buffer.from(store.sealer.address(kind, name), "hex").subarray(0, addressBytes));
}

export function findContent(store: Store, address: Address): number | undefined {
  const id = store.database.get("SELECT id FROM content WHERE address = ?", address)?.id;
  return id === undefined ? undefined : Number(id);
}

function rowAt(store: Store, id: number): ContentRow {
  const row = store.database.get("SELECT * FROM content WHERE id = ?", id);
  if (!row) throw damaged(store.database.file, "a content is missing");
  return readRow(store, rowSchema, row);
}

function contentOf(store: Store, row: ContentRow): Buffer {
  const opened = openBytes(store, row.sealed, placeOf(row));
  if (row.base === null) return opened;
  const base = contentOf(store, rowAt(store, row.base));
  try {
    return applyDelta(base, opened);
  } catch (cause) {
    throw damaged(store.database.file, "a content does not fit the one that it rests on", cause);
  }
}

export function getContent(store: Store, id: number): Buffer {
  return contentOf(store, rowAt(store, id));
}

/** The contents that must be there to read this one, itself included. */
export function chainOf(store: Store, id: number): number[] {
  const chain: number[] = [];
  for (let at: number | null = id; at !== null; ) {
    chain.push(at);
    const row = store.database.get("SELECT base FROM content WHERE id = ?", at);
    if (!row) throw damaged(store.database.file, "a content is missing");
    at = row.base === null ? null : Number(row.base);
  }
  return chain;
}

/** Where the next content of this one's run rests; undefined where a new run begins. */
function baseBehind(store: Store, near: number): ContentRow | undefined {
  let row = rowAt(store, near);
  const position = row.position + 1;
  if (position >= runLength) return undefined;
  const wanted = position & (position - 1);
  while (row.position > wanted && row.base !== null) row = rowAt(store, row.base);
  return row.position === wanted ? row : undefined;
}

/**
 * Within a transaction, which gives the number out.
 * @param near the content that this one probably resembles
 */
export function addContent(
  store: Store,
  address: Address,
  content: string | Uint8Array,
  near: number | undefined,
): number {
  const { database, sealer } = store;
  const bytes = Buffer.from(content);
  const id = Number(database.get("SELECT coalesce(max(id), 0) + 1 AS next FROM content")?.next);
  const nearest = near === undefined ? undefined : rowAt(store, near);
  const base = near === undefined ? undefined : baseBehind(store, near);
  const delta = base && encodeDelta(contentOf(store, base), bytes);
  const row =
    base && nearest && delta && delta.length <= bytes.length * maxDeltaShare
      ? { id, address, base: base.id, position: nearest.position + 1, payload: delta }
      : { id, address, base: null, position: 0, payload: bytes };
  database.run(
    "INSERT INTO content (id, address, base, position, sealed) VALUES (?, ?, ?, ?, ?)",
    id,
    address,
    row.base,
    row.position,
    sealer.seal(row.payload, placeOf(row)),
  );
  return id;
}

const kinds: readonly ContentKind[] = ["file", "model", "snapshot"];
/** More than the contents of three interleaved runs and a few other files. */
const cachedContents = 1024;
const manifestSchema = z.object({ id: z.string() });

/** Which kind a content is of is told by its address only. */
function nameIn(store: Store, { address }: ContentRow, content: Buffer): [ContentKind, string | Uint8Array] {
  for (const kind of kinds) {
    const name = kind === "snapshot" ? snapshotId(content) : content;
    if (name !== undefined && contentAddress(store, kind, name).every((byte, n) => byte === address[n]))
      return [kind, name];
  }
  throw damaged(store.database.file, "a content stands under another's address");
}

function snapshotId(content: Buffer): string | undefined {
  try {
    return manifestSchema.parse(JSON.parse(content.toString())).id;
  } catch {
    // No list of files: then it is no snapshot.
    return undefined;
  }
}

interface Read {
  readonly row: ContentRow;
  readonly payload: Buffer;
  readonly kind: ContentKind;
  readonly name: string | Uint8Array;
}

/** All contents, each proved to be what its address says; what one rests on comes before it. */
export function* readContents(store: Store): Iterable<Read> {
  const known = new Map<number, Buffer>();
  for (const { id } of store.database.all("SELECT id FROM content ORDER BY id")) {
    const row = rowAt(store, Number(id));
    const payload = openBytes(store, row.sealed, placeOf(row));
    const content = row.base === null ? payload : applyDelta(baseOf(store, known, row.base), payload);
    const [kind, name] = nameIn(store, row, content);
    known.set(row.id, content);
    const oldest = known.keys().next().value;
    if (known.size > cachedContents && oldest !== undefined) known.delete(oldest);
    yield { row, payload, kind, name };
  }
}

function baseOf(store: Store, known: ReadonlyMap<number, Buffer>, id: number): Buffer {
  const base = known.get(id);
  if (base) return base;
  throw damaged(store.database.file, "a content is missing");
}

/** Within a transaction. */
export function resealContents(from: Store, to: Store): void {
  for (const { row, payload, kind, name } of readContents(from)) {
    const address = contentAddress(to, kind, name);
    to.database.run(
      "UPDATE content SET address = ?, sealed = ? WHERE id = ?",
      address,
      to.sealer.seal(payload, placeOf({ ...row, address })),
      row.id,
    );
  }
}

/** Within a transaction. @returns the number of the content, which may have been there before */
export function putContent(
  store: Store,
  kind: ContentKind,
  content: string | Uint8Array,
  near: number | undefined,
): number {
  const address = contentAddress(store, kind, content);
  return findContent(store, address) ?? addContent(store, address, content, near);
}
