import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { until } from "../workbench/until.ts";
import { file, hotenv, type, writeText } from "./workspace.ts";

/** A file of its own: the project's `.env` is for those specs that apply it. */
const name = "language/.env";

describe("a .env file in the editor", () => {
  let document: vscode.TextDocument;
  before(async () => {
    await hotenv();
    await writeText(name, "PORT=80\n");
    document = await vscode.workspace.openTextDocument(file(name));
    await vscode.window.showTextDocument(document);
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.workspace.fs.delete(file("language"), { recursive: true });
  });

  const found = (): string[] =>
    vscode.languages
      .getDiagnostics(document.uri)
      .map(
        ({ code, range }) =>
          `${String(code)} ${range.start.line}:${range.start.character}-${range.end.character}`,
      );
  const shows = (...expected: string[]): Promise<true> =>
    until(`the problems were ${expected.join(", ")}`, async () => {
      const now = found();
      return now.length === expected.length && expected.every((problem) => now.includes(problem))
        ? true
        : undefined;
    });

  it("has its problems underlined as one types, before it is saved", async () => {
    await type(document, "URL=http://${HOST\nPORT=80\n");
    await shows("invalid-reference 0:11-17");
    const [problem] = vscode.languages.getDiagnostics(document.uri);
    assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(problem?.source, "hotenv");
    assert.equal(document.isDirty, true);
    await type(document, "PORT=80\n");
    await shows();
  });

  it("shows every problem at once, each at its place", async () => {
    await type(document, "PORT=80\nBAD KEY=1\nURL=$HOTENV_NO_SUCH_VARIABLE\nPORT=81\n");
    await shows("duplicate-key 0:0-4", "key-with-space 1:0-7", "undefined-reference 2:4-28");
  });

  it("is held against the schema beside it, as soon as there is one", async () => {
    await type(document, "PORT=http\n");
    await shows();
    await writeText("language/.env.schema", "# @type=port\nPORT=\n");
    await shows("schema-type 0:5-9");
    await type(document, "PORT=8080\n");
    await shows();
  });

  it("explains a variable, completes a key and offers a fix", async () => {
    await type(document, "PORT=8080\nURL=http://localhost:$PORT/\n");
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      new vscode.Position(1, 23),
    );
    const [content] = hover?.contents ?? [];
    assert.match(content instanceof vscode.MarkdownString ? content.value : "", /PORT[\s\S]*8080/);

    await type(document, "P");
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      document.uri,
      new vscode.Position(0, 1),
    );
    assert(
      items.some(({ label }) => label === "PORT"),
      "PORT of the schema is not offered.",
    );

    await type(document, "PORT=1\nPORT=2\n");
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(0, 0, 0, 4),
    );
    const fix = actions.find(({ edit }) => edit !== undefined);
    assert(fix?.edit, "There is no fix for a duplicate.");
    assert(await vscode.workspace.applyEdit(fix.edit));
    await shows();
  });

  it("has an outline, folds, and selects from the inside out", async () => {
    await type(document, '# One\n# Two\nPORT=80\nURL="http://$PORT\n/"\n');
    const ask = <T>(command: string, ...more: unknown[]): Thenable<T> =>
      vscode.commands.executeCommand<T>(command, document.uri, ...more);
    const symbols = await ask<vscode.DocumentSymbol[]>("vscode.executeDocumentSymbolProvider");
    assert.deepEqual(
      symbols.map(({ name: key, kind }) => `${key} ${vscode.SymbolKind[kind]}`),
      ["PORT Variable", "URL Variable"],
    );
    const folds = await ask<vscode.FoldingRange[]>("vscode.executeFoldingRangeProvider");
    assert.deepEqual(
      folds.map(({ start, end }) => `${start}-${end}`),
      ["0-1", "3-4"],
    );
    const inPort = new vscode.Position(3, 14);
    const [selection] = await ask<vscode.SelectionRange[]>("vscode.executeSelectionRangeProvider", [inPort]);
    const texts: string[] = [];
    for (let each = selection; each !== undefined; each = each.parent)
      texts.push(document.getText(each.range));
    assert.deepEqual(texts.slice(0, 3), ["PORT", "$PORT", "http://$PORT\n/"]);
  });
});
