/** Where a file holds secrets, and the file as it may be shown: without them. Commented-out ones are secrets, too. */
import { mask } from "../change/mask.ts";
import { type DotenvDocument, placed } from "../dotenv/document.ts";
import type { Piece } from "../dotenv/pieces.ts";
import type { Range } from "../dotenv/text.ts";

const commentedOut = /^(#+\s*(?:export\s+)?([\w.-]+)\s*[=:]\s*)(\S[\s\S]*)$/;

/** What stands between the quotes, or all of an unquoted value; in the order of the file. */
export function secretRanges(
  { pieces, starts }: DotenvDocument,
  isSecret: (key: string) => boolean,
): readonly Range[] {
  const ranges: Range[] = [];
  for (const [index, piece] of pieces.entries()) {
    const range = secretIn(piece, isSecret);
    if (range !== undefined) ranges.push(placed({ start: starts[index] ?? 0 }, range));
  }
  return ranges;
}

export function masked(document: DotenvDocument, isSecret: (key: string) => boolean): string {
  let shown = "";
  let at = 0;
  for (const { start, end } of secretRanges(document, isSecret)) {
    shown += document.text.slice(at, start) + mask;
    at = end;
  }
  return shown + document.text.slice(at);
}

function secretIn(piece: Piece, isSecret: (key: string) => boolean): Range | undefined {
  const { text } = piece;
  if (piece.kind === "comment") {
    const [, before = "", key = "", value = ""] = commentedOut.exec(text) ?? [];
    return value === "" || !isSecret(key)
      ? undefined
      : { start: before.length, end: before.length + value.length };
  }
  if (piece.kind !== "entry" || piece.value === null || !isSecret(piece.key.name)) return undefined;
  const { start, end } = piece.value.content;
  return start === end ? undefined : { start, end };
}
