/** An editor of a few lines: the client's half of a conversation with `hotenv lsp`, a real process. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import type { Diagnostic } from "vscode-languageserver-types";

const main = fileURLToPath(new URL("../../agent/main.ts", import.meta.url));

export interface Published {
  readonly uri: string;
  readonly version: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface Editor extends AsyncDisposable {
  /** Rejects as the server answers. */
  ask<Answer>(method: string, params?: object): Promise<Answer>;
  tell(method: string, params?: object): Promise<void>;
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
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const published: Published[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification("textDocument/publishDiagnostics", (params: Published) => {
    published.push(params);
    for (const look of waiting) look();
  });
  connection.listen();

  return {
    ask: <Answer>(method: string, params?: object) =>
      params === undefined
        ? connection.sendRequest<Answer>(method)
        : connection.sendRequest<Answer>(method, params),
    tell: (method, params) =>
      params === undefined
        ? connection.sendNotification(method)
        : connection.sendNotification(method, params),
    diagnostics: (uri, version) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = published.findIndex((one) => one.uri === uri && one.version >= version);
          const [one] = found === -1 ? [] : published.splice(found, 1);
          if (one === undefined) return;
          waiting.delete(look);
          resolve(one.diagnostics);
        };
        waiting.add(look);
        ended.then(() => reject(new Error(`The server ended. ${standardError}`)), reject);
        look();
      }),
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
  editor: Editor,
  initializationOptions: object | null = null,
): Promise<Record<string, unknown>> {
  const answer = await editor.ask<{ capabilities: Record<string, unknown> }>("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    initializationOptions,
  });
  await editor.tell("initialized", {});
  return answer.capabilities;
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
