/** A file that `check` and `env` are asked about: what it is, and what surrounds it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import type { Dialect } from "../../core/dotenv/pieces.ts";
import { type Lookup, lookupIn } from "../../core/interpolate/fill.ts";
import { checkFile } from "../../core/language/check.ts";
import * as files from "../../core/language/files.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Problem } from "../../core/protocol/words.ts";
import { isSensitive } from "../../core/schema/schema.ts";
import { parseSettings } from "../../core/settings/settings.ts";
import { kindOf, surroundingsOf } from "../lsp/surroundings.ts";
import { findSources } from "../project/sources.ts";
import { networkProblems } from "../schema/network-problems.ts";
import { standardProblems } from "../schema/standard-problems.ts";

export interface CheckedFile {
  /** Absolute. */
  readonly path: string;
  /** As the problems name it: relative to where the user is, `/` separated. */
  readonly name: string;
  readonly text: string;
}

/** Whether it is one of the files that set variables. */
export function holdsVariables({ path }: Pick<CheckedFile, "path">): boolean {
  return files.holdsVariables(kindOf(path));
}

/** @throws file-unreadable */
export async function openFile(cwd: string, file: string): Promise<CheckedFile> {
  const path = resolve(cwd, file);
  const name = relative(cwd, path);
  try {
    const text = await readFile(path, "utf8");
    return { path, name: (name.startsWith("..") ? path : name).split(sep).join("/"), text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a directory" : "cannot be read";
    throw new HotenvError("file-unreadable", `The file ${path} ${why}.`, {
      cause: error,
      ...(code === "EACCES" || code === "EPERM" ? { todo: "Check its permissions." } : {}),
    });
  }
}

/** The environment files of the project, the first of them its `.env`, and the other files that have rules. */
export async function projectFiles(
  directory: string,
): Promise<{ readonly env: string[]; readonly others: string[] }> {
  const { sources } = await findSources(directory, process.env);
  const of = (wanted: (role: string) => boolean) =>
    sources.filter(({ role }) => wanted(role)).map(({ path }) => resolve(directory, path));
  return { env: of((role) => role === "env"), others: of((role) => role !== "env" && role !== "file") };
}

/** Those of the project's environment files that are there. */
export async function variableFiles(directory: string): Promise<string[]> {
  const { env } = await projectFiles(directory);
  return env.filter((path) => existsSync(path));
}

/** Which keys of the file are sensitive: by the schema beside it, else by name. */
export function secretsFor({ path }: Pick<CheckedFile, "path">): (key: string) => boolean {
  const schema = surroundingsOf(path, process.env).context.schema?.schema;
  return (key) => isSensitive(key, schema);
}

/**
 * What the reader of the file knows beside it. `.env` is read with the shell's variables; an `env_file` of a
 * project, and its compose files, see those of `.env` as well (facts: Compose's precedence).
 */
export function lookupFor({ path }: Pick<CheckedFile, "path">): Lookup {
  return surroundingsOf(path, process.env).context.lookup ?? lookupIn(process.env);
}

/** How the services of the file's project read it; as Compose reads `.env` where none does. */
export function dialectOf({ path }: Pick<CheckedFile, "path">): Dialect {
  return surroundingsOf(path, process.env).dialect;
}

export interface CheckOptions {
  /** The reader, if it shall not be the one that the project has. */
  readonly dialect?: Dialect;
  /** Whether the module `env.schema.*` beside the file may be run. */
  readonly run?: boolean;
  /** Whether the network is asked about ports and hosts. */
  readonly network?: boolean;
}

const askingNetwork = { "port-in-use": "warning", "unknown-host": "warning" } as const;

/** In the order of the file; what a schema module says comes last. */
export async function problemsIn(
  file: CheckedFile,
  { dialect, run, network }: CheckOptions,
): Promise<Problem[]> {
  const kind = kindOf(file.path);
  if (kind === "settings") return [...parseSettings(file.text, file.name).problems];
  const around = surroundingsOf(file.path, process.env, network === true ? askingNetwork : undefined);
  const { schema, ...context } = around.context;
  const found = checkFile({
    ...context,
    path: file.name,
    text: file.text,
    role: kind === "compose" || kind === "schema" ? kind : "env",
    dialect: dialect ?? around.dialect,
    ...(schema === undefined ? {} : { schema: schema.schema }),
  });
  return [
    ...found,
    ...(run === true ? await standardProblems({ ...file, around }) : []),
    ...(files.holdsVariables(kind) ? await networkProblems({ ...file, around }) : []),
  ];
}
