/** Tells the agent what this editor has saved, at once: its own watcher waits, and cannot know who wrote. */
import { createHash } from "node:crypto";
import { isAbsolute, join, relative } from "node:path";
import * as vscode from "vscode";
import { describeError } from "../core/protocol/errors.ts";
import { Disposables } from "./disposables.ts";
import type { Project, Projects } from "./projects.ts";

export interface Saves extends vscode.Disposable {
  /** Why the next save of a document is made. */
  noteReason(uri: vscode.Uri, reason: string): void;
}

export function tellSaves(projects: Projects, log: vscode.LogOutputChannel): Saves {
  const reasons = new Map<string, string>();
  const tell = (document: vscode.TextDocument): void => {
    for (const project of projects.list) {
      const path = sourceOf(project, document.uri);
      // Offline: the agent will find out by itself what has changed.
      if (path === undefined || project.session.state.connection !== "online") continue;
      const reason = reasons.get(document.uri.toString());
      const why = reason === undefined ? {} : { reason };
      project.session.call("saved", { path, ...contentOf(document), ...why }).catch((error: unknown) => {
        log.debug(`${project.name}: the agent was not told of a save: ${describeError(error)}`);
      });
    }
  };
  const owned = new Disposables();
  // Before the file is written: on a busy machine the watcher may be faster than the second message.
  owned.add(vscode.workspace.onWillSaveTextDocument(({ document }) => tell(document)));
  owned.add(
    vscode.workspace.onDidSaveTextDocument((document) => {
      tell(document);
      reasons.delete(document.uri.toString());
    }),
  );
  return {
    noteReason: (uri, reason) => void reasons.set(uri.toString(), reason),
    dispose: () => owned.dispose(),
  };
}

/** Its path as the agent knows it; undefined for what is no source of the project. */
function sourceOf({ folder, session }: Project, uri: vscode.Uri): string | undefined {
  if (uri.scheme !== "file") return undefined;
  return session.state.status?.sources.find(({ path }) => {
    const absolute = isAbsolute(path) ? path : join(folder.uri.fsPath, path);
    return relative(absolute, uri.fsPath) === "";
  })?.path;
}

/** The hash of the bytes that VS Code writes; of encodings other than its own default it is not known here. */
function contentOf(document: vscode.TextDocument): { hash?: string } {
  if (document.encoding !== "utf8") return {};
  return { hash: createHash("sha256").update(document.getText(), "utf8").digest("hex") };
}
