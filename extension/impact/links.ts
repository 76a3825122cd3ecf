/** Places in a project's files, as things to click on. */
import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import type { Evidence } from "../../core/protocol/words.ts";
import { t } from "../l10n.ts";

export function uriOf(directory: string, file: string): vscode.Uri {
  return vscode.Uri.file(isAbsolute(file) ? file : join(directory, file));
}

/** For Markdown: the editor opens it at the line. */
export function linkTo(directory: string, { file, line }: Evidence): string {
  return uriOf(directory, file)
    .with({ fragment: `L${line}` })
    .toString();
}

export function opening(directory: string, { file, line }: Evidence): vscode.Command {
  const at = new vscode.Position(line - 1, 0);
  const options: vscode.TextDocumentShowOptions = { selection: new vscode.Range(at, at) };
  return { title: t("Open"), command: "vscode.open", arguments: [uriOf(directory, file), options] };
}
