/** The editor that shows a .env file as a form. What it is made of is a bundle of its own, loaded with the first form. */
import * as vscode from "vscode";
import { HotenvError } from "../../core/protocol/errors.ts";
import { formViewType } from "../contract.ts";
import { t } from "../l10n.ts";
import type { Projects } from "../projects.ts";

export interface FormContext {
  readonly extensionUri: vscode.Uri;
  readonly projects: Projects;
  readonly log: vscode.LogOutputChannel;
  /** Notes why the next save of a document is made. */
  readonly noteReason: (uri: vscode.Uri, reason: string) => void;
}

export function provideForms(context: FormContext): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(
    formViewType,
    {
      async resolveCustomTextEditor(document, panel) {
        const { fillPanel } = await import("./form-editor.ts");
        fillPanel(document, panel, context);
      },
    },
    // What was typed is in the document; what was revealed, or scrolled to, is in the page.
    { webviewOptions: { retainContextWhenHidden: true } },
  );
}

/** `Hotenv: Open as Form`, for the file that is shown. */
export async function openForm(argument: unknown): Promise<void> {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined)
    throw new HotenvError("usage", t("No .env file is shown."), { todo: t("Open one first.") });
  // In the place of the text, as "Reopen Editor With…" does, where that is what is shown.
  if (vscode.window.activeTextEditor?.document.uri.toString() === uri.toString())
    await vscode.commands.executeCommand("reopenActiveEditorWith", formViewType);
  else await vscode.commands.executeCommand("vscode.openWith", uri, formViewType);
}
