/** What the language service says, in VS Code's own types. */

import * as vscode from "vscode";
import type * as lsp from "vscode-languageserver-types";

export function toRange({ start, end }: lsp.Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** LSP counts severities and tags from 1, VS Code from 0 and from 1. */
const severities = {
  1: vscode.DiagnosticSeverity.Error,
  2: vscode.DiagnosticSeverity.Warning,
  3: vscode.DiagnosticSeverity.Information,
  4: vscode.DiagnosticSeverity.Hint,
} as const;
const tags = { 1: vscode.DiagnosticTag.Unnecessary, 2: vscode.DiagnosticTag.Deprecated } as const;

export function toDiagnostic(from: lsp.Diagnostic): vscode.Diagnostic {
  const message = typeof from.message === "string" ? from.message : from.message.value;
  const diagnostic = new vscode.Diagnostic(toRange(from.range), message, severities[from.severity ?? 1]);
  if (from.source !== undefined) diagnostic.source = from.source;
  if (from.code !== undefined) diagnostic.code = from.code;
  if (from.tags !== undefined) diagnostic.tags = from.tags.map((tag) => tags[tag]);
  if (from.relatedInformation !== undefined)
    diagnostic.relatedInformation = from.relatedInformation.map(
      ({ location, message: related }) =>
        new vscode.DiagnosticRelatedInformation(toLocation(location), related),
    );
  return diagnostic;
}

/** The language service writes Markdown; the other forms of LSP are for older servers. */
export const markdownOf = ({ contents }: lsp.Hover): string =>
  typeof contents === "object" && "kind" in contents ? contents.value : "";

/** LSP counts kinds from 1, VS Code from 0, in the same order. */
export function toCompletionItem(from: lsp.CompletionItem): vscode.CompletionItem {
  const item = new vscode.CompletionItem(from.label, from.kind === undefined ? undefined : from.kind - 1);
  if (from.detail !== undefined) item.detail = from.detail;
  if (from.sortText !== undefined) item.sortText = from.sortText;
  if (from.filterText !== undefined) item.filterText = from.filterText;
  if (typeof from.documentation === "string") item.documentation = from.documentation;
  if (from.tags !== undefined) item.tags = [vscode.CompletionItemTag.Deprecated];
  if (from.textEdit !== undefined && "range" in from.textEdit) {
    item.range = toRange(from.textEdit.range);
    item.insertText = from.textEdit.newText;
  }
  return item;
}

export function toCodeAction(from: lsp.CodeAction): vscode.CodeAction {
  const action = new vscode.CodeAction(from.title);
  if (from.kind !== undefined) action.kind = vscode.CodeActionKind.Empty.append(from.kind);
  if (from.diagnostics !== undefined) action.diagnostics = from.diagnostics.map(toDiagnostic);
  if (from.isPreferred !== undefined) action.isPreferred = from.isPreferred;
  if (from.edit !== undefined) action.edit = toWorkspaceEdit(from.edit);
  return action;
}

/** The language service changes texts, and neither makes nor removes files. */
export function toWorkspaceEdit({ changes = {} }: lsp.WorkspaceEdit): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const [uri, edits] of Object.entries(changes)) edit.set(vscode.Uri.parse(uri), edits.map(toTextEdit));
  return edit;
}

export function toTextEdit({ range, newText }: lsp.TextEdit): vscode.TextEdit {
  return new vscode.TextEdit(toRange(range), newText);
}

export function toLocation({ uri, range }: lsp.Location): vscode.Location {
  return new vscode.Location(vscode.Uri.parse(uri), toRange(range));
}

/** LSP counts kinds from 1, VS Code from 0, in the same order; of the tags there is one. */
export function toSymbol(from: lsp.DocumentSymbol): vscode.DocumentSymbol {
  const symbol = new vscode.DocumentSymbol(
    from.name,
    from.detail ?? "",
    from.kind - 1,
    toRange(from.range),
    toRange(from.selectionRange),
  );
  if (from.tags !== undefined) symbol.tags = [vscode.SymbolTag.Deprecated];
  return symbol;
}

export function toFoldingRange({ startLine, endLine, kind }: lsp.FoldingRange): vscode.FoldingRange {
  return new vscode.FoldingRange(
    startLine,
    endLine,
    kind === "comment" ? vscode.FoldingRangeKind.Comment : undefined,
  );
}

export function toSelectionRange({ range, parent }: lsp.SelectionRange): vscode.SelectionRange {
  return new vscode.SelectionRange(toRange(range), parent && toSelectionRange(parent));
}
