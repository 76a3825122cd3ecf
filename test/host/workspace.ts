/** What the specs share: the workspace's folder, its files, and what the extension exports. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { HotenvApi } from "../../extension/main.ts";

export function folder(): vscode.Uri {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert(first, "The workspace has no folder.");
  return first.uri;
}

export function file(name: string): vscode.Uri {
  return vscode.Uri.joinPath(folder(), name);
}

export async function readText(name: string): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(file(name)));
}

export async function writeText(name: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(file(name), new TextEncoder().encode(text));
}

export async function hotenv(): Promise<HotenvApi> {
  const extension = vscode.extensions.getExtension<HotenvApi>("hotenv.hotenv");
  assert(extension, "VS Code knows no extension hotenv.hotenv.");
  return await extension.activate();
}

/** The text as if a person had replaced everything with it, unsaved. */
export async function type(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const end = document.lineAt(document.lineCount - 1).range.end;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(0, 0), end), text);
  assert(await vscode.workspace.applyEdit(edit), "The edit was refused.");
}
