/** Places in a text. Offsets count UTF-16 units from 0; a range's end is exclusive. */
import type { Range } from "../interpolate/range.ts";
import { spliceMany } from "./splice-many.ts";

export type { Range };

/** As LSP counts: both from 0, characters in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** `from`, where a line starts, and all later starts up to `to`. */
function lineStarts(text: string, from: number, to: number): number[] {
  const starts = [from];
  let feed = text.indexOf("\n", from);
  let carriage = text.indexOf("\r", from);
  while (feed !== -1 || carriage !== -1) {
    let end: number;
    if (carriage === -1 || (feed !== -1 && feed < carriage)) end = feed + 1;
    else end = carriage + (feed === carriage + 1 ? 2 : 1);
    if (end > to) break;
    starts.push(end);
    if (feed !== -1 && feed < end) feed = text.indexOf("\n", end);
    if (carriage !== -1 && carriage < end) carriage = text.indexOf("\r", end);
  }
  return starts;
}

/** Turns offsets into positions and back. A line ends after `\n`, `\r\n` or a lone `\r`, as in LSP. */
export class LineIndex {
  readonly #starts: number[];
  readonly #length: number;

  constructor(text: string, starts: number[] = lineStarts(text, 0, text.length)) {
    this.#starts = starts;
    this.#length = text.length;
  }

  /**
   * The lines of the text that this one has become since `range` was replaced by so many units.
   * @param consume this index is not used any more
   */
  after(text: string, range: Range, replacementLength: number, consume = false): LineIndex {
    const shift = replacementLength - (range.end - range.start);
    // What follows a `\r` decides where the next line starts: only starts before the range are certain.
    let kept = this.#lineOf(range.start);
    while (kept > 0 && this.#startOf(kept) >= range.start) kept--;
    const tail = this.#lineOf(range.end) + 1;
    const fresh = lineStarts(text, this.#startOf(kept), range.end + shift);
    const starts = consume ? this.#starts : this.#starts.slice();
    if (fresh.length === tail - kept)
      for (const [index, start] of fresh.entries()) starts[kept + index] = start;
    else spliceMany(starts, kept, tail - kept, fresh);
    if (shift !== 0)
      for (let line = kept + fresh.length; line < starts.length; line++)
        starts[line] = (starts[line] ?? 0) + shift;
    return new LineIndex(text, starts);
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Offsets outside the text count as its start or its end. */
  positionAt(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.#length));
    const line = this.#lineOf(at);
    return { line, character: at - this.#startOf(line) };
  }

  /** A position behind its line's end counts as the start of the next line, one behind the text as its end. */
  offsetAt(position: Position): number {
    if (position.line < 0) return 0;
    if (position.line >= this.#starts.length) return this.#length;
    const end = this.#starts[position.line + 1] ?? this.#length;
    return Math.min(this.#startOf(position.line) + Math.max(0, position.character), end);
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#startOf(middle) <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  #startOf(line: number): number {
    return this.#starts[line] ?? this.#length;
  }
}
