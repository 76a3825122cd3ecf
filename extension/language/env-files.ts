/** Which documents are .env files, and of what kind, by their names. */

/** For VS Code: every such file, whatever language another extension has given it. */
export const envFilePattern = "**/{.env,.env.*,*.env}";

export const schemaName = ".env.schema";

/**
 * `values`: the variables of a project. `part`: a file beside `.env` that need not have all of them.
 * `sample`: a file to copy from. `schema`: what the others are held against.
 */
export type EnvFileKind = "values" | "part" | "sample" | "schema";

const samples = new Set([".env.example", ".env.sample", ".env.template", ".env.dist"]);
/** Written in other languages, though their names begin like a .env file's. */
const foreign = /\.(ts|mts|cts|js|mjs|cjs|json|ya?ml|md)$/;

/** @param path of a file, `/` separated; undefined for what is no .env file */
export function envFileKind(path: string): EnvFileKind | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === ".env") return "values";
  if (name === schemaName) return "schema";
  if (samples.has(name)) return "sample";
  if (name.startsWith(".env.") && !foreign.test(name)) return "part";
  return name.endsWith(".env") ? "part" : undefined;
}
