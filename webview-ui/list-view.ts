/** The part of a long list that is in view: measures what is there, and says what has to be. */
import { Heights, type Layout, type Slot, slotsOf, windowOf } from "./heights.ts";
import type { Listing } from "./timeline.ts";

export interface ListView {
  /** @param kept the index of a card that must not go away; -1: none */
  slots(listing: Listing, kept: number): readonly Slot[];
  /** After each rendering: where the list begins, and how high its cards are. */
  rendered(root: ParentNode): void;
  /** Brings a card near the top of the view; where exactly is known once it was rendered. */
  scrollTo(index: number, abovePx: number): void;
  close(): void;
}

/** @param onMove something stands elsewhere, or something else is in view */
export function openListView(onMove: () => void): ListView {
  const heights = new Heights();
  let layout: Layout | undefined;
  let listing: Listing | undefined;
  let shown: readonly [number, number] = [0, 0];
  let listTop = 0;
  let width = 0;
  let feed: Element | null = null;
  const seen = new Set<Element>();

  const wanted = (): readonly [number, number] => {
    if (layout === undefined || listing === undefined) return [0, 0];
    const from = window.scrollY - listTop;
    return windowOf(layout, listing.count, from, from + window.innerHeight);
  };
  const findTop = (): void => {
    if (feed !== null) listTop = feed.getBoundingClientRect().top + window.scrollY;
  };
  const look = (): void => {
    findTop();
    const [first, end] = wanted();
    if (first !== shown[0] || end !== shown[1]) onMove();
  };
  const sizes = new ResizeObserver((entries) => {
    let moved = false;
    for (const { target, borderBoxSize } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      const [box] = borderBoxSize;
      if (box === undefined || !target.isConnected) continue;
      if (target === feed) {
        if (Math.abs(box.inlineSize - width) > 1) heights.forget();
        width = box.inlineSize;
        continue;
      }
      const isClosed = !target.classList.contains("open");
      moved = heights.measured(Number(target.dataset.revision), box.blockSize, isClosed) || moved;
    }
    if (moved) onMove();
  });
  const ended = new AbortController();
  for (const event of ["scroll", "resize"])
    window.addEventListener(event, look, { passive: true, signal: ended.signal });

  return {
    slots(next, kept) {
      listing = next;
      layout = heights.layout(next);
      shown = wanted();
      return slotsOf(layout, next.count, [...shown], kept);
    },
    rendered(root) {
      const now = root.querySelector('[role="feed"]');
      if (now !== feed) {
        if (feed !== null) sizes.unobserve(feed);
        feed = now;
        if (feed !== null) sizes.observe(feed);
      }
      const there = new Set<Element>(root.querySelectorAll("article"));
      for (const article of seen)
        if (!there.has(article)) {
          sizes.unobserve(article);
          seen.delete(article);
        }
      for (const article of there)
        if (!seen.has(article)) {
          sizes.observe(article);
          seen.add(article);
        }
      const before = listTop;
      findTop();
      if (listTop !== before) look();
    },
    scrollTo(index, abovePx) {
      if (layout === undefined) return;
      findTop();
      window.scrollTo({ top: listTop + layout.top(index) + abovePx, behavior: "instant" });
    },
    close() {
      ended.abort();
      sizes.disconnect();
    },
  };
}
