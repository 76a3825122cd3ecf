/** The files that the check of a .env file looks at beside it: from the editor where open, else from disk. */
import * as vscode from "vscode";
import { Disposables } from "../disposables.ts";

export interface Neighbours extends vscode.Disposable {
  /** undefined where there is none, and until it has been read: then onDidChange follows. */
  text(uri: vscode.Uri): string | undefined;
  readonly onDidChange: vscode.Event<vscode.Uri>;
}

/** @param pattern of the files that may be asked for */
export function readNeighbours(pattern: string): Neighbours {
  const owned = new Disposables();
  const changed = owned.add(new vscode.EventEmitter<vscode.Uri>());
  /** undefined: asked for, and not there or not read yet. */
  const onDisk = new Map<string, string | undefined>();

  const read = async (uri: vscode.Uri): Promise<void> => {
    const key = uri.toString();
    const text = await vscode.workspace.fs.readFile(uri).then(
      (bytes) => new TextDecoder().decode(bytes),
      // Not there, or not readable: the check goes on without it.
      () => undefined,
    );
    if (onDisk.get(key) === text) return;
    onDisk.set(key, text);
    changed.fire(uri);
  };
  const onEvent = (uri: vscode.Uri): void => {
    if (onDisk.has(uri.toString())) void read(uri);
  };
  const watcher = owned.add(vscode.workspace.createFileSystemWatcher(pattern));
  owned.add(watcher.onDidCreate(onEvent));
  owned.add(watcher.onDidChange(onEvent));
  owned.add(watcher.onDidDelete(onEvent));

  return {
    text(uri) {
      const key = uri.toString();
      const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
      if (open !== undefined) return open.getText();
      if (!onDisk.has(key)) {
        onDisk.set(key, undefined);
        void read(uri);
      }
      return onDisk.get(key);
    },
    onDidChange: changed.event,
    dispose: () => owned.dispose(),
  };
}
