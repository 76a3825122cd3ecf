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
import { filePatterns } from "../../core/language/files.ts";
import { startService } from "../../core/language/service.ts";
import { fixAllKind, triggerCharacters } from "../../core/language/triggers.ts";
import type { Services } from "../../core/language/workspace/services.ts";
import type { Diagnosed, Workspace } from "../../core/language/workspace/workspace.ts";
import type { Environment } from "../project/sources.ts";
import { hostOf } from "./host.ts";
import {
  type InitializeParams,
  initializeParams,
  type NotificationMethod,
  type NotificationParams,
  notificationParams,
  type RequestMethod,
  type RequestParams,
  requestParams,
} from "./messages.ts";

const capabilities = {
  positionEncoding: "utf-16",
  textDocumentSync: { openClose: true, change: 2 },
  completionProvider: { triggerCharacters },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  codeActionProvider: { codeActionKinds: ["quickfix", fixAllKind] },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
};

/** The files whose changes on disk the server wants to hear of. */
const watching = {
  registrations: [
    {
      id: "hotenv-files",
      method: "workspace/didChangeWatchedFiles" satisfies NotificationMethod,
      registerOptions: { watchers: Object.values(filePatterns).map((globPattern) => ({ globPattern })) },
    },
  ],
};

/** LSP's own error codes, beside those of JSON-RPC. */
const serverNotInitialized = -32002;
const requestFailed = -32803;

/** A pause in the typing, after which the documents around are told. */
const quietMs = 50;

type Answers = { readonly [M in RequestMethod]: (params: RequestParams<M>) => unknown };
type Reactions = {
  readonly [M in NotificationMethod]: (params: NotificationParams<M>) => readonly Diagnosed[];
};

function answersOf(services: Services): Answers {
  return {
    "textDocument/completion": ({ textDocument: { uri }, position }) => services.completion(uri, position),
    "textDocument/hover": ({ textDocument: { uri }, position }) => services.hover(uri, position) ?? null,
    "textDocument/definition": ({ textDocument: { uri }, position }) => services.definition(uri, position),
    "textDocument/references": ({ textDocument: { uri }, position, context }) =>
      services.references(uri, position, context.includeDeclaration),
    "textDocument/prepareRename": ({ textDocument: { uri }, position }) =>
      services.prepareRename(uri, position) ?? null,
    "textDocument/rename": ({ textDocument: { uri }, position, newName }) => {
      const renaming = services.rename(uri, position, newName);
      if (renaming === undefined) return null;
      return renaming.ok ? renaming.edit : new ResponseError(requestFailed, renaming.reason);
    },
    "textDocument/codeAction": ({ textDocument: { uri }, range, context: { only } }) =>
      services.codeActions(uri, range, only),
    "textDocument/documentSymbol": ({ textDocument: { uri } }) => services.documentSymbols(uri),
    "textDocument/foldingRange": ({ textDocument: { uri } }) => services.foldingRanges(uri),
    "textDocument/formatting": ({ textDocument: { uri } }) => services.formatting(uri),
    "textDocument/selectionRange": ({ textDocument: { uri }, positions }) =>
      services.selectionRanges(uri, positions) ?? null,
  };
}

/** The document's own problems at once; what others see of it can wait for a pause in the typing. */
function reactionsOf(workspace: Workspace, tellAround: (uri: string) => void): Reactions {
  const one = (diagnosed: Diagnosed | undefined): readonly Diagnosed[] => (diagnosed ? [diagnosed] : []);
  return {
    "textDocument/didOpen": ({ textDocument: { uri, text, version } }) => {
      tellAround(uri);
      return one(workspace.open(uri, text, version));
    },
    "textDocument/didChange": ({ textDocument: { uri, version }, contentChanges }) => {
      tellAround(uri);
      return one(workspace.change(uri, contentChanges, version));
    },
    "textDocument/didClose": ({ textDocument: { uri } }) => {
      tellAround(uri);
      return one(workspace.close(uri));
    },
    "workspace/didChangeWatchedFiles": ({ changes }) => {
      // Of an open file the editor has the text.
      for (const { uri } of changes) if (!workspace.has(uri)) tellAround(uri);
      return [];
    },
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
  let options: NonNullable<InitializeParams["initializationOptions"]> = {};
  let watches = false;
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
  const { workspace, services } = startService(hostOf(environment, () => options.severity));
  const { promise, resolve } = Promise.withResolvers<number>();
  let state: "new" | "ready" | "shut" = "new";
  const end = (): void => {
    resolve(state === "shut" ? 0 : 1);
    // A client may keep its end open: nothing more is read.
    input.destroy();
  };

  connection.onRequest("initialize", (params: unknown) => {
    state = "ready";
    const asked = initializeParams.safeParse(params).data;
    options = asked?.initializationOptions ?? {};
    watches = asked?.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    const formats = options.format === true;
    return {
      capabilities: { ...capabilities, documentFormattingProvider: formats },
      serverInfo: { name: "hotenv", version },
    };
  });
  connection.onNotification("initialized", () => {
    if (watches)
      connection
        .sendRequest("client/registerCapability", watching)
        .catch((error: unknown) => report(error instanceof Error ? error.message : String(error)));
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

  const answers = answersOf(services);
  const isReady = (): boolean => state === "ready";
  for (const method of Object.keys(requestParams) as RequestMethod[])
    answerTo(connection, method, answers, isReady);
  const publish = (all: readonly Diagnosed[]): void => {
    for (const diagnosed of all)
      connection.sendNotification("textDocument/publishDiagnostics", diagnosed).catch((error: unknown) => {
        report(error instanceof Error ? error.message : String(error));
      });
  };
  const changed = new Set<string>();
  let pause: NodeJS.Timeout | undefined;
  const tellAround = (uri: string): void => {
    changed.add(uri);
    clearTimeout(pause);
    pause = setTimeout(() => {
      const uris = [...changed];
      changed.clear();
      if (state === "ready") for (const each of uris) publish(workspace.around(each));
    }, quietMs);
  };
  connection.onDispose(() => clearTimeout(pause));
  connection.onClose(() => clearTimeout(pause));
  const reactions = reactionsOf(workspace, tellAround);
  for (const method of Object.keys(notificationParams) as NotificationMethod[])
    reactTo(connection, method, (params) => publish(reactions[method](params as never)), isReady, report);
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
  react: (params: NotificationParams<M>) => void,
  isReady: () => boolean,
  report: (message: string) => void,
): void {
  connection.onNotification(method, (params: unknown) => {
    if (!isReady()) return;
    const parsed = notificationParams[method].safeParse(params);
    if (parsed.success) react(parsed.data as NotificationParams<M>);
    else report(`${method} cannot be read: ${parsed.error.message}`);
  });
}
