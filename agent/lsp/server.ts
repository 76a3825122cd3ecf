/** The language service for every editor that speaks the Language Server Protocol. */
import type { Readable, Writable } from "node:stream";
import {
  createMessageConnection,
  ErrorCodes,
  type MessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { codeActions, fixAll, fixAllKind, toTextEdits } from "../../core/language/actions.ts";
import { complete } from "../../core/language/completion.ts";
import { toLspRange } from "../../core/language/finding.ts";
import { formatDocument } from "../../core/language/format.ts";
import { hover } from "../../core/language/hover.ts";
import { definitions, nameUseAt, references, rename } from "../../core/language/navigate.ts";
import { documentSymbols, foldingRanges, selectionRange } from "../../core/language/outline.ts";
import type { Environment } from "../project/sources.ts";
import {
  initializeParams,
  type NotificationMethod,
  type NotificationParams,
  notificationParams,
  type RequestMethod,
  type RequestParams,
  requestParams,
} from "./messages.ts";
import { type Diagnosed, Workspace } from "./workspace.ts";

const capabilities = {
  positionEncoding: "utf-16",
  textDocumentSync: { openClose: true, change: 2 },
  completionProvider: { triggerCharacters: ["$", "{", "="] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  codeActionProvider: { codeActionKinds: ["quickfix", fixAllKind] },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
};

/** LSP's own error codes, beside those of JSON-RPC. */
const serverNotInitialized = -32002;
const requestFailed = -32803;

type Answers = { readonly [M in RequestMethod]: (params: RequestParams<M>) => unknown };
type Reactions = {
  readonly [M in NotificationMethod]: (params: NotificationParams<M>) => readonly Diagnosed[];
};

function answersOf(workspace: Workspace): Answers {
  const at = ({ textDocument, position }: RequestParams<"textDocument/hover">) => {
    const naming = workspace.naming(textDocument.uri);
    const use = naming && nameUseAt(naming.file, naming.lines.offsetAt(position));
    return naming === undefined || use === undefined ? undefined : { ...naming, use };
  };
  return {
    "textDocument/completion": ({ textDocument, position }) => {
      const found = workspace.variables(textDocument.uri);
      return found === undefined ? [] : complete(found.document, position, found.context);
    },
    "textDocument/hover": ({ textDocument, position }) => {
      const found = workspace.variables(textDocument.uri);
      return (found && hover(found.document, position, found.context)) ?? null;
    },
    "textDocument/definition": (params) => {
      const found = at(params);
      return found === undefined ? [] : definitions(found.files, found.use.name);
    },
    "textDocument/references": (params) => {
      const found = at(params);
      return found === undefined
        ? []
        : references(found.files, found.use.name, params.context.includeDeclaration);
    },
    "textDocument/prepareRename": (params) => {
      const found = at(params);
      if (found === undefined) return null;
      return { range: toLspRange(found.lines, found.use.range), placeholder: found.use.name };
    },
    "textDocument/rename": (params) => {
      const found = at(params);
      if (found === undefined) return null;
      const renaming = rename(found.files, found.use.name, params.newName);
      return renaming.ok ? renaming.edit : new ResponseError(requestFailed, renaming.reason);
    },
    "textDocument/codeAction": ({ textDocument, range, context: { only } }) => {
      const found = workspace.variables(textDocument.uri);
      if (found === undefined) return [];
      const { document, context } = found;
      const wants = (kind: string): boolean => only?.some((asked) => isWithin(kind, asked)) === true;
      // Fixes of the whole file are for those who ask for them, on saving or by name.
      const whole = wants(fixAllKind) ? fixAll(document, context) : undefined;
      return [
        ...(only === undefined || wants("quickfix") ? codeActions(document, range, context) : []),
        ...(whole === undefined ? [] : [whole]),
      ];
    },
    "textDocument/documentSymbol": ({ textDocument }) => {
      const found = workspace.variables(textDocument.uri);
      return found === undefined ? [] : documentSymbols(found.document);
    },
    "textDocument/foldingRange": ({ textDocument }) => {
      const found = workspace.variables(textDocument.uri);
      return found === undefined ? [] : foldingRanges(found.document);
    },
    "textDocument/formatting": ({ textDocument }) => {
      const found = workspace.variables(textDocument.uri);
      return found === undefined ? [] : toTextEdits(found.document, formatDocument(found.document));
    },
    "textDocument/selectionRange": ({ textDocument, positions }) => {
      const found = workspace.variables(textDocument.uri);
      return found === undefined
        ? null
        : positions.map((position) => selectionRange(found.document, position));
    },
  };
}

/** `source.fixAll.hotenv` is one of `source`. */
const isWithin = (kind: string, asked: string): boolean => kind === asked || kind.startsWith(`${asked}.`);

function reactionsOf(workspace: Workspace): Reactions {
  return {
    "textDocument/didOpen": ({ textDocument: { uri, text, version } }) => workspace.open(uri, text, version),
    "textDocument/didChange": ({ textDocument: { uri, version }, contentChanges }) =>
      workspace.change(uri, contentChanges, version),
    "textDocument/didClose": ({ textDocument: { uri } }) => workspace.close(uri),
    "workspace/didChangeWatchedFiles": ({ changes }) =>
      changes.flatMap(({ uri }) => workspace.changedOnDisk(uri)),
  };
}

export interface Streams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Serves one client until it says `exit` or goes away.
 * @param report told what goes wrong between the two, for standard error
 * @returns the exit code that LSP asks for: 0 after `shutdown`, else 1
 */
export function serveLanguage(
  { input, output }: Streams,
  version: string,
  environment: Environment,
  report: (message: string) => void,
): Promise<number> {
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const workspace = new Workspace(environment);
  const { promise, resolve } = Promise.withResolvers<number>();
  let state: "new" | "ready" | "shut" = "new";
  const end = (): void => {
    resolve(state === "shut" ? 0 : 1);
    // A client may keep its end open: nothing more is read.
    input.destroy();
  };

  connection.onRequest("initialize", (params: unknown) => {
    state = "ready";
    const asked = initializeParams.safeParse(params);
    const formats = asked.data?.initializationOptions?.format === true;
    return {
      capabilities: { ...capabilities, documentFormattingProvider: formats },
      serverInfo: { name: "hotenv", version },
    };
  });
  connection.onRequest("shutdown", () => {
    state = "shut";
    return null;
  });
  connection.onNotification("exit", () => {
    connection.dispose();
    end();
  });
  connection.onError(([error]) => report(error.message));
  connection.onClose(end);

  const answers = answersOf(workspace);
  const isReady = (): boolean => state === "ready";
  for (const method of Object.keys(requestParams) as RequestMethod[])
    answerTo(connection, method, answers, isReady);
  const reactions = reactionsOf(workspace);
  for (const method of Object.keys(notificationParams) as NotificationMethod[])
    reactTo(connection, method, reactions, isReady, report);
  connection.listen();
  return promise;
}

function answerTo<M extends RequestMethod>(
  connection: MessageConnection,
  method: M,
  answers: Answers,
  isReady: () => boolean,
): void {
  connection.onRequest(method, (params: unknown) => {
    if (!isReady()) return new ResponseError(serverNotInitialized, "Send `initialize` first.");
    const parsed = requestParams[method].safeParse(params);
    if (!parsed.success) return new ResponseError(ErrorCodes.InvalidParams, parsed.error.message);
    return answers[method](parsed.data as RequestParams<M>);
  });
}

function reactTo<M extends NotificationMethod>(
  connection: MessageConnection,
  method: M,
  reactions: Reactions,
  isReady: () => boolean,
  report: (message: string) => void,
): void {
  connection.onNotification(method, (params: unknown) => {
    if (!isReady()) return;
    const parsed = notificationParams[method].safeParse(params);
    if (!parsed.success) {
      report(`${method} cannot be read: ${parsed.error.message}`);
      return;
    }
    for (const diagnosed of reactions[method](parsed.data as NotificationParams<M>))
      connection.sendNotification("textDocument/publishDiagnostics", diagnosed).catch((error: unknown) => {
        report(error instanceof Error ? error.message : String(error));
      });
  });
}
