/**
 * The reader of the npm package dotenv, version 18, in its default form. It looks for keys at line
 * starts, but the white space around an operator may hold line ends. What it cannot read it skips.
 */
import { t } from "../l10n.ts";
import type { Piece, Quote, Skipped, SyntaxProblem, Value } from "./pieces.ts";

const blank = /\s+/y;
const keyCharacters = /[\w.-]+/y;
const lineStop = /[\n\r\u2028\u2029]/g;
/** Between a closing quote and what follows on its line. */
const sideSpace = /[^\S\n\r\u2028\u2029]*/y;
const unquoted = /[^#\r\n]*/y;

function span(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** JavaScript's idea of a line's end, which dotenv's pattern uses. */
function endOfLine(text: string, at: number): number {
  lineStop.lastIndex = at;
  return lineStop.exec(text)?.index ?? text.length;
}

function isLineStop(text: string, at: number): boolean {
  return at >= text.length || endOfLine(text, at) === at;
}

export function readDotenvPiece(text: string, at: number): Piece {
  if (at === 0 && text.startsWith("\uFEFF")) return { kind: "bom", text: "\uFEFF", reach: 1 };
  const space = span(blank, text, at);
  if (space > 0) return { kind: "blank", text: text.slice(at, at + space), reach: space + 1 };
  if (text[at] === "#") {
    const end = endOfLine(text, at);
    return { kind: "comment", text: text.slice(at, end), reach: end - at + 1 };
  }
  return readAssignment(text, at);
}

function readAssignment(text: string, at: number): Piece {
  const exportSpace = text.startsWith("export", at) ? span(blank, text, at + 6) : 0;
  const exported = exportSpace > 0 && span(keyCharacters, text, at + 6 + exportSpace) > 0;
  const keyStart = exported ? at + 6 + exportSpace : at;
  const keyEnd = keyStart + span(keyCharacters, text, keyStart);
  const spaced = keyEnd + span(blank, text, keyEnd);
  let operator: number;
  let from: number;
  if (keyEnd > keyStart && text[spaced] === "=") {
    operator = spaced;
    from = spaced + 1;
  } else if (keyEnd > keyStart && text[keyEnd] === ":" && span(blank, text, keyEnd + 1) > 0) {
    operator = keyEnd;
    from = keyEnd + (text.startsWith("\r\n", keyEnd + 1) ? 3 : 2);
  } else return skipLine(text, at, Math.max(spaced, keyEnd + 1));

  const { value, end, looked, problems } = readValue(text, at, from);
  const valueEnd = at + end;
  const gap = span(sideSpace, text, valueEnd);
  const commented = text[valueEnd + gap] === "#";
  const commentEnd = commented ? endOfLine(text, valueEnd + gap) : 0;
  return {
    kind: "entry",
    text: text.slice(at, commented ? commentEnd : valueEnd),
    reach: Math.max(looked, commentEnd - at, spaced - at) + 2,
    exported: exported ? { start: 0, end: 6 } : null,
    key: { name: text.slice(keyStart, keyEnd), range: { start: keyStart - at, end: keyEnd - at } },
    operator: { start: operator - at, end: operator - at + 1 },
    value,
    comment: commented ? { start: valueEnd + gap - at, end: commentEnd - at } : null,
    problems,
    bareAtEnd: false,
  };
}

function skipLine(text: string, at: number, looked: number): Skipped {
  const end = endOfLine(text, at);
  const line = text.slice(at, end).trimEnd();
  return {
    kind: "skipped",
    text: line,
    reach: Math.max(looked, end) - at + 2,
    problems: [
      {
        code: "skipped-line",
        range: { start: 0, end: line.length },
        refused: false,
        message: t("dotenv finds no key with a value in this line, and skips it."),
      },
    ],
  };
}

interface ValueRead {
  readonly value: Value;
  /** Where the value ends; relative to the piece, as all here. */
  readonly end: number;
  readonly looked: number;
  readonly problems: readonly SyntaxProblem[];
}

function readValue(text: string, at: number, from: number): ValueRead {
  const open = from + span(blank, text, from);
  const quote = text[open];
  let looked = open - at;
  const quoted = quote === "'" || quote === '"' || quote === "`";
  if (quoted) {
    const { close, seen } = closing(text, open, quote);
    looked = seen - at;
    if (close !== -1) {
      const content = { start: open + 1 - at, end: close - at };
      const cooked = cook(text.slice(open, close + 1));
      const range = { start: open - at, end: close + 1 - at };
      return {
        value: { range, quote, content, cooked, template: null },
        end: range.end,
        looked,
        problems: [],
      };
    }
  }
  const raw = text.slice(from, from + span(unquoted, text, from));
  const value = raw.trim();
  const start = value === "" ? from : from + raw.indexOf(value);
  const range = { start: start - at, end: start + value.length - at };
  looked = Math.max(looked, from + raw.length - at);
  const cooked = cook(value);
  const stripped = quoted && cooked.length < value.length && value.at(-1) === quote && value.length > 1;
  return {
    value: {
      range,
      quote: stripped ? (quote satisfies Quote) : null,
      content: stripped ? { start: range.start + 1, end: range.end - 1 } : range,
      cooked,
      template: null,
    },
    end: range.end,
    looked,
    problems:
      quoted && !stripped && value.startsWith(quote)
        ? [
            {
              code: "unterminated-quote",
              range,
              refused: false,
              message: t(
                "No quote closes this value at the end of a line: dotenv takes the quote for a part of the value.",
              ),
            },
          ]
        : [],
  };
}

/**
 * The quote that closes a value: the last one, up to the first without a backslash before it, behind
 * which its line holds nothing more but a comment.
 */
function closing(text: string, open: number, quote: Quote): { close: number; seen: number } {
  let close = -1;
  for (let at = text.indexOf(quote, open + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    const next = at + 1 + span(sideSpace, text, at + 1);
    if (text[next] === "#" || isLineStop(text, next)) close = at;
    if (text[at - 1] !== "\\") return { close, seen: next };
  }
  return { close, seen: Number.POSITIVE_INFINITY };
}

/** A value as it stands in the file, trimmed, becomes the value that a program gets. */
function cook(source: string): string {
  const value = source.replace(/\r\n?/g, "\n");
  const bare = value.replace(/^(["'`])([\s\S]*)\1$/gm, "$2");
  return value.startsWith('"') ? bare.replaceAll("\\n", "\n").replaceAll("\\r", "\r") : bare;
}
