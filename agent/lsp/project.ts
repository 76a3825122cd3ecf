/** The files around a document of the language server: from the editor where they are open, else from disk. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { analyseProject, type StaticProject } from "../../core/compose/static.ts";
import type { Lookup } from "../../core/interpolate/fill.ts";
import { portsIn } from "../../core/language/compose-ports.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import type { ProjectFile } from "../../core/language/names.ts";
import { fileKind } from "./file-kind.ts";

/** The text of a file that is open in the editor. */
export type OpenText = (path: string) => string | undefined;

/** undefined where there is none, or none that can be read. */
export function readText(path: string, openText: OpenText): string | undefined {
  const open = openText(path);
  if (open !== undefined) return open;
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A neighbour that is not there is no mistake of the document.
    return undefined;
  }
}

export function analyse(directory: string, shell: Lookup, openText: OpenText): StaticProject {
  return analyseProject({ directory, shell, read: (path) => readText(resolve(directory, path), openText) });
}

export function portsOf(
  directory: string,
  { composeFiles }: StaticProject,
  openText: OpenText,
): NonNullable<LanguageContext["ports"]> {
  return portsIn(composeFiles.flatMap((path) => readText(resolve(directory, path), openText) ?? []));
}

const namesKind = {
  values: "env",
  part: "env",
  sample: "env",
  schema: "schema",
  compose: "compose",
  settings: "settings",
} as const;

/** Every file of a project that may name a variable, each once. */
export function filesNaming(
  directory: string,
  project: StaticProject,
  openPaths: Iterable<string>,
  openText: OpenText,
): ProjectFile[] {
  const named = [
    ...project.envFiles,
    ...project.composeFiles,
    ...[...project.services.values()].flatMap(({ files }) =>
      files.filter(({ via }) => via === "env-file").map(({ path }) => path),
    ),
  ].map((path) => resolve(directory, path));
  const beside = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && fileKind(entry.name) !== undefined)
    .map(({ name }) => join(directory, name));
  const open = [...openPaths].filter((path) => path.startsWith(join(directory, "/")));
  return [...new Set([...named, ...beside, ...open])].flatMap((path) => {
    const text = readText(path, openText);
    // Whatever a Compose file names as an `env_file` is one.
    const kind = namesKind[fileKind(path) ?? "part"];
    return text === undefined ? [] : [{ uri: pathToFileURL(path).href, kind, text }];
  });
}
