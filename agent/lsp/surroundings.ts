/** What the services of a file on disk know beside it: for the command line and the agent. */
import { dirname } from "node:path";
import type { Dialect } from "../../core/dotenv/pieces.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import { type FileKind, fileKind } from "../../core/language/files.ts";
import { contextOf, type KnownProject } from "../../core/language/workspace/context-of.ts";
import { analyse, envFileDialect, nearestProject } from "../../core/language/workspace/project.ts";
import type { Environment } from "../project/sources.ts";
import { hostOf } from "./host.ts";

/** As in the editor, by name; what is asked about by name may be called anything. */
export function kindOf(path: string): FileKind {
  return fileKind(path) ?? (/\.ya?ml$/.test(path) ? "compose" : "part");
}

export interface Surroundings {
  readonly context: LanguageContext;
  /** How the services of the file's project read it; as Compose reads `.env` where none does. */
  readonly dialect: Dialect;
  readonly project: KnownProject | undefined;
}

/**
 * @param path absolute @param environment the shell's: it goes before `.env`
 * @param levels severities that the user has set
 */
export function surroundingsOf(
  path: string,
  environment: Environment,
  levels?: LanguageContext["levels"],
): Surroundings {
  const host = hostOf(environment, () => levels);
  const directory = nearestProject(dirname(path), host.exists);
  const model = directory === undefined ? undefined : analyse(directory, environment, host.read);
  const project = directory === undefined || model === undefined ? undefined : { directory, model };
  return {
    context: contextOf({ uri: path, path, kind: kindOf(path) }, project, host, host.read),
    dialect: (project && envFileDialect(project.directory, project.model, path)) ?? "compose",
    project,
  };
}
