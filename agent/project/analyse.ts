/** A project as its files alone describe it: for evidence, and for answers that need neither Compose nor Docker. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { analyseProject, type StaticProject } from "../../core/compose/static.ts";
import { lookupIn } from "../../core/interpolate/fill.ts";
import { settingsFileNames } from "../../core/settings/settings.ts";
import { textOfFile } from "./compared.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Environment } from "./sources.ts";

/** @param directory absolute */
export function analyseSnapshot(
  directory: string,
  environment: Environment,
  snapshot: Snapshot,
): StaticProject {
  const last = known.get(snapshot);
  if (last?.directory === directory && last.environment === environment) return last.project;
  const project = analyseFiles(directory, environment, snapshot);
  known.set(snapshot, { directory, environment, project });
  return project;
}

interface Analysed {
  readonly directory: string;
  readonly environment: Environment;
  readonly project: StaticProject;
}
/** A snapshot never changes, and the one that runs is compared with every save. */
const known = new WeakMap<Snapshot, Analysed>();

function analyseFiles(directory: string, environment: Environment, { files }: Snapshot): StaticProject {
  const texts = new Map(files.map((file) => [file.path, textOfFile(file) ?? undefined]));
  return analyseProject({
    directory,
    shell: lookupIn(environment),
    read: (path) => texts.get(path),
    settingsFile: files.find(({ role }) => role === "settings")?.path,
  });
}

/** What cannot be read counts as missing. @param directory absolute */
export function analyseDisk(directory: string, environment: Environment): StaticProject {
  const texts = new Map<string, string | undefined>();
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, textOnDisk(resolve(directory, path)));
    return texts.get(path);
  };
  return analyseProject({
    directory,
    shell: lookupIn(environment),
    read,
    settingsFile: settingsFileNames.find((name) => read(name) !== undefined),
  });
}

function textOnDisk(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
