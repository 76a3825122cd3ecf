/**
 * Where each card of a long list stands without all of them being there. A card that was never measured is
 * taken to be as high as a closed one. Pixels are CSS pixels; no DOM.
 */

/** What order the cards have. */
export interface Order {
  readonly count: number;
  /** -1: it is not there. */
  indexOf(revision: number): number;
}

export interface Layout {
  readonly totalPx: number;
  /** How far below the first card's top; for the index behind the last: the end. */
  top(index: number): number;
  /** The card at this distance below the first card's top; the nearest where there is none. */
  indexAt(px: number): number;
}

/** As they are before anything was measured: two lines of text. */
const firstGuessPx = 58;
/** Layout rounds. */
const samePx = 0.5;

export class Heights {
  #closedPx = firstGuessPx;
  /** Of those that differ from a closed one. */
  readonly #others = new Map<number, number>();

  /** Everything was laid out anew, such as in another width. */
  forget(): void {
    this.#others.clear();
  }

  /** @returns whether anything stands elsewhere now */
  measured(revision: number, px: number, isClosed: boolean): boolean {
    if (isClosed && this.#others.size === 0 && Math.abs(px - this.#closedPx) > samePx) {
      this.#closedPx = px;
      return true;
    }
    const known = this.#others.get(revision) ?? this.#closedPx;
    if (Math.abs(px - known) <= samePx) return false;
    if (Math.abs(px - this.#closedPx) <= samePx) this.#others.delete(revision);
    else this.#others.set(revision, px);
    return true;
  }

  layout(order: Order): Layout {
    const closedPx = this.#closedPx;
    const others = [...this.#others]
      .map(([revision, px]) => ({ index: order.indexOf(revision), px }))
      .filter(({ index }) => index >= 0)
      .sort((a, b) => a.index - b.index);
    /** By how much the cards up to and including each of the others are higher than closed ones. */
    const more: number[] = [];
    for (const { px } of others) more.push((more.at(-1) ?? 0) + px - closedPx);
    const moreBefore = (index: number): number => {
      let low = 0;
      let high = others.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((others[middle]?.index ?? 0) < index) low = middle + 1;
        else high = middle;
      }
      return more[low - 1] ?? 0;
    };
    const top = (index: number): number => index * closedPx + moreBefore(index);
    return {
      totalPx: top(order.count),
      top,
      indexAt(px) {
        let low = 0;
        let high = Math.max(0, order.count - 1);
        while (low < high) {
          const middle = (low + high + 1) >>> 1;
          if (top(middle) <= px) low = middle;
          else high = middle - 1;
        }
        return low;
      },
    };
  }
}

/** Cards before and behind the view that are there already, and how many come and go at once. */
const sparePx = 400;
const chunk = 2;

/** The cards to render: from the first to before the second. */
export function windowOf(layout: Layout, count: number, fromPx: number, toPx: number): [number, number] {
  if (count === 0) return [0, 0];
  const first = layout.indexAt(fromPx - sparePx);
  const last = layout.indexAt(toPx + sparePx);
  return [Math.floor(first / chunk) * chunk, Math.min(count, Math.ceil((last + 1) / chunk) * chunk)];
}

/** What stands in the list: cards, and the room that those take that are not there. */
export type Slot =
  | { readonly kind: "card"; readonly index: number }
  | { readonly kind: "room"; readonly from: number; readonly px: number };

/** @param kept one more card that must not go away, such as the one that has the focus; -1: none */
export function slotsOf(layout: Layout, count: number, [first, end]: [number, number], kept: number): Slot[] {
  const cards = Array.from({ length: end - first }, (_, at) => first + at);
  if (kept >= 0 && kept < first) cards.unshift(kept);
  if (kept >= end && kept < count) cards.push(kept);
  const slots: Slot[] = [];
  let next = 0;
  for (const index of cards) {
    if (index > next) slots.push({ kind: "room", from: next, px: layout.top(index) - layout.top(next) });
    slots.push({ kind: "card", index });
    next = index + 1;
  }
  if (next < count) slots.push({ kind: "room", from: next, px: layout.totalPx - layout.top(next) });
  return slots;
}
