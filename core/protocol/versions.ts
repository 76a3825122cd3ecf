/** Which of two versions of Hotenv is the newer one (semver.org 2.0.0, 11). */

const pattern = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?$/;

/** false also where one of them is no version: what cannot be compared is left alone. */
export function isNewer(version: string, than: string): boolean {
  const [ours, theirs] = [pattern.exec(version), pattern.exec(than)];
  if (ours === null || theirs === null) return false;
  for (let part = 1; part <= 3; part += 1) {
    const difference = Number(ours[part]) - Number(theirs[part]);
    if (difference !== 0) return difference > 0;
  }
  const [before, after] = [theirs[4], ours[4]];
  // A release is newer than what preceded it.
  if (before === undefined || after === undefined) return before !== undefined && after === undefined;
  return comparePrerelease(after, before) > 0;
}

function comparePrerelease(one: string, other: string): number {
  const [left, right] = [one.split("."), other.split(".")];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [a = "", b = ""] = [left[index], right[index]];
    if (a === b) continue;
    const [numberA, numberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
    if (numberA && numberB) return Number(a) - Number(b);
    // Numbers come before words.
    if (numberA !== numberB) return numberA ? -1 : 1;
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
