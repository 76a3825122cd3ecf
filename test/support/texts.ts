/** What the house says to people, found in its source: texts that go through `t`, and those that should. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Argument, type Expression, parseSync, Visitor } from "oxc-parser";
import * as z from "zod";

const root = join(import.meta.dirname, "..", "..");

/** A file of translations, by their keys. @param file from the top of the house */
export const translationsIn = (file: string): Readonly<Record<string, string>> =>
  z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(join(root, file), "utf8")));

/** What an editor in Simplified Chinese has the extension say. */
export const chinese = translationsIn("l10n/bundle.l10n.zh-cn.json");

/** What looks like a text for people: several words, a word beside a value, or one that begins with a capital. */
const isText = (text: string): boolean =>
  /[A-Za-z]{2,}.* .*[A-Za-z]/.test(text) ||
  /^[A-Z][a-z]+$/.test(text) ||
  /\{\} [a-z]{2,}|[a-z]{2,} \{\}/.test(text);

const nameOf = (callee: Expression | Argument): string => {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MemberExpression")
    return `${nameOf(callee.object)}.${"name" in callee.property ? callee.property.name : ""}`;
  return "";
};

/** A text for machines, by the end of its file's name. */
export type Exemption = readonly [file: string, text: RegExp];

export interface Texts {
  /** First arguments of `t`. */
  readonly keys: readonly string[];
  /** `file:line: text` of what should be one. */
  readonly bare: readonly string[];
  /** `file:line: text` of what is said as its module loads: before anybody can have told the language. */
  readonly early: readonly string[];
}

/** @param rooms folders, or single files, from the top of the house */
export function textsIn(rooms: readonly string[], exempt: readonly Exemption[] = []): Texts {
  const files = globSync(
    rooms.map((room) => (room.endsWith(".ts") ? room : `${room}/**/*.ts`)),
    { cwd: root },
  ).filter((file) => !file.endsWith(".test.ts"));
  const found = files.sort().map((file) => scan(file, exempt));
  return {
    keys: found.flatMap(({ keys }) => keys),
    bare: found.flatMap(({ bare }) => bare),
    early: found.flatMap(({ early }) => early),
  };
}

function scan(file: string, exempt: readonly Exemption[]): Texts {
  const source = readFileSync(join(root, file), "utf8");
  const { program } = parseSync(file, source);
  const keys: string[] = [];
  const early: string[] = [];
  const covered: (readonly [start: number, end: number])[] = [];
  const texts: { readonly start: number; readonly text: string }[] = [];
  const placed = (start: number, text: string): string =>
    `${file}:${source.slice(0, start).split("\n").length}: ${text}`;
  let depth = 0;
  const enter = (): void => void depth++;
  const leave = (): void => void depth--;
  new Visitor({
    FunctionDeclaration: enter,
    FunctionExpression: enter,
    ArrowFunctionExpression: enter,
    "FunctionDeclaration:exit": leave,
    "FunctionExpression:exit": leave,
    "ArrowFunctionExpression:exit": leave,
    CallExpression({ callee, arguments: [first], start, end }) {
      const name = nameOf(callee);
      if (name === "t") {
        if (first?.type === "Literal" && typeof first.value === "string") keys.push(first.value);
        else texts.push({ start, text: "A text that is not written out cannot be found to be translated." });
        if (depth === 0) early.push(placed(start, source.slice(start, end)));
      }
      // The log is for those who mend Hotenv: it is in one language.
      if (name === "t" || /(?:^|\.)log(?:\.|$)|(?:^|\.)(?:debug|report)$/.test(name))
        covered.push([start, end]);
    },
    ImportDeclaration: ({ start, end }) => void covered.push([start, end]),
    TSLiteralType: ({ start, end }) => void covered.push([start, end]),
    Literal({ value, start }) {
      if (typeof value === "string") texts.push({ start, text: value });
    },
    TemplateLiteral({ quasis, start }) {
      texts.push({ start, text: quasis.map(({ value }) => value.cooked).join("{}") });
    },
  }).visit(program);
  const bare = texts
    .filter(({ text }) => isText(text))
    .filter(({ start }) => !covered.some(([from, to]) => from < start && start < to))
    .filter(({ text }) => !exempt.some(([name, of]) => file.endsWith(name) && of.test(text)))
    .map(({ start, text }) => placed(start, text));
  return { keys, bare, early };
}

const has = (text: string, pattern: RegExp): readonly string[] => [...(text.match(pattern) ?? [])].sort();

/** `{0}` and links to commands: what a translation must not lose. */
export const keptIn = (text: string): readonly string[] => has(text, /\{\d\}|\(command:[^)]*\)/g);

/** What keeps a text from being one that a person reads in Chinese; undefined where nothing does. */
export function unlikeChinese(text: string): string | undefined {
  if (!/\p{Script=Han}/u.test(text)) return `No Chinese: ${text}`;
  return /\{\d\}/.test(text) ? `A place that was not filled: ${text}` : undefined;
}
