/** What an editor may ask of an open document, whatever its kind; positions and results are LSP's. */

import type {
  CodeAction,
  CompletionItem,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  Position,
  Range,
  SelectionRange,
  TextEdit,
} from "vscode-languageserver-types";
import { codeActions, fixAll, toTextEdits } from "../actions.ts";
import { complete } from "../completion.ts";
import { composeActions } from "../compose-actions.ts";
import { completeCompose } from "../compose-completion.ts";
import { hoverCompose } from "../compose-hover.ts";
import { toLspRange } from "../finding.ts";
import { formatDocument } from "../format.ts";
import { hover } from "../hover.ts";
import { definitions, nameUseAt, type Renaming, references, rename } from "../navigate.ts";
import { documentSymbols, foldingRanges, selectionRange } from "../outline.ts";
import { fixAllKind } from "../triggers.ts";
import type { Workspace } from "./workspace.ts";

export interface Services {
  completion(uri: string, position: Position): CompletionItem[];
  hover(uri: string, position: Position): Hover | undefined;
  definition(uri: string, position: Position): Location[];
  references(uri: string, position: Position, withDefinitions: boolean): Location[];
  /** undefined where no variable is named. */
  prepareRename(uri: string, position: Position): { range: Range; placeholder: string } | undefined;
  rename(uri: string, position: Position, newName: string): Renaming | undefined;
  /** @param only kinds that are asked for: fixes of the whole file are for those who ask for them */
  codeActions(uri: string, range: Range, only: readonly string[] | undefined): CodeAction[];
  documentSymbols(uri: string): DocumentSymbol[];
  foldingRanges(uri: string): FoldingRange[];
  selectionRanges(uri: string, positions: readonly Position[]): SelectionRange[] | undefined;
  formatting(uri: string): TextEdit[];
}

export function servicesOf(workspace: Workspace): Services {
  const nameAt = (uri: string, position: Position) => {
    const naming = workspace.naming(uri);
    const use = naming && nameUseAt(naming.file, naming.lines.offsetAt(position));
    return naming === undefined || use === undefined ? undefined : { ...naming, use };
  };
  return {
    completion(uri, position) {
      const compose = workspace.compose(uri);
      if (compose !== undefined) return completeCompose(compose, position);
      const found = workspace.variables(uri);
      return found === undefined ? [] : complete(found.document, position, found.context);
    },
    hover(uri, position) {
      const compose = workspace.compose(uri);
      if (compose !== undefined) return hoverCompose(compose, position);
      const found = workspace.variables(uri);
      return found && hover(found.document, position, found.context);
    },
    definition(uri, position) {
      const found = nameAt(uri, position);
      return found === undefined ? [] : definitions(found.files, found.use.name);
    },
    references(uri, position, withDefinitions) {
      const found = nameAt(uri, position);
      return found === undefined ? [] : references(found.files, found.use.name, withDefinitions);
    },
    prepareRename(uri, position) {
      const found = nameAt(uri, position);
      return found && { range: toLspRange(found.lines, found.use.range), placeholder: found.use.name };
    },
    rename(uri, position, newName) {
      const found = nameAt(uri, position);
      return found && rename(found.files, found.use.name, newName);
    },
    codeActions(uri, range, only) {
      const compose = workspace.compose(uri);
      if (compose !== undefined)
        return only === undefined || only.some((asked) => isWithin("quickfix", asked))
          ? composeActions(compose, range, workspace.projectEnv(uri))
          : [];
      const found = workspace.variables(uri);
      if (found === undefined) return [];
      const { document, context } = found;
      const wants = (kind: string): boolean => only?.some((asked) => isWithin(kind, asked)) === true;
      const whole = wants(fixAllKind) ? fixAll(document, context) : undefined;
      return [
        ...(only === undefined || wants("quickfix") ? codeActions(document, range, context) : []),
        ...(whole === undefined ? [] : [whole]),
      ];
    },
    documentSymbols(uri) {
      const found = workspace.variables(uri);
      return found === undefined ? [] : documentSymbols(found.document);
    },
    foldingRanges(uri) {
      const found = workspace.variables(uri);
      return found === undefined ? [] : foldingRanges(found.document);
    },
    selectionRanges(uri, positions) {
      const found = workspace.variables(uri);
      return found && positions.map((position) => selectionRange(found.document, position));
    },
    formatting(uri) {
      const found = workspace.variables(uri);
      return found === undefined ? [] : toTextEdits(found.document, formatDocument(found.document));
    },
  };
}

/** `source.fixAll.hotenv` is one of `source`; the empty kind holds all. */
const isWithin = (kind: string, asked: string): boolean =>
  asked === "" || kind === asked || kind.startsWith(`${asked}.`);
