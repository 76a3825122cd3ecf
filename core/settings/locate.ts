/** Where in a YAML file a setting stands. */
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Problem } from "../protocol/words.ts";

export type Path = readonly PropertyKey[];
export type Place = Pick<Problem, "line" | "column" | "endLine" | "endColumn">;

export function placeOf(lines: LineCounter, start: number, end: number): Place {
  const from = lines.linePos(start);
  const to = lines.linePos(Math.max(start, end));
  return {
    line: Math.max(1, from.line),
    column: Math.max(1, from.col),
    endLine: Math.max(1, to.line),
    endColumn: Math.max(1, to.col),
  };
}

function childOf(document: Document, node: Node | null | undefined, step: PropertyKey) {
  const map = isAlias(node) ? node.resolve(document) : node;
  if (isMap(map)) {
    const pair = map.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair && { key: pair.key as Node, value: pair.value as Node | null };
  }
  if (isSeq(map) && typeof step === "number") {
    const value = map.items[step] as Node | undefined;
    return value && { key: undefined, value };
  }
  return undefined;
}

/**
 * The place of a value, or of its key; as deep into the path as the file goes, for what is missing.
 * A map or list is shown by its key: its whole text would be too much to underline.
 */
export function locate(
  document: Document,
  lines: LineCounter,
  path: Path,
  what: "key" | "value" = "value",
): Place {
  let node: Node | null = document.contents;
  let shown: Node | null = isScalar(node) ? node : null;
  for (const [index, step] of path.entries()) {
    const child = childOf(document, node, step);
    if (child === undefined) break;
    node = child.value;
    const wantsKey =
      (what === "key" && index === path.length - 1) || !isScalar(node) || node.range?.[0] === node.range?.[1];
    shown = wantsKey ? (child.key ?? node) : node;
  }
  const [start, end] = shown?.range ?? [0, 0];
  return placeOf(lines, start, end);
}
