/** `/ws/config-status`: the agent's events for any WebSocket client, one JSON text a frame. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import * as z from "zod/mini";
import { type AgentEvent, eventSchema } from "../../../core/protocol/messages.ts";
import type { Status } from "../../../core/protocol/words.ts";
import { type EventFrames, remembered, textFrame } from "../event-frames.ts";
import type { EventLog } from "../event-log.ts";
import { streamEvents } from "../event-stream.ts";
import { startHeartbeat } from "../heartbeat.ts";
import { closeCodes } from "../session-frames.ts";

export const eventPath = "/ws/config-status";
/** What a client that has to name protocols of its own (a browser) agrees with us on. */
export const eventProtocol = "hotenv.events";

const eventTypes: ReadonlySet<string | undefined> = new Set(
  eventSchema.def.options.map((option) => option.shape.type.def.values[0]),
);
const maxClients = 128;
/** Nothing is expected from a client but answers to pings. */
const maxIncomingBytes = 1024;
const heartbeatMs = 30_000;
const maxPings = 60;
const farewellMs = 1000;

export interface Subscription {
  /** The last event that the client saw. */
  readonly lastSeq: number | undefined;
  /** Only these; undefined: all. */
  readonly types: ReadonlySet<string> | undefined;
}

const querySchema = z.strictObject({
  lastSeq: z.optional(z.string().check(z.regex(/^\d{1,15}$/))),
  types: z.optional(z.string()),
});

/** @returns undefined for a query that is not understood */
export function subscriptionOf(query: URLSearchParams): Subscription | undefined {
  const parsed = querySchema.safeParse(Object.fromEntries(query));
  if (!parsed.success) return undefined;
  const { lastSeq, types } = parsed.data;
  const wanted = types?.split(",");
  if (wanted?.some((type) => !eventTypes.has(type)) === true) return undefined;
  return {
    lastSeq: lastSeq === undefined ? undefined : Number(lastSeq),
    types: wanted === undefined ? undefined : new Set(wanted),
  };
}

export interface EventSockets {
  readonly count: number;
  readonly unsentBytes: number;
  /** Whether another client would be one too many. */
  readonly full: boolean;
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, subscription: Subscription): void;
  /** Says farewell to all. Resolves when they are gone. */
  close(): Promise<void>;
}

export interface EventSocketsOptions {
  readonly events: EventLog;
  readonly statusOf: () => Promise<Status>;
  /** A client came. @returns to be called when it goes */
  readonly enter: () => () => void;
  readonly log: (line: string) => void;
}

/** The events as they are: no envelope. A snapshot of the state is a `status_update`, as of its number. */
const frames: EventFrames = {
  event: remembered((event) => JSON.stringify(event)),
  ahead: undefined,
  snapshot: ({ seq, status }) => {
    const event: AgentEvent = {
      type: "status_update",
      timestamp: new Date().toISOString(),
      seq,
      data: status,
    };
    return textFrame(JSON.stringify(event));
  },
};

export function openEventSockets({ events, statusOf, enter, log }: EventSocketsOptions): EventSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxIncomingBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(eventProtocol) ? eventProtocol : ([...offered][0] ?? false)),
  });
  const heartbeat = startHeartbeat(server.clients, heartbeatMs);

  const serve = async (
    client: WebSocket,
    socket: Duplex,
    { lastSeq, types }: Subscription,
  ): Promise<void> => {
    let from = lastSeq;
    if (from === undefined || !events.reaches(from)) {
      // Taken before the status: what happens while that is made is rather told twice than not at all.
      const { seq, stream } = events;
      from = seq;
      const status = await statusOf();
      if (client.readyState !== client.OPEN) return;
      if (types?.has("status_update") !== false) socket.write(frames.snapshot({ stream, seq, status }));
    }
    const stream = streamEvents({
      client,
      socket,
      events,
      from,
      frames,
      wants: types === undefined ? undefined : ({ type }) => types.has(type),
      statusOf,
      onError: (error) => sendAway(client, error),
    });
    client.once("close", () => stream.stop());
  };
  const sendAway = (client: WebSocket, error: unknown): void => {
    log(`${eventPath}: ${error instanceof Error ? error.message : String(error)}`);
    client.close(closeCodes.tryAgainLater, "The state could not be told. Come again.");
  };

  const welcome = (client: WebSocket, socket: Duplex, subscription: Subscription): void => {
    client.on("error", (error) => log(`A client of ${eventPath}: ${error.message}`));
    client.on("message", () => client.close(closeCodes.policy, "This only tells. To ask, use /api."));
    let pings = 0;
    const calm = setInterval(() => {
      pings = 0;
    }, heartbeatMs);
    calm.unref();
    client.on("ping", () => {
      pings += 1;
      if (pings > maxPings) client.terminate();
    });
    const leave = enter();
    client.once("close", () => {
      clearInterval(calm);
      leave();
    });
    serve(client, socket, subscription).catch((error: unknown) => sendAway(client, error));
  };

  return {
    get count() {
      return server.clients.size;
    },
    get unsentBytes() {
      return [...server.clients].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
    },
    get full() {
      return server.clients.size >= maxClients;
    },
    accept: (request, socket, head, subscription) =>
      server.handleUpgrade(request, socket, head, (client) => welcome(client, socket, subscription)),
    async close() {
      heartbeat.stop();
      const clients = [...server.clients];
      const gone = clients.map((client) => new Promise((resolve) => client.once("close", resolve)));
      for (const client of clients) client.close(closeCodes.goingAway, "The agent ends.");
      const force = setTimeout(() => {
        for (const client of clients) client.terminate();
      }, farewellMs);
      await Promise.all(gone);
      clearTimeout(force);
      server.close();
    },
  };
}
