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

export interface ListEvents {
  /** Something else is in view. */
  moved(): void;
  /** The browser has laid out and not painted yet, and cards are elsewhere than it was thought. */
  misplaced(): void;
}

export function openListView({ moved, misplaced }: ListEvents): ListView {
  const heights = new Heights();
  let layout: Layout | undefined;
  let listing: Listing | undefined;
  let shown: readonly [number, number] = [0, 0];
  let listTop = 0;
  let width = 0;
  let feed: Element | null = null;
  /** Its height is that of all that may push the list down. */
  let page: Element | null = null;
  const seen = new Set<Element>();

  const wanted = (): readonly [number, number] => {
    if (layout === undefined || listing === undefined) return [0, 0];
    const from = window.scrollY - listTop;
    return windowOf(layout, listing.count, from, from + window.innerHeight);
  };
  const findTop = (): void => {
    if (feed !== null) listTop = feed.getBoundingClientRect().top + window.scrollY;
  };
  const isElsewhere = (): boolean => {
    const [first, end] = wanted();
    return first !== shown[0] || end !== shown[1];
  };
  const look = (): void => {
    if (isElsewhere()) moved();
  };
  const sizes = new ResizeObserver((entries) => {
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      const [box] = borderBoxSize;
      if (box === undefined || !target.isConnected || target === page) continue;
      if (target === feed) {
        if (Math.abs(box.inlineSize - width) > 1) heights.forget();
        width = box.inlineSize;
        continue;
      }
      const isClosed = !target.classList.contains("open");
      changed = heights.measured(Number(target.dataset.revision), box.blockSize, isClosed) || changed;
    }
    // Everything is laid out now: to ask costs nothing, at any other time it may cost a layout.
    findTop();
    if (changed || isElsewhere()) misplaced();
  });
  const watch = (now: Element | null, before: Element | null): Element | null => {
    if (now !== before) {
      if (before !== null) sizes.unobserve(before);
      if (now !== null) sizes.observe(now);
    }
    return now;
  };
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
      feed = watch(root.querySelector('[role="feed"]'), feed);
      page = watch(root.querySelector("main"), page);
      const there = new Set([...(feed?.children ?? [])].filter((child) => child.localName === "article"));
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
