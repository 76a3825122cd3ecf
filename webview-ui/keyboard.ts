/** Moving between cards by key: the feed pattern of the ARIA Authoring Practices, and arrows. Pure. */

/**
 * @param index of the card that has the focus; -1: none
 * @returns the card to go to; undefined where the key means nothing here
 */
export function cardAfterKey(key: string, index: number, count: number): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  switch (key) {
    case "ArrowDown":
    case "PageDown":
      return Math.min(index + 1, last);
    case "ArrowUp":
    case "PageUp":
      return Math.max(index - 1, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}
