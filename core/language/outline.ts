/** Document symbols, folding and selection ranges. */
import type {
  DocumentSymbol,
  FoldingRange,
  Position,
  SelectionRange,
  SymbolKind,
  SymbolTag,
} from "vscode-languageserver-types";
import { type DotenvDocument, entriesOf, placed } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import type { Range } from "../dotenv/text.ts";
import { referencesIn } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import { entryAt, holds } from "./at.ts";
import { duplicatesIn } from "./duplicates.ts";
import { toLspRange } from "./finding.ts";

const variable = 13 satisfies SymbolKind;
const deprecated = 1 satisfies SymbolTag;

/** One symbol a variable; values stay out of it, they may be secrets. */
export function documentSymbols(document: DotenvDocument): DocumentSymbol[] {
  const replaced = new Set(
    duplicatesIn(
      document,
      evaluate(document, () => undefined),
    ).map(({ earlier }) => earlier.start),
  );
  return [...entriesOf(document)].map((source) => ({
    // Editors refuse a symbol without a name.
    name: source.entry.key.name || t("(no name)"),
    kind: variable,
    ...(replaced.has(source.start) ? { detail: t("set again further down"), tags: [deprecated] } : {}),
    range: toLspRange(document.lines, placed(source, { start: 0, end: source.entry.text.length })),
    selectionRange: toLspRange(document.lines, placed(source, source.entry.key.range)),
  }));
}

/** Values of several lines, and runs of comment lines. */
export function foldingRanges(document: DotenvDocument): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  let comment: { first: number; last: number } | undefined;
  const endComment = (): void => {
    if (comment !== undefined && comment.last > comment.first)
      ranges.push({ startLine: comment.first, endLine: comment.last, kind: "comment" });
    comment = undefined;
  };
  for (const [index, piece] of document.pieces.entries()) {
    const start = document.starts[index] ?? 0;
    if (piece.kind === "blank") {
      if (/\n[^\n]*\n/.test(piece.text)) endComment();
      continue;
    }
    const { line } = document.lines.positionAt(start);
    if (piece.kind === "comment") {
      comment = { first: comment?.first ?? line, last: line };
      continue;
    }
    endComment();
    const end = document.lines.positionAt(start + piece.text.length).line;
    if (end > line) ranges.push({ startLine: line, endLine: end });
  }
  endComment();
  return ranges.sort((a, b) => a.startLine - b.startLine);
}

/** From the smallest thing around the position outwards: name, reference, value, entry, file. */
export function selectionRange(document: DotenvDocument, position: Position): SelectionRange {
  const offset = document.lines.offsetAt(position);
  const around: Range[] = [{ start: 0, end: document.text.length }];
  const source = entryAt(document, offset);
  if (source !== undefined) {
    const { entry } = source;
    around.push({ start: source.start, end: source.start + entry.text.length });
    const inner = [
      entry.key.range,
      entry.comment,
      entry.value?.range,
      entry.value?.content,
      ...[...referencesIn(entry.value?.template ?? [])].flatMap(({ range, nameRange }) => [range, nameRange]),
    ];
    for (const range of inner) if (range != null) around.push(placed(source, range));
  }
  const nested = around
    .filter((range) => holds(range, offset))
    .sort((a, b) => b.end - b.start - (a.end - a.start))
    .filter(
      (range, index, all) =>
        index === 0 || range.end - range.start < (all[index - 1]?.end ?? 0) - (all[index - 1]?.start ?? 0),
    );
  let selection: SelectionRange | undefined;
  for (const range of nested)
    selection = {
      range: toLspRange(document.lines, range),
      ...(selection === undefined ? {} : { parent: selection }),
    };
  return selection ?? { range: { start: position, end: position } };
}
