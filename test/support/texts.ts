/** What the house says to people, room by room, and what it says in other languages. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { textsOf } from "./bare-texts.ts";

const root = join(import.meta.dirname, "../..");

/** A file of translations, by their keys. @param file from the top of the house */
export const translationsIn = (file: string): Readonly<Record<string, string>> =>
  z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(join(root, file), "utf8")));

/** What an editor in Simplified Chinese has Hotenv say, by its English text. */
export const chinese = translationsIn("l10n/bundle.l10n.zh-cn.json");

/** A text for machines, by the end of its file's name. */
export type Exemption = readonly [file: string, text: RegExp];

export interface Texts {
  /** First arguments of `t`. */
  readonly keys: readonly string[];
  /** `file:line: text` of what should be one. */
  readonly bare: readonly string[];
  /** `file:line: text` of what is said as its module loads. */
  readonly early: readonly string[];
}

/** @param rooms folders from the top of the house */
export function textsIn(rooms: readonly string[], exempt: readonly Exemption[] = []): Texts {
  const files = globSync(
    rooms.map((room) => `${room}/**/*.ts`),
    { cwd: root },
  ).filter((file) => !/\.(?:test|fixture)\.ts$/.test(file));
  const found = files
    .sort()
    .map((file) => ({ file, ...textsOf(file, readFileSync(join(root, file), "utf8")) }));
  return {
    keys: found.flatMap(({ keys }) => keys),
    bare: found.flatMap(({ file, bare }) =>
      bare
        .filter(({ text }) => !exempt.some(([name, of]) => file.endsWith(name) && of.test(text)))
        .map(({ line, text }) => `${file}:${line}: ${text}`),
    ),
    early: found.flatMap(({ file, early }) => early.map(({ line, text }) => `${file}:${line}: ${text}`)),
  };
}

/** `{0}` and links to commands: what a translation must not lose. */
export const keptIn = (text: string): readonly string[] =>
  [...(text.match(/\{\d\}|\(command:[^)]*\)/g) ?? [])].sort();

/** What keeps a text from being one that a person reads in Chinese; undefined where nothing does. */
export function unlikeChinese(text: string): string | undefined {
  if (!/\p{Script=Han}/u.test(text)) return `No Chinese: ${text}`;
  return /\{\d\}/.test(text) ? `A place that was not filled: ${text}` : undefined;
}
