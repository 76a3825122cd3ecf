/** The quick pick behind the status bar's item. */
import * as vscode from "vscode";
import { menuItems } from "./menu-items.ts";
import type { Project } from "./projects.ts";
import { describeMood } from "./status-view.ts";

export async function showMenu({ name, session }: Project): Promise<void> {
  const { state } = session;
  const now = Date.now();
  const chosen = await vscode.window.showQuickPick(
    menuItems(state, now).map((item) => ({ ...item })),
    {
      title: `${name}: ${describeMood(state, now)}`,
      placeHolder: state.status?.detail ?? "",
      matchOnDescription: true,
    },
  );
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}
