/**
 * Values of the @env-spec language, wherever they stand: behind `KEY=`, behind `@name=`, and as
 * arguments of a call. Ranges are offsets in the schema's text.
 */
import type { Range } from "../dotenv/text.ts";

export type Expression =
  | {
      readonly kind: "static";
      /** Unquoted `true`, `false`, `undefined` and numbers are what they say; all else is text. */
      readonly value: string | number | boolean | undefined;
      readonly quoted: boolean;
      /** As a person wrote it, without quotes. */
      readonly text: string;
      readonly range: Range;
    }
  | {
      readonly kind: "call";
      readonly name: string;
      readonly args: readonly Expression[];
      readonly named: ReadonlyMap<string, Expression>;
      readonly range: Range;
    }
  | { readonly kind: "list"; readonly items: readonly Expression[]; readonly range: Range }
  | { readonly kind: "record"; readonly named: ReadonlyMap<string, Expression>; readonly range: Range };

/** Where an unquoted value ends: what stands behind `KEY=`, behind `@name=`, or inside brackets. */
export type Context = "item" | "decorator" | "argument";

export interface Read {
  readonly expression: Expression;
  readonly end: number;
}

const stops: Readonly<Record<Context, RegExp>> = {
  item: /[#\r\n]/g,
  decorator: /[ \t#\r\n]/g,
  argument: /[),\]}\r\n]/g,
};
const callName = /([a-zA-Z][a-zA-Z0-9_]*)\(/y;
const argumentName = /([a-zA-Z][a-zA-Z0-9_]*)[ \t]*=(?!=)[ \t]*/y;
const pattern = /\/(?:\\.|[^/\\\r\n])+\/[a-z]*(?=[ \t]*[,)\]}])/y;
/** Between arguments; a continuation line of a comment begins with `#`. */
const gap = /(?:[ \t]|\r?\n[ \t]*#?)*/y;

function match(regexp: RegExp, text: string, at: number): RegExpExecArray | null {
  regexp.lastIndex = at;
  return regexp.exec(text);
}

function coerce(text: string): string | number | boolean | undefined {
  if (text === "true" || text === "false") return text === "true";
  if (text === "undefined" || text === "") return undefined;
  const number = Number(text);
  // What would be written differently is no number: leading zeros, too many digits.
  return /^-?[\d.]/.test(text) && Number.isFinite(number) && String(number) === text ? number : text;
}

function readQuoted(text: string, at: number): Read | null {
  const triple = text.startsWith('"""', at) || text.startsWith("```", at);
  const quote = text.slice(at, at + (triple ? 3 : 1));
  let end = at + quote.length;
  for (;;) {
    end = text.indexOf(quote, end);
    if (end === -1) return null;
    if (triple || text[end - 1] !== "\\") break;
    end++;
  }
  let inner = text.slice(at + quote.length, end).replaceAll(`\\${quote}`, quote);
  if (quote !== "'") inner = inner.replaceAll("\\n", "\n");
  const range = { start: at, end: end + quote.length };
  return { expression: { kind: "static", value: inner, quoted: true, text: inner, range }, end: range.end };
}

interface Arguments {
  readonly args: readonly Expression[];
  readonly named: ReadonlyMap<string, Expression>;
  readonly end: number;
}

/** Deeper brackets than these are text: nobody writes them, and reading must end. */
const maxDepth = 100;

/** From behind the opening bracket to behind the closing one; null where it does not close. */
function readArguments(text: string, from: number, close: string, depth: number): Arguments | null {
  if (depth > maxDepth) return null;
  const args: Expression[] = [];
  const named = new Map<string, Expression>();
  let at = from;
  for (;;) {
    at += match(gap, text, at)?.[0].length ?? 0;
    if (text[at] === close) return { args, named, end: at + 1 };
    const name = match(argumentName, text, at);
    const read = readExpression(text, at + (name?.[0].length ?? 0), "argument", depth + 1);
    if (read === null) return null;
    if (name?.[1] === undefined) args.push(read.expression);
    else named.set(name[1], read.expression);
    at = read.end;
    at += match(gap, text, at)?.[0].length ?? 0;
    if (text[at] === ",") at++;
    else if (text[at] !== close) return null;
  }
}

/** Reads the value at `at`; null where it is not well formed. An empty value is `undefined`. */
export function readExpression(text: string, at: number, context: Context, depth = 0): Read | null {
  const first = text[at];
  if (first === "'" || first === '"' || first === "`") {
    const quoted = readQuoted(text, at);
    if (quoted !== null) return quoted;
  }
  const call = match(callName, text, at);
  if (call?.[1] !== undefined) {
    const inside = readArguments(text, at + call[0].length, ")", depth);
    if (inside !== null) {
      const { args, named, end } = inside;
      return { expression: { kind: "call", name: call[1], args, named, range: { start: at, end } }, end };
    }
  }
  if (first === "[" || first === "{") {
    const inside = readArguments(text, at + 1, first === "[" ? "]" : "}", depth);
    const range = { start: at, end: inside?.end ?? at };
    if (inside !== null && first === "[" && inside.named.size === 0)
      return { expression: { kind: "list", items: inside.args, range }, end: inside.end };
    if (inside !== null && first === "{" && inside.args.length === 0)
      return { expression: { kind: "record", named: inside.named, range }, end: inside.end };
  }
  const regexp = context === "argument" ? match(pattern, text, at) : null;
  if (regexp !== null) return plain(regexp[0], at);
  if (context === "argument" && (first === "'" || first === '"' || first === "`")) return null;
  const stop = match(stops[context], text, at)?.index ?? text.length;
  return plain(text.slice(at, stop).trimEnd(), at, context === "argument" ? stop : undefined);
}

function plain(source: string, at: number, end = at + source.length): Read {
  const range = { start: at, end: at + source.length };
  return { expression: { kind: "static", value: coerce(source), quoted: false, text: source, range }, end };
}

/** Reads `(…)` behind a decorator's name. */
export function readCallArguments(text: string, open: number): Arguments | null {
  return readArguments(text, open + 1, ")", 0);
}
