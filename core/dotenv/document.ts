/** A .env file as a lossless document: any text makes one, and printing it gives the text back. */
import { readComposePiece } from "./compose.ts";
import { readDotenvPiece } from "./node-dotenv.ts";
import type { Dialect, Entry, Piece, PieceReader } from "./pieces.ts";
import { readRawPiece } from "./raw.ts";
import { spliceMany } from "./splice-many.ts";
import { LineIndex, type Range } from "./text.ts";

export interface DotenvDocument {
  readonly dialect: Dialect;
  readonly text: string;
  /** Without gaps: the texts of all pieces joined are `text`. */
  readonly pieces: readonly Piece[];
  /** Where each piece begins; one more for the end of the text. */
  readonly starts: readonly number[];
  /** Made when first asked for. */
  readonly lines: LineIndex;
}

/** An entry with its place in the document. */
export interface PlacedEntry {
  readonly entry: Entry;
  /** Added to the entry's ranges it gives offsets in the text. */
  readonly start: number;
}

const readers: Readonly<Record<Dialect, PieceReader>> = {
  compose: readComposePiece,
  dotenv: readDotenvPiece,
  raw: readRawPiece,
};

/** Kept beside the documents, so that an edit can tell whether there are lines to go on from. */
const linesOf = new WeakMap<DotenvDocument, LineIndex>();

export function makeDocument(
  dialect: Dialect,
  text: string,
  pieces: readonly Piece[],
  starts: readonly number[],
): DotenvDocument {
  return {
    dialect,
    text,
    pieces,
    starts,
    get lines(): LineIndex {
      const known = linesOf.get(this);
      if (known !== undefined) return known;
      const made = new LineIndex(text);
      linesOf.set(this, made);
      return made;
    },
  };
}

/** Never throws. What is wrong with the text stands in the pieces' problems. */
export function parseDotenv(text: string, options: { readonly dialect?: Dialect } = {}): DotenvDocument {
  const dialect = options.dialect ?? "compose";
  const read = readers[dialect];
  const pieces: Piece[] = [];
  const starts: number[] = [];
  let at = 0;
  while (at < text.length) {
    const piece = read(text, at);
    pieces.push(piece);
    starts.push(at);
    at += piece.text.length;
  }
  starts.push(at);
  const made = makeDocument(dialect, text, pieces, starts);
  if (pieces.some(isFarSighted)) farSighted.add(made);
  return made;
}

export function printDotenv(document: DotenvDocument): string {
  return document.pieces.map((piece) => piece.text).join("");
}

/** The same document after `text.slice(range.start, range.end)` was replaced; what did not change is shared. */
export function updateDotenv(document: DotenvDocument, range: Range, replacement: string): DotenvDocument {
  return spliceDotenv(document, range, replacement).document;
}

/** What an edit did to the pieces: from `first` on, those that are gone made way for `added` new ones. */
export interface PieceSplice {
  readonly document: DotenvDocument;
  readonly first: number;
  readonly gone: readonly Piece[];
  readonly added: number;
}

/**
 * `updateDotenv`, for those who keep something for every piece.
 * @param consume the document's own arrays become those of the new one, which is quicker in long files: nobody may
 *   use the old one any more
 */
export function spliceDotenv(
  document: DotenvDocument,
  range: Range,
  replacement: string,
  consume = false,
): PieceSplice {
  const text = document.text.slice(0, range.start) + replacement + document.text.slice(range.end);
  const { pieces: old, starts: oldStarts, dialect } = document;
  const wasFarSighted = farSighted.has(document);
  const shift = replacement.length - (range.end - range.start);

  const first = firstTouched(document, range.start);
  const read = readers[dialect];
  const fresh: Piece[] = [];
  const freshStarts: number[] = [];
  let at = oldStarts[first] ?? 0;
  let next = first;
  while (at < text.length) {
    while (next < old.length && (oldStarts[next] ?? 0) + shift < at) next++;
    const oldStart = oldStarts[next] ?? 0;
    // Only the first piece of a file may be a byte order mark.
    if (next < old.length && oldStart >= range.end && oldStart + shift === at && at > 0 && oldStart > 0)
      break;
    const piece = read(text, at);
    fresh.push(piece);
    freshStarts.push(at);
    at += piece.text.length;
  }
  if (at === text.length) next = old.length;
  const gone = old.slice(first, next);
  const pieces = spliced(old, first, next - first, fresh, consume);
  const starts = spliced(oldStarts, first, next - first, freshStarts, consume);
  if (shift !== 0)
    for (let index = first + fresh.length; index < starts.length; index++)
      starts[index] = (starts[index] ?? 0) + shift;
  const made = makeDocument(dialect, text, pieces, starts);
  if (wasFarSighted || fresh.some(isFarSighted)) farSighted.add(made);
  const lines = linesOf.get(document);
  if (lines !== undefined) linesOf.set(made, lines.after(text, range, replacement.length, consume));
  return { document: made, first, gone, added: fresh.length };
}

/** @param inPlace the array itself becomes the result */
function spliced<T>(
  old: readonly T[],
  first: number,
  removed: number,
  fresh: readonly T[],
  inPlace: boolean,
): T[] {
  // Typing mostly puts one piece in the place of one: then a copy is a block of memory, and the quickest there is.
  if (removed !== fresh.length && !inPlace)
    return old.slice(0, first).concat(fresh, old.slice(first + removed));
  const array = inPlace ? (old as T[]) : old.slice();
  if (removed === fresh.length) for (const [index, item] of fresh.entries()) array[first + index] = item;
  else spliceMany(array, first, removed, fresh);
  return array;
}

/** How far behind its own end the reader of an ordinary piece looks. */
const nearUnits = 1_000;
const isFarSighted = ({ reach, text }: Piece): boolean => reach > text.length + nearUnits;
/** Documents in which a piece looks farther: they may have had it before an edit. */
const farSighted = new WeakSet<DotenvDocument>();

/** The index of the first piece whose reader saw what stands at the offset. */
function firstTouched(document: DotenvDocument, offset: number): number {
  const { pieces, starts } = document;
  let index = 0;
  if (!farSighted.has(document)) {
    let high = pieces.length;
    while (index < high) {
      const middle = (index + high) >>> 1;
      if ((starts[middle + 1] ?? 0) + nearUnits < offset) index = middle + 1;
      else high = middle;
    }
  }
  while (index < pieces.length && (starts[index] ?? 0) + (pieces[index]?.reach ?? 0) < offset) index++;
  return index;
}

export function* entriesOf(document: DotenvDocument): Generator<PlacedEntry> {
  for (const [index, piece] of document.pieces.entries())
    if (piece.kind === "entry") yield { entry: piece, start: document.starts[index] ?? 0 };
}

/** A range of an entry as one of the text. */
export function placed({ start }: { readonly start: number }, range: Range): Range {
  return { start: range.start + start, end: range.end + start };
}
