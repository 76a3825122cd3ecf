/** A file that `check` and `env` are asked about: what it is, and what surrounds it. */
import { existsSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Dialect } from "../../core/dotenv/pieces.ts";
import { type Lookup, lookupIn } from "../../core/interpolate/fill.ts";
import { type CheckRequest, checkFile } from "../../core/language/check.ts";
import { readExample } from "../../core/language/example.ts";
import { variableUses } from "../../core/language/uses.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Problem } from "../../core/protocol/words.ts";
import { isSensitive, parseSchema } from "../../core/schema/schema.ts";
import { parseSettings } from "../../core/settings/settings.ts";
import { type FileKind, fileKind } from "../lsp/file-kind.ts";
import { analyse, portsOf } from "../lsp/project.ts";
import { findSources, interpolationLookup } from "../project/sources.ts";
import { nearestProject } from "./find-project.ts";

export interface CheckedFile {
  /** Absolute. */
  readonly path: string;
  /** As the problems name it: relative to where the user is, `/` separated. */
  readonly name: string;
  readonly text: string;
}

/** As in the editor, by name; what is asked about by name may be called anything. */
function kindOf(path: string): FileKind {
  return fileKind(path) ?? (/\.ya?ml$/.test(path) ? "compose" : "part");
}

/** Whether it is one of the files that set variables. */
export function holdsVariables({ path }: Pick<CheckedFile, "path">): boolean {
  const kind = kindOf(path);
  return kind === "values" || kind === "part" || kind === "sample";
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

/** null where there is none. */
async function textBeside(path: string, name: string): Promise<string | null> {
  return readFile(join(dirname(path), name), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
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
export async function secretsFor({ path }: Pick<CheckedFile, "path">): Promise<(key: string) => boolean> {
  const text = await textBeside(path, ".env.schema");
  const schema = text === null ? undefined : parseSchema(text);
  return (key) => isSensitive(key, schema);
}

/**
 * What the reader of the file knows beside it. `.env` is read with the shell's variables; an `env_file` of a
 * project, and its compose files, see those of `.env` as well (facts: Compose's precedence).
 */
export async function lookupFor({ path }: Pick<CheckedFile, "path">): Promise<Lookup> {
  const shell = lookupIn(process.env);
  const directory = nearestProject(dirname(path));
  if (directory === undefined || basename(path) === ".env") return shell;
  const { env, others } = await projectFiles(await realpath(directory));
  const real = await realpath(path);
  const [first] = env;
  if (first === undefined || first === real || ![...env, ...others].includes(real)) return shell;
  return interpolationLookup(process.env, await readFile(first, "utf8").catch(() => null));
}

/** In the order of the file. */
export async function problemsIn(file: CheckedFile, dialect?: Dialect): Promise<Problem[]> {
  const kind = kindOf(file.path);
  if (kind === "settings") return [...parseSettings(file.text, file.name).problems];
  const withSchema = kind === "values" || kind === "part";
  const schema = withSchema ? await textBeside(file.path, ".env.schema") : null;
  const example = kind === "values" ? await textBeside(file.path, ".env.example") : null;
  const wiring = kind === "values" ? wiringOf(file) : {};
  return checkFile({
    path: file.name,
    text: file.text,
    role: kind === "compose" || kind === "schema" ? kind : "env",
    lookup: await lookupFor(file),
    ...(dialect === undefined ? {} : { dialect }),
    ...(schema === null ? {} : { schema: parseSchema(schema) }),
    ...(example === null ? {} : { example: readExample(".env.example", example) }),
    ...wiring,
    ...(kind === "part" ? { levels: { "schema-missing": "off" } } : {}),
  });
}

/** What the services make of the variables: nothing where no Compose file says, or where they are not the project's. */
function wiringOf({ path }: CheckedFile): Pick<CheckRequest, "uses" | "ports"> {
  const directory = nearestProject(dirname(path));
  if (directory === undefined) return {};
  const project = analyse(directory, lookupIn(process.env), () => undefined);
  const isProjectFile = project.envFiles.some((name) => resolve(directory, name) === path);
  if (!isProjectFile || project.composeFiles.length === 0) return {};
  return { uses: variableUses(project), ports: portsOf(directory, project, () => undefined) };
}
