/** The open documents that have a language service: their problems as one types, and again when a neighbour changes. */
import * as vscode from "vscode";
import { fileKind, filePatterns } from "../../core/language/files.ts";
import type { LanguageService } from "../../core/language/service.ts";
import type { WorkspaceHost } from "../../core/language/workspace/host.ts";
import type { Diagnosed } from "../../core/language/workspace/workspace.ts";
import { settings } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import { loadApart } from "../load-apart.ts";
import { editorHost } from "./host.ts";
import { toDiagnostic } from "./to-vscode.ts";

/** A pause in the typing, after which the documents around are told. */
const quietMs = 50;

export interface LanguageDocuments extends vscode.Disposable {
  /** Whether this document's problems are reported from here. */
  isChecked(uri: vscode.Uri): boolean;
  /** Loaded when it is first asked for; it knows every open document. */
  service(): Promise<LanguageService>;
}

/** @param environment the shell's: it goes before .env */
export function followDocuments(
  environment: WorkspaceHost["environment"],
  log: vscode.LogOutputChannel,
): LanguageDocuments {
  const owned = new Disposables();
  const collection = owned.add(vscode.languages.createDiagnosticCollection("hotenv"));
  let loading: Promise<LanguageService> | undefined;
  let loaded: LanguageService | undefined;

  const publish = (diagnosed: Diagnosed | undefined): void => {
    if (diagnosed === undefined) return;
    const uri = vscode.Uri.parse(diagnosed.uri);
    // Problems of a hotenv.yaml come from the agent, which reads it, too.
    if (fileKind(uri.path) !== "settings") collection.set(uri, diagnosed.diagnostics.map(toDiagnostic));
  };

  const load = async (): Promise<LanguageService> => {
    const { startService } = await loadApart();
    const service = startService(editorHost(environment));
    loaded = service;
    for (const document of vscode.workspace.textDocuments) open(document);
    return service;
  };
  const service = (): Promise<LanguageService> => {
    loading ??= load();
    return loading;
  };

  const changed = new Set<string>();
  let pause: NodeJS.Timeout | undefined;
  owned.defer(() => clearTimeout(pause));
  const tellAround = (uri: vscode.Uri): void => {
    changed.add(uri.toString());
    clearTimeout(pause);
    pause = setTimeout(() => {
      const uris = [...changed];
      changed.clear();
      for (const each of uris)
        for (const diagnosed of loaded?.workspace.around(each) ?? []) publish(diagnosed);
    }, quietMs);
  };

  const open = (document: vscode.TextDocument): void => {
    const { uri } = document;
    if (uri.scheme !== "file" && uri.scheme !== "untitled") return;
    if (loaded !== undefined) {
      publish(loaded.workspace.open(uri.toString(), document.getText(), document.version));
      tellAround(uri);
    } else if (fileKind(uri.path) !== undefined)
      service().catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));
  };

  const change = ({ document, contentChanges }: vscode.TextDocumentChangeEvent): void => {
    const uri = document.uri.toString();
    if (loaded?.workspace.has(uri) !== true) return;
    const { workspace } = loaded;
    let diagnosed = workspace.change(uri, contentChanges, document.version);
    // Other line ends come without changes of the content.
    const end = document.offsetAt(new vscode.Position(document.lineCount, 0));
    if (contentChanges.length === 0 || workspace.textOf(uri)?.length !== end) {
      const text = document.getText();
      if (text !== workspace.textOf(uri)) diagnosed = workspace.change(uri, [{ text }], document.version);
    }
    publish(diagnosed);
    tellAround(document.uri);
  };

  for (const document of vscode.workspace.textDocuments) open(document);
  owned.add(vscode.workspace.onDidOpenTextDocument(open));
  owned.add(vscode.workspace.onDidChangeTextDocument(change));
  owned.add(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (loaded?.workspace.close(uri.toString()) === undefined) return;
      collection.delete(uri);
      tellAround(uri);
    }),
  );
  for (const pattern of Object.values(filePatterns)) {
    const watcher = owned.add(vscode.workspace.createFileSystemWatcher(pattern));
    // Of an open file the editor has the text.
    const onEvent = (uri: vscode.Uri): void => {
      if (loaded?.workspace.has(uri.toString()) === false) tellAround(uri);
    };
    owned.add(watcher.onDidCreate(onEvent));
    owned.add(watcher.onDidChange(onEvent));
    owned.add(watcher.onDidDelete(onEvent));
  }
  owned.add(
    vscode.workspace.onDidChangeConfiguration((configuration) => {
      if (configuration.affectsConfiguration(settings.severity)) loaded?.workspace.all().forEach(publish);
    }),
  );

  return {
    isChecked: (uri) => fileKind(uri.path) !== "settings" && loaded?.workspace.has(uri.toString()) === true,
    service,
    dispose: () => owned.dispose(),
  };
}
