/** What stands at an offset of a document. */
import type { DotenvDocument, PlacedEntry } from "../dotenv/document.ts";
import { placed } from "../dotenv/document.ts";
import type { Range } from "../dotenv/text.ts";
import { type ReferencePart, referencesIn } from "../interpolate/template.ts";

/** The index of the piece that holds the offset; at a border the one that ends there. */
export function pieceAt({ pieces, starts }: DotenvDocument, offset: number): number {
  let low = 0;
  let high = pieces.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) < offset) low = middle;
    else high = middle;
  }
  return low;
}

/** The entry that holds the offset, its two ends included. */
export function entryAt(document: DotenvDocument, offset: number): PlacedEntry | undefined {
  const index = pieceAt(document, offset);
  for (const at of [index, index + 1]) {
    const entry = document.pieces[at];
    const start = document.starts[at] ?? 0;
    if (entry?.kind === "entry" && offset >= start && offset <= start + entry.text.length)
      return { entry, start };
  }
  return undefined;
}

export const holds = ({ start, end }: Range, offset: number): boolean => offset >= start && offset <= end;

/** The innermost reference around the offset. */
export function referenceAt(source: PlacedEntry, offset: number): ReferencePart | undefined {
  const around = [...referencesIn(source.entry.value?.template ?? [])].filter(({ range }) =>
    holds(placed(source, range), offset),
  );
  return around.at(-1);
}

/** The variable named at the offset: a key, or a reference's name with its `$`. */
export function nameAt(
  document: DotenvDocument,
  offset: number,
): { readonly name: string; readonly range: Range } | undefined {
  const source = entryAt(document, offset);
  if (source === undefined) return undefined;
  const { key } = source.entry;
  const keyRange = placed(source, key.range);
  if (key.name !== "" && holds(keyRange, offset)) return { name: key.name, range: keyRange };
  const reference = referenceAt(source, offset);
  return reference === undefined
    ? undefined
    : { name: reference.name, range: placed(source, reference.nameRange) };
}
