/** The variables that a project's files are read with: the shell's over those of `.env` (cli/options.go). */
import { entriesOf, parseDotenv, placed } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { isNamed } from "../dotenv/pieces.ts";
import type { Lookup } from "../interpolate/fill.ts";
import { referencesIn } from "../interpolate/template.ts";
import { resolvePath } from "./paths.ts";
import { startingFiles } from "./starting-files.ts";
import type { Place } from "./tree.ts";

/** A line that sets a variable of the project. */
export interface Definition {
  readonly key: string;
  readonly place: Place;
  /** The variables that its value names. */
  readonly references: readonly string[];
}

export interface EnvironmentFile {
  /** As the project names it. */
  readonly file: string;
  readonly text: string;
}

export interface ReadEnvironment {
  readonly lookup: Lookup;
  readonly definitions: readonly Definition[];
}

/** @param outer beats what the files say; among the files the later one has the last word */
export function readEnvironment(files: readonly EnvironmentFile[], outer: Lookup): ReadEnvironment {
  const variables = new Map<string, string>();
  const definitions: Definition[] = [];
  for (const { file, text } of files) {
    const document = parseDotenv(text);
    const around: Lookup = (name) => outer(name) ?? variables.get(name);
    for (const [key, { value }] of evaluate(document, around).variables) variables.set(key, value);
    for (const source of entriesOf(document)) {
      if (!isNamed(source.entry)) continue;
      const { key, value } = source.entry;
      definitions.push({
        key: key.name,
        place: { file, at: placed(source, key.range).start },
        references: [...referencesIn(value?.template ?? [])].map(({ name }) => name),
      });
    }
  }
  return { lookup: (name) => outer(name) ?? variables.get(name), definitions };
}

export interface ProjectEnvironment extends ReadEnvironment {
  /** Where variables are looked for, as the project names them; a file need not exist. */
  readonly files: readonly string[];
}

/**
 * `.env` of the directory, or what COMPOSE_ENV_FILES names; then the `.env` beside the first compose file.
 * @param root absolute
 * @param text by absolute path
 */
export function projectEnvironment(
  root: string,
  shell: Lookup,
  text: (path: string) => string | undefined,
  nameOf: (path: string) => string,
): ProjectEnvironment {
  const disabled = /^(?:1|t|true)$/i.test(shell("COMPOSE_DISABLE_ENV_FILE") ?? "");
  const listed = shell("COMPOSE_ENV_FILES")
    ?.split(",")
    .filter((path) => path !== "");
  const paths = (listed ?? (disabled ? [] : [".env"])).map((path) => resolvePath(root, path));
  const texts = (wanted: readonly string[]): EnvironmentFile[] =>
    wanted.flatMap((path) => {
      const content = text(path);
      return content === undefined ? [] : [{ file: nameOf(path), text: content }];
    });
  const first = readEnvironment(texts(paths), shell);
  const { base } = startingFiles(root, first.lookup, (path) => text(path) !== undefined);
  const beside = resolvePath(base, ".env");
  if (listed !== undefined || disabled || paths.includes(beside))
    return { ...first, files: paths.map(nameOf) };
  const second = readEnvironment(texts([beside]), first.lookup);
  return {
    lookup: second.lookup,
    definitions: [...first.definitions, ...second.definitions],
    files: [...paths, beside].map(nameOf),
  };
}
