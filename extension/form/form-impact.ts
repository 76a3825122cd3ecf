/** What saving a .env file would do, from the files alone: no agent is asked, nothing is started. */
import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { analyseProject, type StaticProject, type TreeCache } from "../../core/compose/static.ts";
import { entriesOf, parseDotenv } from "../../core/dotenv/document.ts";
import { impactOfEdit } from "../../core/plan/static-impact.ts";
import type { FormImpact } from "../../core/protocol/form.ts";

export interface ImpactPreview {
  /** @returns undefined where the files do not tell: there is no Compose file, and no hotenv.yaml */
  of(saved: string, edited: string): FormImpact[] | undefined;
}

const settingsFiles = ["hotenv.yaml", "hotenv.yml"];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param directory the project's, absolute
 * @param file the edited one, absolute
 */
export function previewImpact(directory: string, file: string, environment: Environment): ImpactPreview {
  const source = relative(directory, file).split(sep).join("/");
  const cache: TreeCache = new Map();
  const analyse = (text: string): StaticProject => {
    const read = (path: string): string | undefined =>
      path === source ? text : textOf(resolve(directory, path));
    return analyseProject({
      directory,
      shell: (name) => environment[name],
      read,
      settingsFile: settingsFiles.find((name) => read(name) !== undefined),
      cache,
    });
  };
  return {
    of(saved, edited) {
      const after = analyse(edited);
      if (after.services.size === 0) return undefined;
      const entries = changedKeys(saved, edited).map((key) => ({ source, role: "env" as const, key }));
      if (entries.length === 0) return [];
      return impactOfEdit(analyse(saved), after, entries)
        .filter(({ action }) => action !== "none")
        .map(({ service, action, cause }) => ({ service, action, cause }));
    },
  };
}

/** What cannot be read counts as missing, as for Compose's own `--env-file`. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** Keys whose value, or presence, differs between two texts of the file. */
export function changedKeys(before: string, after: string): string[] {
  const read = (text: string): Map<string, string> =>
    new Map(
      [...entriesOf(parseDotenv(text))].map(({ entry }) => [
        entry.key.name,
        entry.value === null ? "" : `=${entry.text.slice(entry.value.range.start, entry.value.range.end)}`,
      ]),
    );
  const [old, now] = [read(before), read(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
}
