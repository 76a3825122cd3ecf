/** A schema file as it is written: items, their decorators and descriptions, and the header's decorators. */
import type { Range } from "../dotenv/text.ts";
import { t } from "../l10n.ts";
import { type Expression, readCallArguments, readExpression } from "./expression.ts";

export interface Decorator {
  readonly name: string;
  /** `@name` and what belongs to it. */
  readonly range: Range;
  /** `@name` alone says true; `@name(…)` is a call. */
  readonly value: Expression;
}

export interface SchemaItem {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: Expression;
  readonly decorators: readonly Decorator[];
  /** The comment lines above it that hold no decorators. */
  readonly description: string;
}

export interface SchemaProblem {
  readonly code: "schema-invalid";
  readonly range: Range;
  readonly message: string;
}

export interface SchemaFile {
  readonly text: string;
  readonly root: readonly Decorator[];
  readonly items: readonly SchemaItem[];
  readonly problems: readonly SchemaProblem[];
}

const line = /[^\r\n]*/y;
const comment = /[ \t]*#[ \t]*/y;
const divider = /#\s?(?:---|===)/y;
const item = /[ \t]*(?:export[ \t]+)?([a-zA-Z_][a-zA-Z0-9_.-]*)[ \t]*=[ \t]*/y;
const decoratorName = /@([a-zA-Z][a-zA-Z0-9_]*)/y;

function match(regexp: RegExp, text: string, at: number): RegExpExecArray | null {
  regexp.lastIndex = at;
  return regexp.exec(text);
}

/** The offset behind the line end that follows `at`. */
function nextLine(text: string, at: number): number {
  const end = at + (match(line, text, at)?.[0].length ?? 0);
  return text.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, text.length);
}

interface Block {
  decorators: Decorator[];
  description: string[];
}

/** Never throws; what cannot be read becomes a problem. */
export function readSchemaFile(text: string): SchemaFile {
  const root: Decorator[] = [];
  const items: SchemaItem[] = [];
  const problems: SchemaProblem[] = [];
  let block: Block = { decorators: [], description: [] };
  const endBlock = (): void => {
    // Blocks before the first item are the header.
    if (items.length === 0) root.push(...block.decorators);
    block = { decorators: [], description: [] };
  };

  let at = text.startsWith("\uFEFF") ? 1 : 0;
  while (at < text.length) {
    const content = match(line, text, at)?.[0] ?? "";
    if (content.trim() === "") {
      endBlock();
    } else if (match(divider, text, at) !== null) {
      endBlock();
    } else if (match(comment, text, at) !== null) {
      const start = at + (match(comment, text, at)?.[0].length ?? 0);
      if (text[start] === "@") {
        const { decorators, end } = readDecorators(text, start, problems);
        block.decorators.push(...decorators);
        at = end;
      } else block.description.push(content.slice(start - at).trim());
    } else {
      const read = readItem(text, at, block, problems);
      if (read.item !== null) items.push(read.item);
      block = { decorators: [], description: [] };
      at = read.end;
    }
    at = nextLine(text, at);
  }
  endBlock();
  return { text, root, items, problems };
}

function readItem(
  text: string,
  at: number,
  block: Block,
  problems: SchemaProblem[],
): { item: SchemaItem | null; end: number } {
  const head = match(item, text, at);
  const key = head?.[1];
  const lineEnd = at + (match(line, text, at)?.[0].length ?? 0);
  if (head === null || key === undefined) {
    const start = lineEnd - text.slice(at, lineEnd).trimStart().length;
    problems.push({
      code: "schema-invalid",
      range: { start, end: lineEnd },
      message: t("This line is no item: a schema holds `KEY=` or `KEY=default`, and comments."),
    });
    return { item: null, end: lineEnd };
  }
  const keyStart = at + head[0].indexOf(key, head[0].startsWith("export") ? 6 : 0);
  const read = readExpression(text, at + head[0].length, "item");
  const value: Expression = read?.expression ?? {
    kind: "static",
    value: undefined,
    quoted: false,
    text: "",
    range: { start: at + head[0].length, end: at + head[0].length },
  };
  let end = read?.end ?? at + head[0].length;
  const decorators = [...block.decorators];
  const behind = match(comment, text, end);
  if (behind !== null && text[end + behind[0].length] === "@") {
    const more = readDecorators(text, end + behind[0].length, problems);
    decorators.push(...more.decorators);
    end = more.end;
  }
  return {
    item: {
      key,
      keyRange: { start: keyStart, end: keyStart + key.length },
      value,
      decorators,
      description: block.description.join("\n"),
    },
    end,
  };
}

/** Reads decorators until the line ends or a comment begins. */
function readDecorators(
  text: string,
  from: number,
  problems: SchemaProblem[],
): { decorators: readonly Decorator[]; end: number } {
  const decorators: Decorator[] = [];
  let at = from;
  for (;;) {
    at += match(/[ \t]*/y, text, at)?.[0].length ?? 0;
    const rest = match(line, text, at)?.[0] ?? "";
    if (rest === "" || rest.startsWith("#")) return { decorators, end: at };
    const name = match(decoratorName, text, at);
    const read = name?.[1] === undefined ? null : readDecorator(text, at, name[1], at + name[0].length);
    if (read === null) {
      problems.push({
        code: "schema-invalid",
        range: { start: at, end: at + rest.trimEnd().length },
        message: t(
          "This is no decorator: write `@name`, `@name=value` or `@name(…)`, and quote values with spaces.",
        ),
      });
      return { decorators, end: at };
    }
    decorators.push(read);
    at = read.range.end;
  }
}

function readDecorator(text: string, start: number, name: string, at: number): Decorator | null {
  if (text[at] === "=") {
    const read = readExpression(text, at + 1, "decorator");
    if (read === null || read.end === at + 1) return null;
    return { name, value: read.expression, range: { start, end: read.end } };
  }
  if (text[at] === "(") {
    const inside = readCallArguments(text, at);
    if (inside === null) return null;
    const range = { start, end: inside.end };
    return { name, range, value: { kind: "call", name, args: inside.args, named: inside.named, range } };
  }
  if (at < text.length && !/[\s#]/.test(text[at] ?? "")) return null;
  const range = { start, end: at };
  return { name, range, value: { kind: "static", value: true, quoted: false, text: "true", range } };
}
