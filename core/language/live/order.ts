/**
 * The order of a document's pieces, for those who keep something for each: an edit elsewhere changes a
 * piece's index and its offset, but not its label, and labels grow from the first piece to the last.
 */
import type { Piece } from "../../dotenv/pieces.ts";
import { spliceMany } from "../../dotenv/splice-many.ts";

/** Between two neighbours: room to put new pieces between them some forty times over. */
const gap = 2 ** 20;
const leastGap = 2 ** -10;

export class PieceOrder {
  readonly #labels: number[] = [];
  readonly #labelOf = new Map<Piece, number>();

  constructor(pieces: readonly Piece[]) {
    this.#relabel(pieces);
  }

  labelOf(piece: Piece): number {
    const label = this.#labelOf.get(piece);
    if (label === undefined) throw new Error("This piece is none of the document.");
    return label;
  }

  indexOf(piece: Piece): number {
    const label = this.labelOf(piece);
    let low = 0;
    let high = this.#labels.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#labels[middle] ?? 0) <= label) low = middle;
      else high = middle;
    }
    return low;
  }

  /** @param pieces all of them, as they are now; @param gone those that stood where `added` new ones stand now */
  splice(pieces: readonly Piece[], first: number, gone: readonly Piece[], added: number): void {
    for (const piece of gone) this.#labelOf.delete(piece);
    const after = this.#labels[first + gone.length];
    const before = this.#labels[first - 1] ?? (after ?? 0) - gap * (added + 1);
    const step = after === undefined ? gap : (after - before) / (added + 1);
    if (step < leastGap) {
      this.#relabel(pieces);
      return;
    }
    const labels: number[] = [];
    for (let index = 0; index < added; index++) {
      const piece = pieces[first + index];
      const label = before + step * (index + 1);
      labels.push(label);
      if (piece !== undefined) this.#labelOf.set(piece, label);
    }
    if (gone.length === 1 && added === 1) this.#labels[first] = labels[0] ?? 0;
    else spliceMany(this.#labels, first, gone.length, labels);
  }

  #relabel(pieces: readonly Piece[]): void {
    this.#labels.length = 0;
    for (const [index, piece] of pieces.entries()) {
      this.#labels.push(index * gap);
      this.#labelOf.set(piece, index * gap);
    }
  }
}
