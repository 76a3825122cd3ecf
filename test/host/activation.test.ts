import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as vscode from "vscode";
import { commands } from "../../extension/contract.ts";
import { until } from "../workbench/until.ts";

describe("the extension in a real extension host", () => {
  const extension = vscode.extensions.getExtension("hotenv.hotenv");

  it("is activated, unasked, by a workspace with a project", async () => {
    assert.ok(extension, "VS Code knows no extension hotenv.hotenv.");
    await until("the extension was active", async () => extension.isActive);
  });

  it("runs beside the files, where the agent can run", () => {
    assert.equal(extension?.extensionKind, vscode.ExtensionKind.Workspace);
  });

  it("has registered every command of its contract", async () => {
    await extension?.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commands).filter((command) => !registered.has(command)),
      [],
    );
  });
});
