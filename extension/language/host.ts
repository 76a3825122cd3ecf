/** The disk and the settings, for the language service. Files are read again only when they have changed. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import * as vscode from "vscode";
import type { LanguageContext } from "../../core/language/context.ts";
import type { WorkspaceHost } from "../../core/language/workspace/host.ts";
import { settings } from "../contract.ts";

export function editorHost(environment: WorkspaceHost["environment"]): WorkspaceHost {
  return {
    environment,
    pathOf(uri) {
      const { scheme, fsPath, path } = vscode.Uri.parse(uri);
      // An untitled document with a path is a file that is not there yet.
      return scheme === "file" || (scheme === "untitled" && path.startsWith("/")) ? fsPath : undefined;
    },
    uriOf: (path) => vscode.Uri.file(path).toString(),
    read: readingAnew(),
    exists: existsSync,
    names: (directory) =>
      existsSync(directory)
        ? readdirSync(directory, { withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map(({ name }) => name)
        : [],
    levels: (uri) =>
      vscode.workspace
        .getConfiguration(undefined, vscode.Uri.parse(uri))
        .get<NonNullable<LanguageContext["levels"]>>(settings.severity, {}),
  };
}

/** A reader that remembers, and reads again what has changed on disk. */
export function readingAnew(): WorkspaceHost["read"] {
  const known = new Map<string, { readonly stamp: string; readonly text: string | undefined }>();
  return (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true) {
      known.delete(path);
      return undefined;
    }
    const stamp = `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    const before = known.get(path);
    if (before?.stamp === stamp) return before.text;
    const text = textOf(path);
    known.set(path, { stamp, text });
    return text;
  };
}

/** A neighbour that may not be read is no mistake of the document. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
