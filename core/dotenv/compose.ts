/**
 * Compose's reader (compose-go dotenv/parser.go), one statement at a time. It knows no lines: behind a
 * closed quote the next statement begins at once. Where Compose gives up, this one goes on.
 */
import { brokenIn, parseTemplate } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import { isKeyCharacter, isLineSpace, isSpace, lineEnd, skipLineSpace, trimEnd } from "./characters.ts";
import type { Piece, SyntaxProblem, Value } from "./pieces.ts";
import { closingQuote, readQuoted } from "./quoted.ts";
import type { Range } from "./text.ts";

const feed = 0x0a;

export function readComposePiece(text: string, at: number): Piece {
  const code = text.charCodeAt(at);
  if (code === 0xfeff && at === 0) return { kind: "bom", text: "\uFEFF", reach: 1 };
  if (isSpace(code)) {
    let end = at + 1;
    while (end < text.length && isSpace(text.charCodeAt(end))) end++;
    return { kind: "blank", text: text.slice(at, end), reach: end - at + 1 };
  }
  if (code === 0x23) {
    const end = lineEnd(text, at);
    return { kind: "comment", text: text.slice(at, end), reach: end - at + 1 };
  }
  return readStatement(text, at);
}

/** Where the key begins: behind `export` and its space. Go's `\s` is narrower than the space skipped then. */
function behindExport(text: string, at: number): number {
  if (!text.startsWith("export", at)) return at;
  const next = text.charCodeAt(at + 6);
  return next === feed || next === 0x20 || next === 0x09 || next === 0x0c || next === 0x0d
    ? skipLineSpace(text, at + 6)
    : at;
}

interface KeyScan {
  /** The offset of `=`, `:` or the line end; the text's length where there is none of them. */
  readonly stop: number;
  /** The first character that Compose refuses, or -1. */
  readonly bad: number;
}

function scanKey(text: string, from: number): KeyScan {
  let bad = -1;
  let at = from;
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0;
    if (code === 0x3d || code === 0x3a || code === feed) break;
    if (!isLineSpace(code) && !isKeyCharacter(code)) {
      // Behind a quote or a `#` an operator is no operator.
      if (bad === -1) bad = at;
      if (code === 0x23 || code === 0x22 || code === 0x27) return { stop: lineEnd(text, at), bad };
    }
    at += code > 0xffff ? 2 : 1;
  }
  return { stop: at, bad };
}

function readStatement(text: string, at: number): Piece {
  const keyStart = behindExport(text, at);
  const exported = keyStart === at ? null : { start: 0, end: 6 };
  const { stop, bad } = scanKey(text, keyStart);
  const keyEnd = trimEnd(text, keyStart, stop);
  const relative = (start: number, end: number): Range => ({ start: start - at, end: end - at });
  const code = text.charCodeAt(stop);
  const assigns = code === 0x3d || code === 0x3a;

  if (!assigns && keyEnd === keyStart) {
    // `export` alone: at the end of a file Compose refuses it, else it stands for nothing.
    const refused = keyStart === text.length;
    const end = at + 6;
    return {
      kind: "skipped",
      text: text.slice(at, end),
      reach: stop - at + 1,
      problems: [
        {
          code: "export-without-key",
          range: relative(at, end),
          refused,
          message: refused
            ? t("The file ends after `export`: Compose refuses it. Add a key, or remove the word.")
            : t("No key follows `export`: Compose ignores this line."),
        },
      ],
    };
  }

  const problems = keyProblems(text, keyStart, keyEnd, bad, assigns || stop < text.length, relative);
  if (!assigns) return readBareKey(text, { at, keyStart, keyEnd, stop, bad, exported, problems, relative });

  const key = { name: text.slice(keyStart, keyEnd), range: relative(keyStart, keyEnd) };
  if (keyEnd === keyStart)
    problems.push({
      code: "empty-key",
      range: relative(stop, stop + 1),
      refused: false,
      message: t(
        "A value without a name: Compose refuses it in `.env`, and no container starts with it from an `env_file`.",
      ),
    });
  const rest = readValue(text, at, stop + 1);
  return {
    kind: "entry",
    text: text.slice(at, rest.end),
    reach: rest.reach,
    exported,
    key,
    operator: relative(stop, stop + 1),
    value: rest.value,
    comment: rest.comment,
    problems: rest.problems.length === 0 ? problems : [...problems, ...rest.problems],
    bareAtEnd: false,
  };
}

interface BareKey {
  readonly at: number;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly stop: number;
  readonly bad: number;
  readonly exported: Range | null;
  readonly problems: SyntaxProblem[];
  readonly relative: (start: number, end: number) => Range;
}

function readBareKey(text: string, bare: BareKey): Piece {
  const { at, keyStart, stop, bad, exported, problems, relative } = bare;
  const reach = stop - at + 1;
  const commented = bad !== -1 && text[bad] === "#" && bad > keyStart;
  if (bad !== -1 && !commented)
    return { kind: "skipped", text: text.slice(at, bare.keyEnd), reach, problems };
  const keyEnd = commented ? trimEnd(text, keyStart, bad) : bare.keyEnd;
  const bareAtEnd = stop === text.length && bad === -1;
  const name = text.slice(keyStart, keyEnd);
  if (bareAtEnd)
    problems.push({
      code: "bare-key-at-end",
      range: relative(keyStart, keyEnd),
      refused: false,
      message: t(
        "Compose takes `{0}` at the very end of a file for the value of a variable without a name, and refuses that in `.env`. End the line with a line break.",
        name,
      ),
    });
  return {
    kind: "entry",
    text: text.slice(at, bare.keyEnd),
    reach,
    exported,
    key: { name, range: relative(keyStart, keyEnd) },
    operator: null,
    value: null,
    comment: commented ? relative(bad, bare.keyEnd) : null,
    problems,
    bareAtEnd,
  };
}

function keyProblems(
  text: string,
  start: number,
  end: number,
  bad: number,
  separated: boolean,
  relative: (start: number, end: number) => Range,
): SyntaxProblem[] {
  if (bad !== -1) {
    const character = String.fromCodePoint(text.codePointAt(bad) ?? 0);
    const range = relative(bad, bad + character.length);
    if (character === "#" && bad > start)
      return [
        {
          code: "comment-after-bare-key",
          range,
          refused: true,
          message: t(
            "No comment may follow a key without a value: Compose refuses the file. Move the comment to its own line.",
          ),
        },
      ];
    return [
      {
        code: "invalid-key",
        range,
        refused: true,
        message: t(
          "`{0}` may not stand in a key: Compose refuses the file. Letters, digits, and `_ . - [ ]` may.",
          character,
        ),
      },
    ];
  }
  const space = text.slice(start, end).indexOf(" ");
  if (space === -1 || !separated) return [];
  return [
    {
      code: "key-with-space",
      range: relative(start, end),
      refused: true,
      message: t("This key has a space in it, which no key may: Compose refuses the file."),
    },
  ];
}

interface ValueRead {
  readonly value: Value;
  readonly comment: Range | null;
  readonly end: number;
  readonly reach: number;
  readonly problems: readonly SyntaxProblem[];
}

function readValue(text: string, at: number, from: number): ValueRead {
  const start = skipLineSpace(text, from);
  const code = text.charCodeAt(start);
  if (code === 0x22 || code === 0x27) return readQuotedValue(text, at, start, code === 0x22 ? '"' : "'");

  const end = lineEnd(text, start);
  // In the line alone: a search of the whole text would cost the square of its length.
  const hash = text.slice(start, end).indexOf(" #") + start;
  const commented = hash >= start;
  const valueEnd = trimEnd(text, start, commented ? hash : end);
  // An empty value lies right behind its operator; the space behind it belongs to nobody.
  const range =
    valueEnd === start ? { start: from - at, end: from - at } : { start: start - at, end: valueEnd - at };
  const cooked = text.slice(start, valueEnd);
  const template = cooked.includes("$") ? parseTemplate(cooked, (offset) => offset + start - at) : null;
  const comment = commented ? { start: hash + 1 - at, end: trimEnd(text, hash + 1, end) - at } : null;
  return {
    value: { range, quote: null, content: range, cooked, template },
    comment,
    end: at + (comment?.end ?? range.end),
    reach: end - at + 1,
    problems: template === null ? [] : templateProblems(template),
  };
}

function readQuotedValue(text: string, at: number, open: number, quote: "'" | '"'): ValueRead {
  const close = closingQuote(text, open);
  if (close === -1) {
    const end = trimEnd(text, open, lineEnd(text, open));
    const content = { start: open + 1 - at, end: end - at };
    return {
      value: {
        range: { start: open - at, end: end - at },
        quote,
        content,
        cooked: text.slice(open + 1, end),
        template: null,
      },
      comment: null,
      end,
      reach: Number.POSITIVE_INFINITY,
      problems: [
        {
          code: "unterminated-quote",
          range: { start: open - at, end: end - at },
          refused: true,
          message:
            quote === '"'
              ? t("The double quote is never closed: Compose refuses the file.")
              : t("The single quote is never closed: Compose refuses the file."),
        },
      ],
    };
  }
  const { cooked, template } = readQuoted(text, open + 1, close, quote, at);
  const problems = template === null ? [] : templateProblems(template);
  const value: Value = {
    range: { start: open - at, end: close + 1 - at },
    quote,
    content: { start: open + 1 - at, end: close - at },
    cooked,
    template,
  };
  const next = skipLineSpace(text, close + 1);
  const lineStop = lineEnd(text, next);
  const reach = lineStop - at + 1;
  if (text[next] === "#") {
    const end = trimEnd(text, next, lineStop);
    return { value, comment: { start: next - at, end: end - at }, end, reach, problems };
  }
  if (next < lineStop)
    problems.push({
      code: "text-after-quote",
      range: { start: next - at, end: trimEnd(text, next, lineStop) - at },
      refused: false,
      message: t(
        "Text after the closing quote is not part of the value: Compose reads it as the next variable.",
      ),
    });
  return { value, comment: null, end: close + 1, reach, problems };
}

const brokenMessages = {
  unclosed: () =>
    t(
      "This `${` is never closed on its line: Compose refuses the file. Write `$$` for a literal `$`, or single-quote the value.",
    ),
  "no-name": () =>
    t(
      "This reference has no name: Compose refuses the file. Write `$$` for a literal `$`, or single-quote the value.",
    ),
  "bad-name": () =>
    t(
      "This is not a name that Compose can refer to: Compose refuses the file. Write `$$` for a literal `$`, or single-quote the value.",
    ),
} as const;

function templateProblems(template: NonNullable<Value["template"]>): SyntaxProblem[] {
  return [...brokenIn(template)].map(({ range, reason }) => ({
    code: "invalid-reference",
    range,
    refused: true,
    message: brokenMessages[reason](),
  }));
}
