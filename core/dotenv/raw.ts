/**
 * The reader of `docker run --env-file` and of Compose's `format: raw` (docker/cli pkg/kvfile): a line
 * is a variable, and its value is everything behind the `=`, quotes and trailing space included.
 */
import { t } from "../l10n.ts";
import { isSpace, lineEnd } from "./characters.ts";
import type { Piece, SyntaxProblem } from "./pieces.ts";

/** bufio.Scanner's limit: a line of so many bytes is refused. */
const maxLineBytes = 65_536;

export function readRawPiece(text: string, at: number): Piece {
  const code = text.charCodeAt(at);
  if (code === 0xfeff && at === 0) return { kind: "bom", text: "\uFEFF", reach: 1 };
  if (isSpace(code)) {
    let end = at + 1;
    while (end < text.length && isSpace(text.charCodeAt(end))) end++;
    return { kind: "blank", text: text.slice(at, end), reach: end - at + 1 };
  }
  const feed = lineEnd(text, at);
  const reach = feed - at + 1;
  if (code === 0x23) return { kind: "comment", text: text.slice(at, feed), reach };

  const line = text.slice(at, text[feed - 1] === "\r" ? feed - 1 : feed);
  const equals = line.indexOf("=");
  const name = equals === -1 ? line : line.slice(0, equals);
  const range = { start: equals + 1, end: line.length };
  return {
    kind: "entry",
    text: line,
    reach,
    exported: null,
    key: { name, range: { start: 0, end: name.length } },
    operator: equals === -1 ? null : { start: equals, end: equals + 1 },
    value:
      equals === -1
        ? null
        : { range, quote: null, content: range, cooked: line.slice(equals + 1), template: null },
    comment: null,
    problems: rawProblems(line, name),
    bareAtEnd: false,
  };
}

function rawProblems(line: string, name: string): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const refuse = (code: SyntaxProblem["code"], end: number, message: string): void => {
    problems.push({ code, range: { start: 0, end }, refused: true, message });
  };
  if (name === "") refuse("empty-key", 1, t("A value without a name: Docker refuses the file."));
  if (/[ \t]/.test(name))
    refuse(
      "key-with-space",
      name.length,
      t("This key has white space in it, which no key may: Docker refuses the file."),
    );
  // No text needs more than three bytes for a UTF-16 unit: short lines need no counting.
  if (line.length * 3 >= maxLineBytes && new TextEncoder().encode(line).length >= maxLineBytes)
    refuse("line-too-long", name.length, t("A line of 64 KiB or more: Docker refuses the file."));
  return problems;
}
