/** One connection to a project's agent: typed calls, events, errors as the agent threw them. */
import { randomUUID } from "node:crypto";
import { connect as connectSocket } from "node:net";
import { WebSocket } from "ws";
import { t } from "../core/l10n.ts";
import { errorDataSchema, errorTable, HotenvError, toHotenvError } from "../core/protocol/errors.ts";
import {
  type AgentEvent,
  aheadNotification,
  eventNotification,
  eventSchema,
  type Method,
  onceMethods,
  type Params,
  protocolVersion,
  type Rendezvous,
  type Result,
  requests,
  type Snapshot,
  snapshotNotification,
  snapshotSchema,
} from "../core/protocol/messages.ts";
import { defaultHeartbeatMs, startHeartbeat } from "./heartbeat.ts";
import { type Asking, askOver, ConnectionLost, RpcError } from "./json-rpc.ts";
import { maxFrameBytes } from "./limits.ts";
import type { ProjectPaths } from "./location.ts";
import { findAgent } from "./rendezvous.ts";

export type CallableMethod = Exclude<Method, "initialize">;

export interface CallOptions {
  /** Aborting asks the agent to cancel; the call then ends as the agent answers. */
  readonly signal?: AbortSignal | undefined;
}

/** Anything that answers requests: one connection, or a session that outlives connections. */
export type Call = <M extends CallableMethod>(
  method: M,
  params: Params<M>,
  options?: CallOptions,
) => Promise<Result<M>>;

export interface AgentClient {
  /** What the agent answered to `initialize`. */
  readonly initial: Result<"initialize">;
  readonly rendezvous: Rendezvous;
  /** Requests that must not be done twice get a `requestId` where they have none. */
  readonly call: Call;
  /** How long a ping took to come back, in ms; undefined before the first. */
  readonly latencyMs: number | undefined;
  /**
   * Calls `listener` for each event; returns the way to stop. Events are delivered from the next turn of
   * the event loop on, so that a listener added right after `await connectAgent(…)` misses none.
   */
  onEvent(listener: (event: AgentEvent) => void): () => void;
  /** Verdicts and errors that overtake the events before them; each comes again in its turn. */
  onAhead(listener: (event: AgentEvent) => void): () => void;
  /** This client read too slowly: the snapshot stands in for all events up to its number. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void;
  /** Called once, when the connection has ended, whoever ended it. `code` is the WebSocket's close code. */
  onClose(listener: (code: number) => void): () => void;
  /** Ends the connection; calls that wait for an answer reject with `agent-unreachable`. */
  close(): void;
}

export interface ConnectOptions {
  readonly client: "extension" | "cli" | "page";
  readonly signal?: AbortSignal | undefined;
  /** The last event that this client saw on an earlier connection. */
  readonly lastSeq?: number | undefined;
  /** Whose number that is. */
  readonly stream?: string | undefined;
  /** An agent that has not answered a ping for this long is gone. Default 20 s. */
  readonly heartbeatMs?: number | undefined;
  /** Told of what an agent sent and this client cannot read. Default: silence. */
  readonly report?: ((problem: string) => void) | undefined;
}

const handshakeTimeoutMs = 5_000;
const initializeTimeoutMs = 10_000;
/** How long a peer may take to answer a close frame before the socket is destroyed. */
const closeTimeoutMs = 2_000;

/** @throws HotenvError agent-unreachable where no agent answers, unauthorized, cancelled */
export async function connectAgent(paths: ProjectPaths, options: ConnectOptions): Promise<AgentClient> {
  const found = await findAgent(paths);
  options.signal?.throwIfAborted();
  if (found.kind !== "agent")
    throw new HotenvError(
      "agent-unreachable",
      found.kind === "none"
        ? t("No agent runs for {0}.", paths.directory)
        : t("No agent runs for {0}: {1}.", paths.directory, found.why),
      { todo: t('Start one with "hotenv agent".') },
    );
  const { rendezvous } = found;
  const socket = await openSocket(rendezvous, options.signal);
  const report = options.report ?? (() => {});
  const listeners = new Set<(event: AgentEvent) => void>();
  const ahead = new Set<(event: AgentEvent) => void>();
  const snapshots = new Set<(snapshot: Snapshot) => void>();
  const connection = askOver(socket, {
    report,
    onNotification(method, params) {
      const told =
        method === eventNotification ? listeners : method === aheadNotification ? ahead : undefined;
      if (told !== undefined) {
        const event = eventSchema.safeParse(params);
        // A newer agent may have events that this client does not know; the others still count.
        if (!event.success) report("The agent sent an event that this version of Hotenv cannot read.");
        else for (const listener of [...told]) listener(event.data);
      } else if (method === snapshotNotification) {
        const snapshot = snapshotSchema.safeParse(params);
        if (!snapshot.success) report("The agent sent a status that this version of Hotenv cannot read.");
        else for (const listener of [...snapshots]) listener(snapshot.data);
      }
    },
  });
  const closed = new Set<(code: number) => void>();
  let closeCode: number | undefined;
  socket.on("error", (error) => report(error.message));
  socket.once("close", (code) => {
    closeCode = code;
    for (const listener of [...closed]) listener(code);
    closed.clear();
  });
  const close = (): void => {
    socket.close(1000);
    // A peer that never answers the close frame must not keep this process alive.
    const timer = setTimeout(() => socket.terminate(), closeTimeoutMs);
    socket.once("close", () => clearTimeout(timer));
  };
  const patience = AbortSignal.timeout(initializeTimeoutMs);
  const limit = AbortSignal.any([patience, ...(options.signal === undefined ? [] : [options.signal])]);
  const hangUp = (): void => socket.terminate();
  limit.addEventListener("abort", hangUp);
  try {
    const initial = await request(connection, "initialize", {
      protocolVersion,
      client: options.client,
      ...(options.lastSeq === undefined ? {} : { lastSeq: options.lastSeq }),
      ...(options.stream === undefined ? {} : { stream: options.stream }),
    });
    const heartbeat = startHeartbeat(socket, options.heartbeatMs ?? defaultHeartbeatMs);
    return {
      initial,
      rendezvous,
      call: (method, params, { signal } = {}) =>
        request(connection, method, withRequestId(method, params), signal),
      get latencyMs() {
        return heartbeat.latencyMs;
      },
      onEvent(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onAhead(listener) {
        ahead.add(listener);
        return () => ahead.delete(listener);
      },
      onSnapshot(listener) {
        snapshots.add(listener);
        return () => snapshots.delete(listener);
      },
      onClose(listener) {
        const code = closeCode;
        if (code === undefined) closed.add(listener);
        else queueMicrotask(() => listener(code));
        return () => closed.delete(listener);
      },
      close,
    };
  } catch (error) {
    close();
    if (options.signal?.aborted) throw toHotenvError(options.signal.reason);
    throw patience.aborted
      ? unreachable(rendezvous, t("it accepted the connection and then said nothing"))
      : error;
  } finally {
    limit.removeEventListener("abort", hangUp);
  }
}

const once: ReadonlySet<Method> = new Set(onceMethods);

/** Whether a request must not be done twice: it may be repeated over another connection under the same id. */
export const isOnce = (method: Method): boolean => once.has(method);

/** @returns the params, with an id where the method asks for one and there is none */
export function withRequestId<M extends CallableMethod>(method: M, params: Params<M>): Params<M> {
  return isOnce(method) && !("requestId" in params) ? { requestId: randomUUID(), ...params } : params;
}

/** @throws HotenvError agent-unreachable, unauthorized, cancelled */
export function openSocket(rendezvous: Rendezvous, signal: AbortSignal | undefined): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    // The path in the URL stands for the real one, which need not survive URL parsing (spaces, colons,
    // back slashes): `createConnection` opens that. The scheme matters: only requests with a `socketPath`
    // pass VS Code's patched `http` without being sent through a proxy agent.
    const socket = new WebSocket("ws+unix:/agent:/rpc", {
      headers: { Authorization: `Bearer ${rendezvous.token}` },
      createConnection: () => connectSocket(rendezvous.socket),
      handshakeTimeout: handshakeTimeoutMs,
      maxPayload: maxFrameBytes,
      perMessageDeflate: false,
      // One message a turn: whoever awaits an answer can listen before the next message is heard.
      allowSynchronousEvents: false,
    });
    let failure: HotenvError | undefined;
    const onAbort = (): void => {
      failure = toHotenvError(signal?.reason);
      socket.terminate();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = (): void => signal?.removeEventListener("abort", onAbort);
    socket.once("open", () => {
      settle();
      socket.off("error", onError);
      resolve(socket);
    });
    socket.once("unexpected-response", (request, response) => {
      failure =
        response.statusCode === 401 || response.statusCode === 403
          ? new HotenvError("unauthorized", t("The agent refused this client's token."), {
              todo: t("Try again: an agent that was started anew has a new token."),
            })
          : unreachable(rendezvous, t("it answered with status {0}", response.statusCode ?? 0));
      request.destroy();
      settle();
      reject(failure);
    });
    const onError = (error: Error): void => {
      settle();
      reject(failure ?? unreachable(rendezvous, error.message, error));
    };
    socket.on("error", onError);
  });
}

function unreachable(rendezvous: Rendezvous, why: string, cause?: Error): HotenvError {
  return new HotenvError(
    "agent-unreachable",
    t("The agent of {0} (process {1}) does not answer: {2}.", rendezvous.directory, rendezvous.pid, why),
    { cause, todo: t("If it stays so, end that process; the next client starts a new one.") },
  );
}

async function request<M extends Method>(
  connection: Asking,
  method: M,
  params: Params<M>,
  signal?: AbortSignal,
): Promise<Result<M>> {
  if (signal?.aborted) throw toHotenvError(signal.reason);
  const answer = await connection.request(method, params, signal).catch((error: unknown) => {
    throw fromWire(error);
  });
  return parseResult(method, answer);
}

function parseResult<M extends Method>(method: M, answer: unknown): Result<M> {
  const schema = requests[method].result;
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data as Result<M>;
  throw new HotenvError(
    "agent-unreachable",
    t('The agent\'s answer to "{0}" is not one that this version understands.', method),
    {
      cause: parsed.error,
      todo: t("Restart the agent: it may be of another version."),
    },
  );
}

/** An RPC error as the HotenvError that the agent threw; a lost connection as `agent-unreachable`. */
function fromWire(error: unknown): HotenvError {
  if (error instanceof ConnectionLost)
    return new HotenvError("agent-unreachable", t("The connection to the agent was lost."), {
      cause: error,
      todo: t("Try again: Hotenv reconnects by itself."),
    });
  if (error instanceof RpcError) {
    const data = errorDataSchema.safeParse(error.data);
    if (data.success) return new HotenvError(data.data.code, error.message, data.data);
    if (error.code === errorTable.cancelled.rpc)
      return new HotenvError("cancelled", t("The operation was cancelled."));
  }
  return toHotenvError(error);
}
