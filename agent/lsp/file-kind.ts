/** Which files have a language service, by their names. */
import { basename } from "node:path";
import { settingsFileNames } from "../../core/settings/settings.ts";

/** `part`: an environment file that need not have every key of the schema. */
export type FileKind = "values" | "part" | "sample" | "schema" | "settings" | "compose";

const samples: ReadonlySet<string> = new Set([".env.example", ".env.sample", ".env.template", ".env.dist"]);
/** Written in other languages, though their names begin like an environment file's. */
const foreign = /\.(?:[cm]?[jt]s|json|md)$/;

/** undefined for files that are none of Hotenv's business. */
export function fileKind(path: string): FileKind | undefined {
  const name = basename(path);
  if (name === ".env") return "values";
  if (name === ".env.schema") return "schema";
  if (samples.has(name)) return "sample";
  if (settingsFileNames.some((known) => known === name)) return "settings";
  if (/\.ya?ml$/.test(name)) return /(?:^|[-_.])compose(?:[-_.]|$)/.test(name) ? "compose" : undefined;
  return (name.startsWith(".env.") && !foreign.test(name)) || name.endsWith(".env") ? "part" : undefined;
}
