/** Where the reader is: which card is at the top of the view, and how to come back to it. */
import type { Remembered } from "./remembered.ts";

/** Within this many CSS pixels of the top, the reader is at the top, and stays there when something new comes. */
const atTopPx = 8;

/** @param root what holds the articles, newest first */
export function currentAnchor(root: ParentNode): Remembered["anchor"] {
  if (window.scrollY <= atTopPx) return null;
  for (const article of root.querySelectorAll<HTMLElement>("article")) {
    const { top, bottom } = article.getBoundingClientRect();
    if (bottom > 0) return { revision: Number(article.dataset.revision), above: Math.round(-top) };
  }
  return null;
}

/** @returns false where the card is not there */
export function returnTo(root: ParentNode, anchor: NonNullable<Remembered["anchor"]>): boolean {
  const article = root.querySelector(`#revision-${anchor.revision}`);
  if (article === null) return false;
  window.scrollBy({ top: article.getBoundingClientRect().top + anchor.above, behavior: "instant" });
  return true;
}
