/** An editor's half of a conversation with `hotenv lsp`, a real process, through the protocol's own client connection. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  InitializedNotification,
  InitializeRequest,
  type InitializeResult,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  type RegistrationParams,
  RegistrationRequest,
  type TextDocumentContentChangeEvent,
} from "vscode-languageserver-protocol/node";

const main = fileURLToPath(new URL("../../agent/main.ts", import.meta.url));

export interface Editor extends AsyncDisposable {
  readonly connection: ProtocolConnection;
  /** What the server asks to be told of. */
  readonly registered: RegistrationParams["registrations"];
  open(uri: string, text: string): Promise<readonly Diagnostic[]>;
  /** @returns the problems of that version */
  change(
    uri: string,
    version: number,
    ...contentChanges: TextDocumentContentChangeEvent[]
  ): Promise<readonly Diagnostic[]>;
  /** The next diagnostics of the document with at least this version. */
  diagnostics(uri: string, version: number): Promise<readonly Diagnostic[]>;
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number>;
  readonly standardError: () => string;
}

export async function startEditor(environment: Readonly<Record<string, string>> = {}): Promise<Editor> {
  const server = spawn(process.execPath, [main, "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH: process.env.PATH, ...environment },
  });
  const ended = once(server, "exit").then(([code]: unknown[]) => Number(code));
  let standardError = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    standardError += text;
  });
  const connection = createProtocolConnection(server.stdout, server.stdin);
  const published: PublishDiagnosticsParams[] = [];
  const registered: RegistrationParams["registrations"] = [];
  const waiting = new Set<() => void>();
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    published.push(params);
    for (const look of waiting) look();
  });
  connection.onRequest(RegistrationRequest.type, ({ registrations }) => {
    registered.push(...registrations);
  });
  connection.listen();
  const diagnostics = (uri: string, version: number): Promise<readonly Diagnostic[]> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = published.findIndex((one) => one.uri === uri && (one.version ?? -1) >= version);
        const [one] = found === -1 ? [] : published.splice(found, 1);
        if (one === undefined) return;
        waiting.delete(look);
        resolve(one.diagnostics);
      };
      waiting.add(look);
      ended.then(() => reject(new Error(`The server ended. ${standardError}`)), reject);
      look();
    });

  return {
    connection,
    registered,
    diagnostics,
    async open(uri, text) {
      const textDocument = { uri, languageId: "dotenv", version: 1, text };
      await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
      return diagnostics(uri, 1);
    },
    async change(uri, version, ...contentChanges) {
      const params = { textDocument: { uri, version }, contentChanges };
      await connection.sendNotification(DidChangeTextDocumentNotification.type, params);
      return diagnostics(uri, version);
    },
    ended,
    standardError: () => standardError,
    async [Symbol.asyncDispose]() {
      connection.dispose();
      if (server.exitCode === null) server.kill();
      await ended;
    },
  };
}

/** Says what every editor says first. */
export async function initialize(
  { connection }: Editor,
  initializationOptions: object | null = null,
): Promise<InitializeResult["capabilities"]> {
  const { capabilities } = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    initializationOptions,
  });
  await connection.sendNotification(InitializedNotification.type, {});
  return capabilities;
}

/** @returns the position of `‸` in a text, and the text without it */
export function atMark(marked: string): { text: string; position: { line: number; character: number } } {
  const offset = marked.indexOf("‸");
  assert.notEqual(offset, -1);
  const before = marked.slice(0, offset).split("\n");
  return {
    text: marked.replace("‸", ""),
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  };
}
