/** The language service behind VS Code's interfaces. */
import * as vscode from "vscode";
import { filePatterns } from "../../core/language/files.ts";
import { fixAllKind, triggerCharacters } from "../../core/language/triggers.ts";
import type { Services } from "../../core/language/workspace/services.ts";
import { settings } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import type { ExplainImpact } from "../impact/hover.ts";
import { t } from "../l10n.ts";
import type { LanguageDocuments } from "./documents.ts";
import {
  markdownOf,
  toCodeAction,
  toCompletionItem,
  toFoldingRange,
  toLocation,
  toRange,
  toSelectionRange,
  toSymbol,
  toTextEdit,
  toWorkspaceEdit,
} from "./to-vscode.ts";

/** By pattern and not by language: other extensions claim .env files for languages of their own. */
const variables: vscode.DocumentSelector = ["file", "untitled"].map((scheme) => ({
  scheme,
  pattern: filePatterns.variables,
}));
const named: vscode.DocumentSelector = Object.values(filePatterns).map((pattern) => ({
  scheme: "file",
  pattern,
}));
const explained: vscode.DocumentSelector = [
  ...(variables as vscode.DocumentFilter[]),
  { scheme: "file", pattern: filePatterns.compose },
];

/** @param explainImpact what else is to be said over a key: both are shown as one */
export function provideLanguage(
  documents: LanguageDocuments,
  explainImpact: ExplainImpact,
): vscode.Disposable {
  const owned = new Disposables();
  const { languages } = vscode;
  const ask = async <T>(question: (services: Services) => T): Promise<T> =>
    question((await documents.service()).services);

  owned.add(
    languages.registerHoverProvider(explained, {
      async provideHover(document, position) {
        const [shown, impact] = await Promise.all([
          ask((services) => services.hover(document.uri.toString(), position)),
          explainImpact(document, position),
        ]);
        const texts = [shown && markdownOf(shown), impact?.text].filter((text) => text !== undefined);
        if (texts.length === 0) return undefined;
        const range = shown?.range ? toRange(shown.range) : impact?.range;
        return new vscode.Hover(new vscode.MarkdownString(texts.join("\n\n---\n\n")), range);
      },
    }),
  );
  owned.add(
    languages.registerCompletionItemProvider(
      explained,
      {
        async provideCompletionItems({ uri }, position) {
          const items = await ask((services) => services.completion(uri.toString(), position));
          return items.map(toCompletionItem);
        },
      },
      ...triggerCharacters,
    ),
  );
  owned.add(
    languages.registerCodeActionsProvider(
      explained,
      {
        async provideCodeActions({ uri }, range, { only }) {
          const kinds = only === undefined ? undefined : [only.value];
          const actions = await ask((services) => services.codeActions(uri.toString(), range, kinds));
          return actions.map(toCodeAction);
        },
      },
      {
        providedCodeActionKinds: [
          vscode.CodeActionKind.QuickFix,
          vscode.CodeActionKind.Empty.append(fixAllKind),
        ],
      },
    ),
  );
  owned.add(
    languages.registerDocumentSymbolProvider(variables, {
      async provideDocumentSymbols({ uri }) {
        return (await ask((services) => services.documentSymbols(uri.toString()))).map(toSymbol);
      },
    }),
  );
  owned.add(
    languages.registerFoldingRangeProvider(variables, {
      async provideFoldingRanges({ uri }) {
        return (await ask((services) => services.foldingRanges(uri.toString()))).map(toFoldingRange);
      },
    }),
  );
  owned.add(
    languages.registerSelectionRangeProvider(variables, {
      async provideSelectionRanges({ uri }, positions) {
        return (await ask((services) => services.selectionRanges(uri.toString(), positions)))?.map(
          toSelectionRange,
        );
      },
    }),
  );
  owned.add(provideNames(ask));
  owned.add(provideFormatting(ask));
  return owned;
}

type Ask = <T>(question: (services: Services) => T) => Promise<T>;

/** Definition, references and rename of a variable, across all files of its project. */
function provideNames(ask: Ask): vscode.Disposable {
  const owned = new Disposables();
  const { languages } = vscode;
  owned.add(
    languages.registerDefinitionProvider(named, {
      async provideDefinition({ uri }, position) {
        return (await ask((services) => services.definition(uri.toString(), position))).map(toLocation);
      },
    }),
  );
  owned.add(
    languages.registerReferenceProvider(named, {
      async provideReferences({ uri }, position, { includeDeclaration }) {
        const found = await ask((services) =>
          services.references(uri.toString(), position, includeDeclaration),
        );
        return found.map(toLocation);
      },
    }),
  );
  owned.add(
    languages.registerRenameProvider(named, {
      async prepareRename({ uri }, position) {
        const found = await ask((services) => services.prepareRename(uri.toString(), position));
        // VS Code shows the sentence beside the cursor.
        if (found === undefined) throw new Error(t("Here is no variable that Hotenv knows."));
        return { range: toRange(found.range), placeholder: found.placeholder };
      },
      async provideRenameEdits({ uri }, position, to) {
        const renaming = await ask((services) => services.rename(uri.toString(), position, to));
        if (renaming === undefined) return undefined;
        if (!renaming.ok) throw new Error(renaming.reason);
        return toWorkspaceEdit(renaming.edit);
      },
    }),
  );
  return owned;
}

/** Only where a setting asks for it: as long as it is there, VS Code may take it for the formatter of these files. */
function provideFormatting(ask: Ask): vscode.Disposable {
  const owned = new Disposables();
  let provider: vscode.Disposable | undefined;
  const follow = (): void => {
    const wanted = vscode.workspace.getConfiguration().get<boolean>(settings.format, false);
    if (!wanted) {
      provider?.dispose();
      provider = undefined;
      return;
    }
    provider ??= vscode.languages.registerDocumentFormattingEditProvider(variables, {
      async provideDocumentFormattingEdits({ uri }) {
        return (await ask((services) => services.formatting(uri.toString()))).map(toTextEdit);
      },
    });
  };
  follow();
  owned.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settings.format)) follow();
    }),
  );
  owned.defer(() => provider?.dispose());
  return owned;
}
