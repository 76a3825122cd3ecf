/** Hover, completion, quick fixes, outline of .env files: the language service behind VS Code's interfaces. */
import * as vscode from "vscode";
import { codeActions, fixAll, fixAllKind } from "../../core/language/actions.ts";
import { complete } from "../../core/language/completion.ts";
import { hover } from "../../core/language/hover.ts";
import { documentSymbols, foldingRanges, selectionRange } from "../../core/language/outline.ts";
import { Disposables } from "../disposables.ts";
import type { EnvDocument, EnvDocuments } from "./env-diagnostics.ts";
import { envFilePattern } from "./env-files.ts";
import {
  toCodeAction,
  toCompletionItem,
  toFoldingRange,
  toHover,
  toSelectionRange,
  toSymbol,
} from "./to-vscode.ts";

/** By pattern and not by language: other extensions claim .env files for languages of their own. */
const selector: vscode.DocumentSelector = [
  { scheme: "file", pattern: envFilePattern },
  { scheme: "untitled", pattern: envFilePattern },
];

export function provideLanguage(documents: EnvDocuments): vscode.Disposable {
  const owned = new Disposables();
  /** A schema has values of another kind: none of these services is for it. */
  const valuesOf = ({ uri }: vscode.TextDocument): EnvDocument | undefined => {
    const found = documents.of(uri);
    return found?.kind === "schema" ? undefined : found;
  };

  owned.add(
    vscode.languages.registerHoverProvider(selector, {
      provideHover(source, position) {
        const found = valuesOf(source);
        const shown = found && hover(found.document, position, found.context);
        return shown && toHover(shown);
      },
    }),
  );
  owned.add(
    vscode.languages.registerCompletionItemProvider(
      selector,
      {
        provideCompletionItems(source, position) {
          const found = valuesOf(source);
          return found && complete(found.document, position, found.context).map(toCompletionItem);
        },
      },
      "$",
      "{",
      "=",
    ),
  );
  const all = vscode.CodeActionKind.Empty.append(fixAllKind);
  owned.add(
    vscode.languages.registerCodeActionsProvider(
      selector,
      {
        provideCodeActions(source, range, { only }) {
          const found = valuesOf(source);
          if (found === undefined) return [];
          const { document, context } = found;
          // Fixes of the whole file are for those who ask for them, on saving or by name.
          const whole = only?.intersects(all) ? fixAll(document, context) : undefined;
          const here = only === undefined || only.intersects(vscode.CodeActionKind.QuickFix);
          return [
            ...(here ? codeActions(document, range, context) : []),
            ...(whole === undefined ? [] : [whole]),
          ].map(toCodeAction);
        },
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, all] },
    ),
  );
  owned.add(
    vscode.languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols(source) {
        const found = valuesOf(source);
        return found && documentSymbols(found.document).map(toSymbol);
      },
    }),
  );
  owned.add(
    vscode.languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges(source) {
        const found = documents.of(source.uri);
        return found && foldingRanges(found.document).map(toFoldingRange);
      },
    }),
  );
  owned.add(
    vscode.languages.registerSelectionRangeProvider(selector, {
      provideSelectionRanges(source, positions) {
        const found = valuesOf(source);
        return (
          found && positions.map((position) => toSelectionRange(selectionRange(found.document, position)))
        );
      },
    }),
  );
  return owned;
}
