/** Lists of revisions, newest first, as long as a history can be. Pure. */

interface Numbered {
  readonly revision: number;
}

/** Where a revision is, or would be. */
export function placeOf(list: readonly Numbered[], revision: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.revision ?? 0) > revision) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const isListed = (list: readonly Numbered[], revision: number): boolean =>
  list[placeOf(list, revision)]?.revision === revision;

interface Summary extends Numbered {
  readonly verdict: unknown;
}

/** Where both know a revision, the one with a verdict is the newer truth, else `fresh`. */
function newer<S extends Summary>(fresh: S, known: S): S {
  return known.verdict !== null && fresh.verdict === null ? known : fresh;
}

/** Both newest first, and so is what comes of it. Adding at either end is cheap however long the list is. */
export function merged<S extends Summary>(fresh: readonly S[], known: readonly S[]): readonly S[] {
  const newest = fresh[0];
  const oldest = fresh.at(-1);
  if (newest === undefined || oldest === undefined) return known;
  // Only this part of the list is touched.
  const from = placeOf(known, newest.revision);
  const to = placeOf(known, oldest.revision - 1);
  const part: S[] = [];
  let at = from;
  for (const summary of fresh) {
    for (; at < to; at += 1) {
      const each = known[at];
      if (each === undefined || each.revision <= summary.revision) break;
      part.push(each);
    }
    const same = known[at];
    if (same?.revision === summary.revision) {
      part.push(newer(summary, same));
      at += 1;
    } else part.push(summary);
  }
  return [...known.slice(0, from), ...part, ...known.slice(at)];
}
