/** A file that `check` and `env` are asked about: what it is, and what surrounds it. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import type { Dialect } from "../../core/dotenv/pieces.ts";
import { type Lookup, lookupIn } from "../../core/interpolate/fill.ts";
import { checkFile } from "../../core/language/check.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import * as files from "../../core/language/files.ts";
import { contextOf } from "../../core/language/workspace/context-of.ts";
import { analyse, envFileDialect, nearestProject } from "../../core/language/workspace/project.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Problem } from "../../core/protocol/words.ts";
import { isSensitive } from "../../core/schema/schema.ts";
import { parseSettings } from "../../core/settings/settings.ts";
import { hostOf } from "../lsp/host.ts";
import { findSources } from "../project/sources.ts";

export interface CheckedFile {
  /** Absolute. */
  readonly path: string;
  /** As the problems name it: relative to where the user is, `/` separated. */
  readonly name: string;
  readonly text: string;
}

/** As in the editor, by name; what is asked about by name may be called anything. */
function kindOf(path: string): files.FileKind {
  return files.fileKind(path) ?? (/\.ya?ml$/.test(path) ? "compose" : "part");
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
  const schema = surroundings(path).context.schema?.schema;
  return (key) => isSensitive(key, schema);
}

/**
 * What the reader of the file knows beside it. `.env` is read with the shell's variables; an `env_file` of a
 * project, and its compose files, see those of `.env` as well (facts: Compose's precedence).
 */
export function lookupFor({ path }: Pick<CheckedFile, "path">): Lookup {
  return surroundings(path).context.lookup ?? lookupIn(process.env);
}

/** How the services of the file's project read it; as Compose reads `.env` where none does. */
export function dialectOf({ path }: Pick<CheckedFile, "path">): Dialect {
  return surroundings(path).dialect;
}

/** In the order of the file. @param dialect the reader, if it shall not be the one that the project has */
export async function problemsIn(file: CheckedFile, dialect?: Dialect): Promise<Problem[]> {
  const kind = kindOf(file.path);
  if (kind === "settings") return [...parseSettings(file.text, file.name).problems];
  const around = surroundings(file.path);
  const { schema, ...context } = around.context;
  return checkFile({
    ...context,
    path: file.name,
    text: file.text,
    role: kind === "compose" || kind === "schema" ? kind : "env",
    dialect: dialect ?? around.dialect,
    ...(schema === undefined ? {} : { schema: schema.schema }),
  });
}

/** @param path absolute */
function surroundings(path: string): { readonly context: LanguageContext; readonly dialect: Dialect } {
  const host = hostOf(process.env);
  const directory = nearestProject(dirname(path), host.exists);
  const model = directory === undefined ? undefined : analyse(directory, process.env, host.read);
  const project = directory === undefined || model === undefined ? undefined : { directory, model };
  return {
    context: contextOf({ uri: path, path, kind: kindOf(path) }, project, host, host.read),
    dialect: (project && envFileDialect(project.directory, project.model, path)) ?? "compose",
  };
}
