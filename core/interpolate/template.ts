/**
 * `$NAME`, `${NAME}` and `${NAME<operator>argument}` in a value, with ranges, read as Compose reads them
 * (compose-go template/template.go). Serves values of .env files and of Compose files alike.
 */
import type { Range } from "./range.ts";

/** `:` in front: empty counts as unset. `-` default, `?` required, `+` replacement. */
export type Operator = ":-" | "-" | ":?" | "?" | ":+" | "+";

export interface TextPart {
  readonly kind: "text";
  readonly range: Range;
  readonly text: string;
}

/** `$$`, which stands for one `$`. */
export interface EscapePart {
  readonly kind: "escape";
  readonly range: Range;
}

export interface ReferencePart {
  readonly kind: "reference";
  /** From `$` to the name's end or to the closing brace. */
  readonly range: Range;
  readonly name: string;
  readonly nameRange: Range;
  readonly braced: boolean;
  readonly operator: Operator | null;
  /** What follows the operator. */
  readonly argument: Template | null;
}

/** A `${` that Compose refuses. */
export interface BrokenPart {
  readonly kind: "broken";
  readonly range: Range;
  readonly reason: "unclosed" | "no-name" | "bad-name";
}

export type Part = TextPart | EscapePart | ReferencePart | BrokenPart;
export type Template = readonly Part[];

/** Turns an offset in the template's text into one in the source that the text was made from. */
export type ToSource = (offset: number) => number;

// `i` with `u` folds two letters from beyond ASCII in, as Go's (?i) does.
const namePattern = /[_a-z][_a-z0-9]*/iuy;
const operatorPattern = /:?[-+?]/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/**
 * The brace that closes the one behind the first `$`, or -1. Compose skips the character after every
 * opening brace, so that `{}` inside an argument opens and never closes.
 */
function closingBrace(text: string, start: number, end: number): number {
  let open = 0;
  for (let at = start; at < end; at++) {
    const character = text[at];
    if (character === "}" && --open === 0) return at;
    if (character === "{") {
      open++;
      at++;
    }
  }
  return -1;
}

/** What is being read: a template, or an argument of one. */
interface Reading {
  readonly text: string;
  readonly end: number;
  readonly toSource: ToSource;
  readonly depth: number;
  /** The line that was looked at last: where it ends, and its last `}`. Looked for once a line, not once a `${`. */
  readonly line: { from: number; stop: number; lastBrace: number };
}

/** Deeper references than these stay text: nobody writes them, and reading must end. */
const maxDepth = 100;

/** Where the braces of `${NAME<operator>…}` end (the closing brace's offset), or -1. */
function argumentEnd({ text, end, line }: Reading, start: number, from: number): number {
  if (from < line.from || from > line.stop) {
    const feed = text.indexOf("\n", from);
    line.from = from;
    line.stop = feed === -1 || feed > end ? end : feed;
    line.lastBrace = line.stop === from ? -1 : text.lastIndexOf("}", line.stop - 1);
  }
  // Compose matches greedily to the last brace of the line, then looks for the one that belongs.
  if (line.lastBrace < from) return -1;
  const own = closingBrace(text, start, line.lastBrace + 1);
  return own === -1 ? line.lastBrace : own;
}

const afterBroken = /[}$\s"']/;

/** Compose drops `${` and goes on behind it; nothing loads anyway, so go on where a person would. */
function readBroken({ text, end, toSource }: Reading, start: number): { part: BrokenPart; next: number } {
  let stop = start + 2;
  while (stop < end && !afterBroken.test(text[stop] ?? "")) stop++;
  const closed = text[stop] === "}" && stop < end;
  const next = closed ? stop + 1 : stop;
  const behindName = start + 2 + (matchAt(namePattern, text, start + 2)?.length ?? 0);
  const wellNamed = behindName > start + 2 && (behindName >= stop || "-+?:".includes(text[behindName] ?? ""));
  const reason = stop === start + 2 && closed ? "no-name" : wellNamed && !closed ? "unclosed" : "bad-name";
  const range = { start: toSource(start), end: toSource(next) };
  return {
    part: { kind: "broken", range, reason: stop === start + 2 && !closed ? "unclosed" : reason },
    next,
  };
}

function readReference(
  reading: Reading,
  start: number,
): { part: ReferencePart | BrokenPart; next: number } | null {
  const { text, end, toSource } = reading;
  const braced = text[start + 1] === "{" && start + 1 < end;
  const nameStart = start + (braced ? 2 : 1);
  const found = nameStart < end ? matchAt(namePattern, text, nameStart) : undefined;
  const name = found?.slice(0, end - nameStart);
  const nameEnd = nameStart + (name?.length ?? 0);
  const reference = (
    stop: number,
    operator: Operator | null,
    argument: Template | null,
  ): { part: ReferencePart; next: number } => ({
    part: {
      kind: "reference",
      range: { start: toSource(start), end: toSource(stop) },
      name: name ?? "",
      nameRange: { start: toSource(nameStart), end: toSource(nameEnd) },
      braced,
      operator,
      argument,
    },
    next: stop,
  });

  if (!braced) return name === undefined ? null : reference(nameEnd, null, null);
  if (name !== undefined && nameEnd < end) {
    if (text[nameEnd] === "}") return reference(nameEnd + 1, null, null);
    const operator = matchAt(operatorPattern, text, nameEnd) as Operator | undefined;
    const from = nameEnd + (operator?.length ?? 0);
    const close = operator === undefined || from > end ? -1 : argumentEnd(reading, start, from);
    if (operator !== undefined && close !== -1)
      return reference(close + 1, operator, readArgument(reading, from, close));
  }
  return readBroken(reading, start);
}

function readArgument({ text, toSource, depth }: Reading, start: number, end: number): Template {
  if (depth < maxDepth) return readParts({ text, end, toSource, depth: depth + 1, line: noLine() }, start);
  const range = { start: toSource(start), end: toSource(end) };
  return [{ kind: "text", range, text: text.slice(start, end) }];
}

const noLine = (): Reading["line"] => ({ from: 0, stop: -1, lastBrace: -1 });

function readParts(reading: Reading, start: number): Template {
  const { text, end, toSource } = reading;
  const parts: Part[] = [];
  let plain = start;
  let at = start;
  const flush = (stop: number): void => {
    if (stop > plain)
      parts.push({
        kind: "text",
        range: { start: toSource(plain), end: toSource(stop) },
        text: text.slice(plain, stop),
      });
  };
  for (;;) {
    const dollar = text.indexOf("$", at);
    if (dollar === -1 || dollar >= end) break;
    if (text[dollar + 1] === "$" && dollar + 1 < end) {
      flush(dollar);
      parts.push({ kind: "escape", range: { start: toSource(dollar), end: toSource(dollar + 2) } });
      plain = at = dollar + 2;
      continue;
    }
    const read = readReference(reading, dollar);
    if (read === null) {
      // A `$` that begins nothing stands for itself.
      at = dollar + 1;
      continue;
    }
    flush(dollar);
    parts.push(read.part);
    plain = at = read.next;
  }
  flush(end);
  return parts;
}

/** Reads any text; what Compose refuses becomes a broken part. */
export function parseTemplate(text: string, toSource: ToSource = (offset) => offset): Template {
  return readParts({ text, end: text.length, toSource, depth: 0, line: noLine() }, 0);
}

/** All references, those in arguments included, outer ones first. */
export function* referencesIn(template: Template): Generator<ReferencePart> {
  for (const part of template) {
    if (part.kind !== "reference") continue;
    yield part;
    if (part.argument !== null) yield* referencesIn(part.argument);
  }
}

export function* brokenIn(template: Template): Generator<BrokenPart> {
  for (const part of template) {
    if (part.kind === "broken") yield part;
    else if (part.kind === "reference" && part.argument !== null) yield* brokenIn(part.argument);
  }
}
