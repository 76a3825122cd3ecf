/** Formatting: white space between entries, and nothing that a reader could take for more. */
import { type DotenvDocument, updateDotenv } from "../dotenv/document.ts";
import type { TextChange } from "../dotenv/edits.ts";
import { evaluate } from "../dotenv/evaluate.ts";

/**
 * At most one blank line in a row, none at the start, no indentation, no white space at a line's end
 * behind an entry, and a line break at the end of the file. Nothing where that would change a value.
 */
export function formatDocument(document: DotenvDocument): readonly TextChange[] {
  const { pieces, starts, text } = document;
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? "\n";
  const changes: TextChange[] = [];
  for (const [index, piece] of pieces.entries()) {
    // A lone \r ends a line for some and not for others.
    if (piece.kind !== "blank" || /\r(?!\n)/.test(piece.text)) continue;
    // As they are: the `\r` of one may belong to a comment before it.
    const ends = piece.text.match(/\r?\n/g) ?? [];
    const isFirst = index === 0 || (index === 1 && pieces[0]?.kind === "bom");
    const isLast = index + 1 === pieces.length;
    // Space between two entries of one line parts them.
    if (ends.length === 0 && !isFirst && !isLast) continue;
    const wanted = isFirst ? "" : isLast ? (ends[0] ?? lineBreak) : ends.slice(0, 2).join("");
    const start = starts[index] ?? 0;
    if (piece.text !== wanted)
      changes.push({ range: { start, end: start + piece.text.length }, text: wanted });
  }
  const last = pieces.at(-1);
  if (last !== undefined && last.kind !== "blank" && last.kind !== "bom")
    changes.push({
      range: { start: text.length, end: text.length },
      text: text.endsWith("\r") ? "\n" : lineBreak,
    });
  return isHarmless(document, changes) ? changes : [];
}

function isHarmless(document: DotenvDocument, changes: readonly TextChange[]): boolean {
  const formatted = changes.reduceRight(
    (result, { range, text }) => updateDotenv(result, range, text),
    document,
  );
  const before = evaluate(document, () => undefined);
  const after = evaluate(formatted, () => undefined);
  return (
    before.refused === after.refused &&
    before.variables.size === after.variables.size &&
    [...before.variables].every(([key, { value }]) => after.variables.get(key)?.value === value)
  );
}
