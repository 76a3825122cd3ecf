/**
 * What VS Code loads at its start. All that it waits for there is this file: the extension itself is a bundle of its own
 * (scripts/build.ts), loaded in the next turn, so that other extensions and the person's keys come first.
 */
import * as vscode from "vscode";
import { settings } from "./contract.ts";
import type { HotenvApi } from "./main.ts";

export async function activate(context: vscode.ExtensionContext): Promise<HotenvApi> {
  const begin = performance.now();
  // A secret that shall be hidden is on the screen already: then nobody comes first.
  if (!vscode.workspace.getConfiguration().get<boolean>(settings.maskSecrets, false))
    await new Promise((resolve) => setImmediate(resolve));
  const { start } = await import("./main.ts");
  return start(context, begin);
}
