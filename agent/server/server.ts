/** The agent's door: JSON-RPC over WebSocket on the project's socket, for those who have its token. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { ProjectPaths } from "../../client/location.ts";
import { protocolVersion, type Rendezvous } from "../../core/protocol/messages.ts";
import { type Claim, claimProject } from "./claim.ts";
import { refusalOf, refuse } from "./gate.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { listenOn } from "./listen.ts";
import { removeRendezvous, writeRendezvous } from "./rendezvous.ts";
import { openSession, type Session, type SessionContext } from "./session.ts";
import { closeCodes } from "./session-frames.ts";

export interface ServerOptions extends Omit<SessionContext, "log"> {
  readonly paths: ProjectPaths;
  /** Hotenv's. */
  readonly version: string;
  /** Where whoever starts the server has claimed the project already: it is theirs to release. */
  readonly claim?: Claim;
  /** Told of defects and of broken connections; never of values. Default: standard error. */
  readonly log?: (line: string) => void;
  /** How long requests in flight may take to end when the server closes. Default 5 s. */
  readonly closeMs?: number;
  /** A client that has not answered for this long is gone. Default 30 s. */
  readonly heartbeatMs?: number;
}

export interface Server {
  readonly rendezvous: Rendezvous;
  /** Lets requests in flight end, hangs up, and leaves nothing behind. */
  close(): Promise<void>;
}

/** Clients send requests: small. (They receive answers: large.) */
const maxRequestBytes = 1024 * 1024;
const maxHeaderBytes = 8 * 1024;
const headerMs = 5000;
const tokenBytes = 32;

/**
 * Resolves when clients can connect.
 * @throws agent-running where another process has the project, history-unwritable
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { paths, version, closeMs = 5000, heartbeatMs = 30_000 } = options;
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const ownClaim = options.claim ? undefined : claimProject(paths);
  const token = randomBytes(tokenBytes).toString("hex");
  const sessions = new Map<WebSocket, Session>();
  const upgrades = new WebSocketServer({
    noServer: true,
    maxPayload: maxRequestBytes,
    perMessageDeflate: false,
  });
  const http = createServer({
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headerMs,
    requestTimeout: headerMs,
  });
  let closing = false;

  http.on("request", (request, response) => {
    const { status } = refusalOf(request, token) ?? { status: 426 };
    response
      .writeHead(status, { Connection: "close", ...(status === 426 ? { Upgrade: "websocket" } : {}) })
      .end();
  });
  http.on("upgrade", (request, socket, head) => {
    socket.on("error", (error) => log(`A client that wanted to connect: ${error.message}`));
    const refusal = closing ? { status: 503, reason: "Service Unavailable" } : refusalOf(request, token);
    if (refusal) {
      refuse(socket, refusal);
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (client) => {
      sessions.set(client, openSession(client, { ...options, log }));
      client.once("close", () => sessions.delete(client));
    });
  });

  const rendezvous: Rendezvous = {
    protocolVersion,
    version,
    pid: process.pid,
    directory: paths.directory,
    socket: paths.socket,
    token,
    startedAt: new Date().toISOString(),
  };
  try {
    await listenOn(http, paths);
    writeRendezvous(paths.rendezvous, rendezvous);
  } catch (error) {
    http.close();
    ownClaim?.release();
    throw error;
  }
  const stopHeartbeat = startHeartbeat(upgrades.clients, heartbeatMs);

  const close = async (): Promise<void> => {
    closing = true;
    removeRendezvous(paths.rendezvous, token);
    await withinLimit(Promise.all([...sessions.values()].map((session) => session.settled())), closeMs);
    await Promise.all(
      [...sessions.values()].map((session) => session.end(closeCodes.goingAway, "The agent ends.")),
    );
    stopHeartbeat();
    // Also removes a Unix socket's file.
    http.close();
    http.closeAllConnections();
    await once(http, "close");
    ownClaim?.release();
  };
  let closed: Promise<void> | undefined;
  return {
    rendezvous,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function withinLimit(work: Promise<unknown>, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  await Promise.race([work, limit.promise]);
  clearTimeout(timer);
}
