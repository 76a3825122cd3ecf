/** The files around a document: from the editor where they are open, else from disk. */
import { folderOf, projectName, resolvePath } from "../../compose/paths.ts";
import { analyseProject, type StaticProject, type TreeCache } from "../../compose/static.ts";
import type { Dialect } from "../../dotenv/pieces.ts";
import { lookupIn } from "../../interpolate/fill.ts";
import { portsIn } from "../compose-ports.ts";
import type { LanguageContext } from "../context.ts";
import { fileKind, projectFileNames } from "../files.ts";
import type { ProjectFile } from "../names.ts";
import type { WorkspaceHost } from "./host.ts";

/** Text by absolute path: as it is in the editor, else on disk. */
export type ReadText = (path: string) => string | undefined;

/** The directory itself, else the nearest of its ancestors, that holds a Compose file or a hotenv.yaml. */
export function nearestProject(directory: string, exists: (path: string) => boolean): string | undefined {
  for (let at = resolvePath(directory, "."); ; at = folderOf(at)) {
    if (projectFileNames.some((name) => exists(resolvePath(at, name)))) return at;
    if (folderOf(at) === at) return undefined;
  }
}

/** @param directory absolute */
export function analyse(
  directory: string,
  environment: WorkspaceHost["environment"],
  read: ReadText,
  cache?: TreeCache,
): StaticProject {
  return analyseProject({
    directory,
    shell: lookupIn(environment),
    read: (path) => read(resolvePath(directory, path)),
    ...(cache === undefined ? {} : { cache }),
  });
}

export function portsOf(
  directory: string,
  { composeFiles }: StaticProject,
  read: ReadText,
): NonNullable<LanguageContext["ports"]> {
  return portsIn(composeFiles.flatMap((path) => read(resolvePath(directory, path)) ?? []));
}

/** How the project's services read the file; undefined where none does. @param path absolute */
export function envFileDialect(
  directory: string,
  { services }: Pick<StaticProject, "services">,
  path: string,
): Dialect | undefined {
  const name = projectName(directory, path);
  const dialects = [...services.values()].flatMap(({ files }) =>
    files.flatMap((use) => (use.via === "env-file" && use.path === name ? use.dialect : [])),
  );
  // Where they do not agree, what is stricter about quotes and references is told of.
  return dialects.find((dialect) => dialect === "compose") ?? dialects[0];
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
  read: ReadText,
  { names, uriOf }: Pick<WorkspaceHost, "names" | "uriOf">,
): ProjectFile[] {
  const named = [
    ...project.envFiles,
    ...project.composeFiles,
    ...[...project.services.values()].flatMap(({ files }) =>
      files.filter(({ via }) => via === "env-file").map(({ path }) => path),
    ),
  ].map((path) => resolvePath(directory, path));
  const beside = names(directory)
    .filter((name) => fileKind(name) !== undefined)
    .map((name) => resolvePath(directory, name));
  const open = [...openPaths].filter((path) => !projectName(directory, path).startsWith("/"));
  return [...new Set([...named, ...beside, ...open])].flatMap((path) => {
    const text = read(path);
    // Whatever a Compose file names as an `env_file` is one.
    const kind = namesKind[fileKind(path) ?? "part"];
    return text === undefined ? [] : [{ uri: uriOf(path), kind, text }];
  });
}
