/** Rules of taste, off unless a setting asks for them. They follow dotenv-linter's. */
import { type DotenvDocument, placed } from "../dotenv/document.ts";
import type { Entry, Piece } from "../dotenv/pieces.ts";
import { t } from "../l10n.ts";
import type { Code } from "./codes.ts";
import type { LanguageContext } from "./context.ts";
import type { Finding } from "./finding.ts";

/** Whether a setting asks for a rule that is off otherwise. */
export function isAskedFor(code: Code, { levels }: LanguageContext): boolean {
  return levels?.[code] !== undefined && levels[code] !== "off";
}

export function styleFindings(document: DotenvDocument, context: LanguageContext): Finding[] {
  const on = (code: Code): boolean => isAskedFor(code, context);
  const findings: Finding[] = [];
  if (on("unordered-key")) findings.push(...unorderedKeys(document));
  if (on("extra-blank-line") || on("lowercase-key") || on("space-around-operator") || on("needless-quotes"))
    for (const [index, piece] of document.pieces.entries())
      for (const finding of pieceStyleFindings(piece, index === 0, context))
        findings.push({ ...finding, range: placed({ start: document.starts[index] ?? 0 }, finding.range) });
  return findings;
}

/** In the piece's own offsets: the rules that look at one piece alone. */
export function pieceStyleFindings(
  piece: Piece,
  isFirst: boolean,
  context: LanguageContext,
): readonly Finding[] {
  if (piece.kind === "blank")
    return isAskedFor("extra-blank-line", context) ? blankLines(piece, isFirst) : [];
  return piece.kind === "entry" ? entryFindings(piece).filter(({ code }) => isAskedFor(code, context)) : [];
}

function entryFindings({ text, key, operator, value }: Entry): Finding[] {
  const findings: Finding[] = [];
  if (key.name !== key.name.toUpperCase())
    findings.push({
      code: "lowercase-key",
      range: key.range,
      message: t("`{0}` has lowercase letters.", key.name),
    });
  if (operator === null || value === null) return findings;
  const before = { start: key.range.end, end: operator.start };
  const behind = { start: operator.end, end: value.range.start };
  // A colon looks odd without a space behind it.
  const spaces = text[operator.start] === ":" ? [before] : [before, behind];
  for (const range of spaces)
    if (range.end > range.start)
      findings.push({
        code: "space-around-operator",
        range,
        message: t("There is space around the operator."),
      });
  const inner = text.slice(value.content.start, value.content.end);
  if (value.quote !== null && /^[\w./:@%+,-]*$/.test(inner) && inner !== "")
    findings.push({ code: "needless-quotes", range: value.range, message: t("This value needs no quotes.") });
  return findings;
}

function blankLines({ text }: Piece, isFirst: boolean): Finding[] {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index + 1);
  // At the start of a file the first line is blank already.
  const start = ends[isFirst ? 0 : 1];
  const end = ends.at(-1);
  if (start === undefined || end === undefined || end <= start) return [];
  return [{ code: "extra-blank-line", range: { start, end }, message: t("More than one blank line.") }];
}

/** Within a group: blank lines and comments begin a new one. */
export function unorderedKeys({ pieces, starts }: DotenvDocument): Finding[] {
  const findings: Finding[] = [];
  let before: string | undefined;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === "comment" || (piece.kind === "blank" && /\n\s*\n/.test(piece.text)))
      before = undefined;
    if (piece.kind !== "entry") continue;
    const { name, range } = piece.key;
    if (before !== undefined && name < before)
      findings.push({
        code: "unordered-key",
        range: placed({ start: starts[index] ?? 0 }, range),
        message: t("`{0}` should stand before `{1}`.", name, before),
      });
    before = name;
  }
  return findings;
}
