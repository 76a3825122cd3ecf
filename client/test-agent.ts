/**
 * For tests: an agent's outside and nothing behind it. A real WebSocket server on a real socket that
 * writes a real rendezvous file; what it answers is up to the test.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CancellationToken, createMessageConnection, type MessageConnection } from "vscode-jsonrpc/node";
import { type WebSocket, WebSocketServer } from "ws";
import {
  type AgentEvent,
  eventNotification,
  protocolVersion,
  type Rendezvous,
} from "../core/protocol/messages.ts";
import type { Status } from "../core/protocol/words.ts";
import { FrameReader, FrameWriter } from "./frames.ts";
import { type ProjectPaths, projectPaths } from "./location.ts";

export interface TestProject {
  readonly paths: ProjectPaths;
  readonly stateDir: string;
  remove(): void;
}

/** A project directory and a state directory of its own; the blank in the name is part of the test. */
export function testProject(): TestProject {
  const root = mkdtempSync(join(tmpdir(), "hotenv client-"));
  const directory = join(root, "project");
  const stateDir = join(root, "state");
  mkdirSync(directory);
  const paths = projectPaths(directory, { stateDir });
  mkdirSync(paths.stateDirectory, { recursive: true, mode: 0o700 });
  return { paths, stateDir, remove: () => rmSync(root, { recursive: true, force: true }) };
}

export function testStatus(paths: ProjectPaths, more: Partial<Status> = {}): Status {
  return {
    project: { name: "project", directory: paths.directory },
    state: "stable",
    detail: "",
    services: [],
    sources: [],
    problems: [],
    revision: 1,
    lastGood: 1,
    paused: false,
    rollout: null,
    agent: { version: "0.0.0", pid: process.pid, startedAt: "2026-01-01T00:00:00.000Z" },
    ...more,
  };
}

export type Answer = (params: Record<string, unknown>, token: CancellationToken) => unknown;

export interface TestAgent {
  /** Params of each `initialize` so far. */
  readonly greetings: readonly Record<string, unknown>[];
  readonly requests: readonly IncomingMessage[];
  /** @param method of the notification; default `event` */
  send(event: AgentEvent, method?: string): void;
  /** Cuts every connection without a word. */
  cut(): void;
  /** Ends as an agent does that was told to: no rendezvous file, a farewell, no socket. */
  stop(): Promise<void>;
}

export interface TestAgentOptions {
  /** Sequence number and status that `initialize` answers with. */
  readonly seq?: number | (() => number);
  readonly status?: Status;
  readonly stream?: string;
  readonly resumed?: boolean;
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly rendezvous?: Partial<Rendezvous>;
  /** Sent to each client right behind the answer to `initialize`. */
  readonly replay?: readonly AgentEvent[];
}

export async function testAgent(paths: ProjectPaths, options: TestAgentOptions = {}): Promise<TestAgent> {
  const token = randomBytes(32).toString("hex");
  const greetings: Record<string, unknown>[] = [];
  const requests: IncomingMessage[] = [];
  const connections = new Map<WebSocket, MessageConnection>();
  const http = createServer();
  const server = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    requests.push(request);
    if (request.headers.authorization !== `Bearer ${token}` || request.url !== "/rpc") {
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = createMessageConnection(new FrameReader(webSocket), new FrameWriter(webSocket));
      connections.set(webSocket, connection);
      webSocket.once("close", () => {
        connections.delete(webSocket);
        connection.dispose();
      });
      connection.onRequest("initialize", (params: Record<string, unknown>) => {
        greetings.push(params);
        setImmediate(() => {
          for (const event of options.replay ?? [])
            void connection.sendNotification(eventNotification, event);
        });
        return {
          protocolVersion,
          status: options.status ?? testStatus(paths),
          seq: typeof options.seq === "function" ? options.seq() : (options.seq ?? 0),
          ...(options.stream === undefined ? {} : { stream: options.stream }),
          ...(options.resumed === undefined ? {} : { resumed: options.resumed }),
        };
      });
      for (const [method, answer] of Object.entries(options.answers ?? {}))
        connection.onRequest(method, answer);
      connection.listen();
    });
  });
  mkdirSync(dirname(paths.socket), { recursive: true, mode: 0o700 });
  http.listen(paths.socket);
  await once(http, "listening");
  const rendezvous: Rendezvous = {
    protocolVersion,
    version: "0.0.0",
    pid: process.pid,
    directory: paths.directory,
    socket: paths.socket,
    token,
    startedAt: "2026-01-01T00:00:00.000Z",
    ...options.rendezvous,
  };
  writeFileSync(paths.rendezvous, JSON.stringify(rendezvous), { mode: 0o600 });
  return {
    greetings,
    requests,
    send(event, method = eventNotification) {
      for (const connection of connections.values()) void connection.sendNotification(method, event);
    },
    cut() {
      for (const webSocket of connections.keys()) webSocket.terminate();
    },
    async stop() {
      rmSync(paths.rendezvous, { force: true });
      for (const webSocket of connections.keys()) webSocket.close(1001);
      http.close();
      await once(http, "close");
    },
  };
}
