/** Which compose files a project starts from (compose-go cli/options.go). */
import type { Lookup } from "../interpolate/fill.ts";
import { folderOf, isAbsolutePath, resolvePath } from "./paths.ts";

/** In Compose's order of preference. */
export const composeFileNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
export const overrideFileNames = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

export interface StartingFiles {
  /** Absolute, in the order in which they are merged. */
  readonly files: readonly string[];
  /** What relative paths in all of them start from, absolute: the first file's folder. */
  readonly base: string;
}

/** @param directory absolute */
export function startingFiles(
  directory: string,
  lookup: Lookup,
  exists: (path: string) => boolean,
): StartingFiles {
  const named = lookup("COMPOSE_FILE");
  const separator =
    lookup("COMPOSE_PATH_SEPARATOR") || (isAbsolutePath(directory) && !directory.startsWith("/") ? ";" : ":");
  const first = (names: readonly string[]) =>
    names
      .map((name) => resolvePath(directory, name))
      .filter(exists)
      .slice(0, 1);
  const files = named
    ? named
        .split(separator)
        .filter((path) => path !== "")
        .map((path) => resolvePath(directory, path))
    : first(composeFileNames);
  const [main] = files;
  if (main === undefined) return { files, base: resolvePath(directory, ".") };
  return { files: named ? files : [...files, ...first(overrideFileNames)], base: folderOf(main) };
}
