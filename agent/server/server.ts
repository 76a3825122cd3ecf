/** The agent's door: JSON-RPC over WebSocket on the project's socket, for those who have its token. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import type { ProjectPaths } from "../../client/location.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import { protocolVersion, type Rendezvous } from "../../core/protocol/messages.ts";
import { isNewer } from "../../core/protocol/versions.ts";
import { type Claim, claimProject } from "./claim.ts";
import { refusalOf, refuse } from "./gate.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { listenOn } from "./listen.ts";
import { createPresence } from "./presence.ts";
import { removeRendezvous, writeRendezvous } from "./rendezvous.ts";
import { openSession, type Session, type SessionContext } from "./session.ts";
import { closeCodes } from "./session-frames.ts";

export interface ServerOptions extends Pick<SessionContext, "api" | "events" | "statusOf"> {
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
  /** Started by a program, which may also replace it. */
  readonly spawned?: boolean;
  /** How long it goes on when nobody is connected; default for ever. */
  readonly idleMs?: number | undefined;
  /** Told once that nobody has been there for so long. Local services that run, and a rollout, count as somebody. */
  readonly onIdle?: () => void;
  /** A newer Hotenv waits for this agent to end. */
  readonly onHandover?: (version: string) => void;
}

export interface Server {
  readonly rendezvous: Rendezvous;
  /** A client came by another door. @returns to be called once, when it goes */
  enter(): () => void;
  /** How many clients are connected. */
  connections(): number;
  /** Lets requests in flight end, hangs up, and leaves nothing behind. */
  close(why?: "stopped" | "handover"): Promise<void>;
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
  let accepted = 0;
  let refused = 0;
  const listeningSince = performance.now();
  const heartbeat = startHeartbeat(upgrades.clients, heartbeatMs);
  const presence = createPresence({
    idleMs: options.idleMs,
    isBusy: async () => {
      const { state, services } = await options.statusOf();
      const ours = services.some(({ runtime, state: each }) => runtime === "process" && each === "running");
      return ours || state === "restarting" || state === "updating";
    },
    onIdle: () => options.onIdle?.(),
  });
  const context: SessionContext = {
    ...options,
    log,
    async handover({ version: newer }) {
      const { onHandover } = options;
      const refusal =
        options.spawned !== true || onHandover === undefined
          ? "It was started by hand"
          : isNewer(newer, version)
            ? undefined
            : "It is not older";
      if (refusal !== undefined)
        throw new HotenvError("usage", `The agent (version ${version}) does not make room. ${refusal}.`, {
          todo: "End it with `hotenv stop` if another one shall take over.",
        });
      onHandover?.(newer);
    },
    connections: () => ({
      uptimeMs: performance.now() - listeningSince,
      accepted,
      refused,
      clients: [...sessions].flatMap(([socket, { client, since, behind }]) =>
        client === undefined
          ? []
          : [
              {
                client,
                since: since.toISOString(),
                latencyMs: heartbeat.latencyMs(socket) ?? null,
                behind,
              },
            ],
      ),
    }),
  };

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
      refused += 1;
      refuse(socket, refusal);
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (client) => {
      accepted += 1;
      const leave = presence.enter();
      sessions.set(client, openSession(client, socket, context));
      client.once("close", () => {
        sessions.delete(client);
        leave();
      });
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
    ...(options.spawned === undefined ? {} : { spawned: options.spawned }),
  };
  try {
    await listenOn(http, paths);
    writeRendezvous(paths.rendezvous, rendezvous);
  } catch (error) {
    http.close();
    presence.close();
    heartbeat.stop();
    ownClaim?.release();
    throw error;
  }

  const close = async (why: "stopped" | "handover"): Promise<void> => {
    closing = true;
    presence.close();
    removeRendezvous(paths.rendezvous, token);
    await withinLimit(Promise.all([...sessions.values()].map((session) => session.settled())), closeMs);
    const [code, reason] =
      why === "handover"
        ? ([closeCodes.restart, "A newer agent takes over."] as const)
        : ([closeCodes.goingAway, "The agent ends."] as const);
    await Promise.all([...sessions.values()].map((session) => session.end(code, reason)));
    heartbeat.stop();
    // Also removes a Unix socket's file.
    http.close();
    http.closeAllConnections();
    await once(http, "close");
    ownClaim?.release();
  };
  let closed: Promise<void> | undefined;
  return {
    rendezvous,
    enter: () => presence.enter(),
    connections: () => sessions.size,
    close: (why = "stopped") => {
      closed ??= close(why);
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
