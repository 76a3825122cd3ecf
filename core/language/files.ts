/** Which files have a language service, by their names: for every editor, the command line and the agent. */
import { composeFileNames } from "../compose/starting-files.ts";
import { settingsFileNames } from "../settings/file-names.ts";

/**
 * `values`: the variables of a project. `part`: an environment file that need not have every key of the
 * schema. `sample`: a file to copy from. `schema`: what the others are held against.
 */
export type FileKind = "values" | "part" | "sample" | "schema" | "settings" | "compose";

export const valuesName = ".env";
export const schemaName = ".env.schema";
export const exampleName = ".env.example";

/** Modules whose default export is a Standard Schema; the first that is there is taken. */
export const schemaModuleNames = ["env.schema.ts", "env.schema.mjs", "env.schema.js"] as const;

/** A file in a folder makes that folder a project. */
export const projectFileNames: readonly string[] = [...composeFileNames, ...settingsFileNames];

const samples: ReadonlySet<string> = new Set([exampleName, ".env.sample", ".env.template", ".env.dist"]);
/** Written in other languages, though their names begin like an environment file's. */
const foreign = /\.(?:[cm]?[jt]s|json|ya?ml|md)$/;
const compose = /(?:^|[-_.])compose(?:[-_.][^/]*)?\.ya?ml$/;

/** Globs for those who select documents by them; each file's own kind is for `fileKind` to say. */
export const filePatterns = {
  variables: "**/{.env,.env.*,*.env}",
  compose: "**/*compose*.{yaml,yml}",
  settings: `**/{${settingsFileNames.join(",")}}`,
} as const;

/** @param path `/` or `\` separated; undefined for files that are none of Hotenv's business */
export function fileKind(path: string): FileKind | undefined {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  if (name === valuesName) return "values";
  if (name === schemaName) return "schema";
  if (samples.has(name)) return "sample";
  if (settingsFileNames.some((known) => known === name)) return "settings";
  if (compose.test(name)) return "compose";
  return (name.startsWith(".env.") && !foreign.test(name)) || name.endsWith(".env") ? "part" : undefined;
}

/** Whether a file of the kind sets variables. */
export const holdsVariables = (kind: FileKind): boolean =>
  kind === "values" || kind === "part" || kind === "sample";
