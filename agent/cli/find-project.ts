/** Which directory a command is about. */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { projectFileNames } from "../../core/language/files.ts";
import { nearestProject } from "../../core/language/workspace/project.ts";
import { HotenvError } from "../../core/protocol/errors.ts";

const holdsProject = (directory: string) =>
  projectFileNames.some((name) => existsSync(join(directory, name)));

/**
 * @param named `--project`: exactly that directory
 * @throws project-not-found
 */
export function findProject(cwd: string, named: string | undefined): string {
  if (named === undefined) {
    const found = nearestProject(resolve(cwd), existsSync);
    if (found !== undefined) return found;
    throw new HotenvError("project-not-found", `Neither ${cwd} nor a directory above it holds a project.`, {
      todo: "Change to a directory with a compose.yaml or a hotenv.yaml, or name one with --project.",
    });
  }
  const directory = resolve(cwd, named);
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true)
    throw new HotenvError(
      "project-not-found",
      found === undefined ? `The directory ${directory} does not exist.` : `${directory} is not a directory.`,
      { todo: "Name the project's directory with --project." },
    );
  if (!holdsProject(directory))
    throw new HotenvError("project-not-found", `The directory ${directory} holds no project.`, {
      todo: "A project has a compose.yaml or a hotenv.yaml; name its directory with --project.",
    });
  return directory;
}
