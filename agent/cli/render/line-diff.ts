/** The difference between two texts, line by line, as unified hunks. */

export interface Hunk {
  /** 1-based; 0 where there are no lines, as `diff -u` says it. */
  readonly beforeStart: number;
  readonly beforeCount: number;
  readonly afterStart: number;
  readonly afterCount: number;
  readonly lines: readonly { readonly kind: "same" | "removed" | "added"; readonly text: string }[];
}

type Line = Hunk["lines"][number];

/** Above this many pairs of lines the middle is shown as replaced whole: the table of lengths would not fit. */
const maxPairs = 4_000_000;

function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Longest common subsequence by dynamic programming, over what common beginnings and ends leave. */
function compareLines(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const oldLines = before.slice(start, before.length - end);
  const newLines = after.slice(start, after.length - end);
  const same = (text: string): Line => ({ kind: "same", text });
  return [
    ...before.slice(0, start).map(same),
    ...compareMiddle(oldLines, newLines),
    ...before.slice(before.length - end).map(same),
  ];
}

function compareMiddle(before: readonly string[], after: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ kind: "removed", text });
  const added = (text: string): Line => ({ kind: "added", text });
  if (before.length * after.length > maxPairs) return [...before.map(removed), ...after.map(added)];
  const columns = after.length + 1;
  // lengths[i * columns + j]: the longest common subsequence of before[i..] and after[j..].
  const lengths = new Uint32Array((before.length + 1) * columns);
  const length = (i: number, j: number) => lengths[i * columns + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      lengths[i * columns + j] =
        before[i] === after[j] ? length(i + 1, j + 1) + 1 : Math.max(length(i + 1, j), length(i, j + 1));
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const oldLine = before[i];
    const newLine = after[j];
    if (oldLine !== undefined && oldLine === newLine) {
      lines.push({ kind: "same", text: oldLine });
      i += 1;
      j += 1;
    } else if (oldLine !== undefined && (newLine === undefined || length(i + 1, j) >= length(i, j + 1))) {
      lines.push(removed(oldLine));
      i += 1;
    } else if (newLine !== undefined) {
      lines.push(added(newLine));
      j += 1;
    }
  }
  return lines;
}

/**
 * @param before null where the file did not exist
 * @param context lines shown around a difference
 */
export function lineDiff(before: string | null, after: string | null, context = 3): Hunk[] {
  const lines = compareLines(splitLines(before ?? ""), splitLines(after ?? ""));
  const shown = lines.map(() => false);
  for (const [index, line] of lines.entries())
    if (line.kind !== "same")
      for (
        let near = Math.max(0, index - context);
        near <= Math.min(lines.length - 1, index + context);
        near += 1
      )
        shown[near] = true;
  const hunks: Hunk[] = [];
  let beforeLine = 0;
  let afterLine = 0;
  let open: Line[] = [];
  const close = () => {
    if (open.length === 0) return;
    const beforeCount = open.filter(({ kind }) => kind !== "added").length;
    const afterCount = open.filter(({ kind }) => kind !== "removed").length;
    hunks.push({
      beforeStart: beforeLine - beforeCount + (beforeCount === 0 ? 0 : 1),
      beforeCount,
      afterStart: afterLine - afterCount + (afterCount === 0 ? 0 : 1),
      afterCount,
      lines: open,
    });
    open = [];
  };
  for (const [index, line] of lines.entries()) {
    if (!shown[index]) close();
    if (line.kind !== "added") beforeLine += 1;
    if (line.kind !== "removed") afterLine += 1;
    if (shown[index]) open.push(line);
  }
  close();
  return hunks;
}
