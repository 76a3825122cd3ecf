/** Finds the files that make a project: what Compose would read, and what Hotenv reads beside it. */
import { existsSync, readFileSync } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { projectEnvironment } from "../../core/compose/project-environment.ts";
import { fileReferences } from "../../core/compose/references.ts";
import { startingFiles } from "../../core/compose/starting-files.ts";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { fillTemplate, type Lookup, lookupIn } from "../../core/interpolate/fill.ts";
import { parseTemplate } from "../../core/interpolate/template.ts";
import { exampleName, schemaName } from "../../core/language/files.ts";
import type { Role, SourceInfo } from "../../core/protocol/words.ts";
import { schemaFiles } from "../../core/schema/imports.ts";
import { settingsFileNames } from "../../core/settings/settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const schemaFileNames = [schemaName, exampleName] as const;

export interface FoundSources {
  /** Sorted by path; files that do not exist are among them where they would count. */
  readonly sources: readonly SourceInfo[];
  /** The compose files that Compose starts from, absolute. Empty: not a Compose project. */
  readonly composeFiles: readonly string[];
  readonly settingsFile: string | undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The few files that say which files there are. */
function textNow(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Missing, or not to be read: whoever needs its content says so.
    return undefined;
  }
}

/** null where the file is missing or cannot be read: whoever needs its content says so. */
async function textOf(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch(() => null);
}

/** The project's way of naming a file: relative with `/` inside, absolute outside. */
export function sourcePath(directory: string, path: string): string {
  const absolute = resolve(directory, path);
  const inside = relative(directory, absolute);
  return inside.startsWith("..") || isAbsolute(inside) ? absolute : inside.split(sep).join("/");
}

async function firstThatExists(directory: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) if (await exists(join(directory, name))) return name;
  return undefined;
}

/** The values that interpolation sees: the shell's over `.env`'s (facts: Compose's precedence). */
export function interpolationLookup(environment: Environment, envText: string | null): Lookup {
  const shell = lookupIn(environment);
  const { variables } = evaluate(parseDotenv(envText ?? ""), shell);
  return (name) => shell(name) ?? variables.get(name)?.value;
}

/** @param directory absolute */
export async function findSources(directory: string, environment: Environment): Promise<FoundSources> {
  const found = new Map<string, Role>();
  const add = (path: string, role: Role): void => {
    const named = sourcePath(directory, path);
    if (!found.has(named)) found.set(named, role);
  };
  const settingsFile = await firstThatExists(directory, settingsFileNames);
  if (settingsFile !== undefined) add(settingsFile, "settings");

  const { files: envFiles, lookup } = projectEnvironment(directory, lookupIn(environment), textNow, (path) =>
    sourcePath(directory, path),
  );
  for (const path of envFiles) add(path, "env");
  for (const name of schemaFileNames) if (await exists(join(directory, name))) add(name, "schema");
  for (const path of await importedSchemas(directory)) add(path, "schema");

  const { files: composeFiles, base } = startingFiles(directory, lookup, existsSync);
  const seen = new Set<string>();
  for (const file of composeFiles) await follow(file, base, lookup, environment, add, seen);

  const sources = [...found]
    .map(([path, role]) => ({ path, role }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { sources, composeFiles, settingsFile };
}

/** What the project's schema imports, as far as it is there: absolute. */
async function importedSchemas(directory: string): Promise<readonly string[]> {
  const path = join(directory, schemaName);
  if (!(await exists(path))) return [];
  const read = (at: string): string | undefined => (existsSync(at) ? readFileSync(at, "utf8") : undefined);
  const reader = { read, resolve: (from: string, to: string) => resolve(dirname(from), to) };
  return schemaFiles(path, reader).filter((at) => at !== path && existsSync(at));
}

/** @param base what relative paths in the file are relative to */
async function follow(
  file: string,
  base: string,
  lookup: Lookup,
  environment: Environment,
  add: (path: string, role: Role) => void,
  seen: Set<string>,
): Promise<void> {
  if (seen.has(file)) return;
  seen.add(file);
  add(file, "compose");
  const text = await textOf(file);
  if (text === null) return;
  const references = fileReferences(text);
  const at = (path: string) =>
    resolve(
      base,
      fillTemplate(parseTemplate(path), lookup, () => undefined),
    );
  for (const path of references.envFiles) add(at(path), "env");
  for (const path of references.labelFiles) add(at(path), "file");
  for (const path of references.extendsFiles) {
    // Relative to the file that names it, as everything inside it.
    const extended = at(path);
    await follow(extended, dirname(extended), lookup, environment, add, seen);
  }
  for (const include of references.includes) {
    const [first] = include.paths;
    if (first === undefined) continue;
    const directory =
      include.projectDirectory === undefined ? dirname(at(first)) : at(include.projectDirectory);
    const envPaths = include.envFiles.length > 0 ? include.envFiles.map(at) : [join(directory, ".env")];
    for (const path of envPaths) add(path, "env");
    const own = interpolationLookup(environment, await textOf(envPaths[0] ?? ""));
    const inner: Lookup = (name) => lookup(name) ?? own(name);
    for (const path of include.paths) await follow(at(path), directory, inner, environment, add, seen);
  }
}
