/** The disk, for the language service. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { LanguageContext } from "../../core/language/context.ts";
import type { WorkspaceHost } from "../../core/language/workspace/host.ts";
import { parseSettings } from "../../core/settings/settings.ts";
import type { Environment } from "../project/sources.ts";

/** undefined where there is none, or none that can be read: a neighbour that is not there is no mistake. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** @param levels severities that the user has set */
export function hostOf(
  environment: Environment,
  levels: () => LanguageContext["levels"] = () => undefined,
): WorkspaceHost {
  return {
    environment,
    pathOf: (uri) => (uri.startsWith("file:") ? fileURLToPath(uri) : undefined),
    uriOf: (path) => pathToFileURL(path).href,
    read: readText,
    exists: existsSync,
    names: namesIn,
    levels,
    settingsProblems: (text, path) => parseSettings(text, path).problems,
  };
}

function namesIn(directory: string): string[] {
  // A document of a folder that is yet to be made.
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}
