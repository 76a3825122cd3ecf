/**
 * Secrets hidden in the editor itself, for those who share their screen: by a decoration, so that the text stays what
 * it is. Everything here is at hand when a file opens, and nothing is waited for.
 */
import { dirname, join, resolve } from "node:path";
import * as vscode from "vscode";
import { type DotenvDocument, parseDotenv, updateDotenv } from "../../core/dotenv/document.ts";
import { fileKind, holdsVariables, schemaName } from "../../core/language/files.ts";
import { secretRanges } from "../../core/language/masked.ts";
import { readSchema } from "../../core/schema/imports.ts";
import { isSensitive } from "../../core/schema/schema.ts";
import { settings } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import { readingAnew } from "./host.ts";

export async function toggleSecretMasking(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  const isOn = configuration.get<boolean>(settings.maskSecrets, false);
  await configuration.update(settings.maskSecrets, !isOn, vscode.ConfigurationTarget.Global);
}

export function maskSecrets(): vscode.Disposable {
  const owned = new Disposables();
  const hidden = owned.add(
    vscode.window.createTextEditorDecorationType({
      opacity: "0",
      backgroundColor: new vscode.ThemeColor("editor.inactiveSelectionBackground"),
      borderRadius: "3px",
      // What is typed at either end belongs to the secret, and must not be seen first.
      rangeBehavior: vscode.DecorationRangeBehavior.OpenOpen,
    }),
  );
  const read = readingAnew();
  const documents = new Map<string, DotenvDocument>();
  const isOn = (): boolean => vscode.workspace.getConfiguration().get<boolean>(settings.maskSecrets, false);

  const mask = (editor: vscode.TextEditor): void => {
    const { document } = editor;
    const kind = fileKind(document.uri.path);
    if (kind === undefined || !holdsVariables(kind)) return;
    if (!isOn()) {
      editor.setDecorations(hidden, []);
      return;
    }
    const key = document.uri.toString();
    const parsed = documents.get(key) ?? parseDotenv(document.getText());
    documents.set(key, parsed);
    const schema =
      document.uri.scheme === "file"
        ? readSchema(join(dirname(document.uri.fsPath), schemaName), {
            read,
            resolve: (from, relative) => resolve(dirname(from), relative),
          })
        : undefined;
    const ranges = secretRanges(parsed, (name) => isSensitive(name, schema));
    editor.setDecorations(
      hidden,
      ranges.map(({ start, end }) => new vscode.Range(document.positionAt(start), document.positionAt(end))),
    );
  };
  const maskAll = (): void => vscode.window.visibleTextEditors.forEach(mask);

  maskAll();
  owned.add(vscode.window.onDidChangeVisibleTextEditors((editors) => editors.forEach(mask)));
  owned.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const key = document.uri.toString();
      let parsed = documents.get(key);
      if (parsed === undefined) return;
      for (const { rangeOffset, rangeLength, text } of contentChanges)
        parsed = updateDotenv(parsed, { start: rangeOffset, end: rangeOffset + rangeLength }, text);
      // Other line ends come without changes of the content.
      if (contentChanges.length === 0) documents.delete(key);
      else documents.set(key, parsed);
      for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) mask(editor);
    }),
  );
  owned.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => documents.delete(uri.toString())));
  owned.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(settings.maskSecrets)) return;
      if (!isOn()) documents.clear();
      maskAll();
    }),
  );
  const watcher = owned.add(vscode.workspace.createFileSystemWatcher(`**/${schemaName}`));
  owned.add(watcher.onDidCreate(maskAll));
  owned.add(watcher.onDidChange(maskAll));
  owned.add(watcher.onDidDelete(maskAll));
  return owned;
}
