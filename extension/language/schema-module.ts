/**
 * What takes longer than a keystroke: what the project's own schema module says of a `.env`, and the network. The agent
 * asks both, so that nothing of the project's runs where the workspace is not trusted.
 */
import { dirname, isAbsolute, relative, sep } from "node:path";
import * as vscode from "vscode";
import { fileKind, schemaModuleNames } from "../../core/language/files.ts";
import { describeError, toHotenvError } from "../../core/protocol/errors.ts";
import type { Params } from "../../core/protocol/messages.ts";
import { settings } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import { diagnosticOf } from "../follow-project.ts";
import type { Project, Projects } from "../projects.ts";

/** A pause in the typing, after which the module is asked. */
const quietMs = 300;

interface Asking {
  readonly timer: NodeJS.Timeout;
  readonly abort: AbortController;
}

export function askSchemaModules(projects: Projects, log: vscode.LogOutputChannel): vscode.Disposable {
  const owned = new Disposables();
  const collection = owned.add(vscode.languages.createDiagnosticCollection("hotenv-schema"));
  const asking = new Map<string, Asking>();
  const cancel = (key: string): void => {
    const running = asking.get(key);
    asking.delete(key);
    clearTimeout(running?.timer);
    running?.abort.abort();
  };
  owned.defer(() => [...asking.keys()].forEach(cancel));

  const ask = async (document: vscode.TextDocument, signal: AbortSignal): Promise<void> => {
    const { uri } = document;
    const project = projects.of(uri);
    if (project?.session.state.connection !== "online") return;
    const path = pathIn(project, uri);
    if (path === undefined) return;
    const levels = vscode.workspace
      .getConfiguration(undefined, uri)
      .get<NonNullable<Params<"check">["levels"]>>(settings.severity, {});
    const text = document.getText();
    const problems = await project.session.call("check", { path, text, levels }, { signal });
    if (signal.aborted) return;
    collection.delete(uri);
    for (const [file, found] of Map.groupBy(problems, (problem) => problem.file))
      collection.set(vscode.Uri.joinPath(project.folder.uri, file), found.map(diagnosticOf));
  };
  const askSoon = (document: vscode.TextDocument): void => {
    const { uri } = document;
    if (uri.scheme !== "file" || fileKind(uri.path) !== "values") return;
    const key = uri.toString();
    cancel(key);
    const abort = new AbortController();
    const timer = setTimeout(() => {
      ask(document, abort.signal).catch((error: unknown) => {
        if (!abort.signal.aborted) log.debug(`The schema module: ${describeError(toHotenvError(error))}`);
      });
    }, quietMs);
    asking.set(key, { timer, abort });
  };
  const askAll = (): void => vscode.workspace.textDocuments.forEach(askSoon);

  askAll();
  owned.add(vscode.workspace.onDidOpenTextDocument(askSoon));
  owned.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) askSoon(document);
    }),
  );
  owned.add(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      cancel(uri.toString());
      collection.delete(uri);
    }),
  );
  const watcher = owned.add(vscode.workspace.createFileSystemWatcher(`**/{${schemaModuleNames.join(",")}}`));
  const moduleChanged = (uri: vscode.Uri): void => {
    collection.delete(uri);
    for (const document of vscode.workspace.textDocuments)
      if (dirname(document.uri.fsPath) === dirname(uri.fsPath)) askSoon(document);
  };
  owned.add(watcher.onDidCreate(moduleChanged));
  owned.add(watcher.onDidChange(moduleChanged));
  owned.add(watcher.onDidDelete(moduleChanged));
  // Whoever opened a file before its agent answered is told as soon as it does.
  const online = new Set<Project>();
  owned.add(
    projects.onDidChangeState(() => {
      for (const project of projects.list) {
        const isOnline = project.session.state.connection === "online";
        if (isOnline && !online.has(project)) askAll();
        if (isOnline) online.add(project);
        else online.delete(project);
      }
    }),
  );
  return owned;
}

/** Relative to the project's folder, `/` separated; undefined outside of it. */
function pathIn({ folder }: Project, uri: vscode.Uri): string | undefined {
  const path = relative(folder.uri.fsPath, uri.fsPath);
  return path.startsWith("..") || isAbsolute(path) ? undefined : path.split(sep).join("/");
}
