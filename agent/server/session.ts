/** One client's connection, from its greeting to its end. */
import type { Duplex } from "node:stream";
import { createMessageConnection, ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import type { WebSocket } from "ws";
import { FrameWriter } from "../../client/frames.ts";
import { maxFrameBytes } from "../../client/limits.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import {
  type AgentApi,
  type Connections,
  type Params,
  protocolVersion,
  type Result,
} from "../../core/protocol/messages.ts";
import type { Status } from "../../core/protocol/words.ts";
import { askAgent, asResponseError, isMethod, parseParams } from "./answer.ts";
import { rpcFrames } from "./event-frames.ts";
import type { EventLog } from "./event-log.ts";
import { type EventStream, streamEvents } from "./event-stream.ts";
import { closeCodes, SessionReader } from "./session-frames.ts";

export interface SessionContext {
  readonly api: AgentApi;
  readonly events: EventLog;
  readonly statusOf: () => Promise<Status>;
  readonly log: (line: string) => void;
  /** @throws HotenvError where this agent does not make room for that version */
  readonly handover: (params: Params<"handover">) => Promise<void>;
  readonly connections: () => Connections;
}

export interface Session {
  /** undefined before the greeting. */
  readonly client: Params<"initialize">["client"] | undefined;
  readonly since: Date;
  /** Events that it has not been sent yet. */
  readonly behind: number;
  /** Resolves when the requests that run now have been answered, whatever the answer. */
  settled(): Promise<void>;
  /** Sends what is due and hangs up; by force after a while. Resolves when the socket is closed. */
  end(code: number, reason: string): Promise<void>;
}

/** How long a client may be connected without a greeting. */
const greetingMs = 10_000;
/** How long a client may take to answer a close frame. */
const farewellMs = 1000;
/** Language Server Protocol 3.17, "ServerNotInitialized". */
const notInitialized = -32002;

/** @param socket what the client's frames are written to */
export function openSession(client: WebSocket, socket: Duplex, context: SessionContext): Session {
  const running = new Set<Promise<unknown>>();
  const since = new Date();
  let stream: EventStream | undefined;
  let name: Session["client"];
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));

  const end = (code: number, reason: string): Promise<void> => {
    client.close(code, reason);
    const force = setTimeout(() => client.terminate(), farewellMs);
    return closed.finally(() => clearTimeout(force));
  };

  const greet = async (params: unknown): Promise<Result<"initialize">> => {
    const greeting = parseParams("initialize", params);
    if (greeting.protocolVersion !== protocolVersion)
      throw new HotenvError(
        "agent-unreachable",
        `The agent speaks version ${protocolVersion} of the protocol, the client version ${greeting.protocolVersion}.`,
        { todo: "Restart the agent with the newer Hotenv." },
      );
    if (name !== undefined) throw new HotenvError("usage", "This connection has been initialized already.");
    name = greeting.client;
    clearTimeout(patience);
    // Taken before the status: what happens while that is made is rather told twice than not at all.
    const { events, statusOf } = context;
    const { seq, stream: numbering } = events;
    const { lastSeq } = greeting;
    const sameStream = greeting.stream === undefined || greeting.stream === numbering;
    const resumed = lastSeq !== undefined && sameStream && events.reaches(lastSeq);
    const status = await statusOf();
    // The answer is written in the microtasks that follow this function's end: before the next turn.
    setImmediate(() => {
      if (client.readyState === client.OPEN)
        stream = streamEvents({
          client,
          socket,
          events,
          from: resumed ? lastSeq : seq,
          frames: rpcFrames,
          statusOf,
          onError: (error) => {
            context.log(
              `No snapshot could be made: ${error instanceof Error ? error.message : String(error)}`,
            );
            void end(closeCodes.tryAgainLater, "No snapshot could be made.");
          },
        });
    });
    return { protocolVersion, status, seq, stream: numbering, resumed };
  };

  const answer = async (method: string, params: unknown, signal: AbortSignal): Promise<unknown> => {
    if (!isMethod(method))
      throw new ResponseError(ErrorCodes.MethodNotFound, `The agent knows no method "${method}".`, {
        code: "usage",
      });
    if (method === "initialize") return await greet(params);
    if (method === "handover") {
      await context.handover(parseParams(method, params));
      return {};
    }
    if (name === undefined)
      throw new ResponseError(notInitialized, `"initialize" must come before "${method}".`, {
        code: "usage",
      });
    if (method === "connections") {
      parseParams(method, params);
      return context.connections();
    }
    return await askAgent(context.api, method, params, signal, name);
  };

  const writer = new FrameWriter(client);
  const write = writer.write.bind(writer);
  writer.write = (message) => {
    // Answers are asked for one by one; a client that asks and never reads is not kept.
    if (client.bufferedAmount > maxFrameBytes)
      void end(closeCodes.tryAgainLater, "The client reads too slowly.");
    return write(message);
  };
  const connection = createMessageConnection(new SessionReader(client), writer);
  connection.onRequest((method, params, token) => {
    // A connection that is lost does not cancel: a rollout outlives the window that asked for it.
    const cancellation = new AbortController();
    const listening = token.onCancellationRequested(() => cancellation.abort());
    if (token.isCancellationRequested) cancellation.abort();
    const answered = answer(method, params, cancellation.signal)
      .catch((error: unknown) => asResponseError(error, method, context.log))
      .finally(() => {
        listening.dispose();
        running.delete(answered);
      });
    running.add(answered);
    return answered;
  });
  connection.onError(([error]) => context.log(`A client's connection: ${error.message}`));
  const patience = setTimeout(() => void end(closeCodes.policy, "The client did not greet."), greetingMs);
  client.once("close", () => {
    clearTimeout(patience);
    stream?.stop();
    connection.dispose();
  });
  connection.listen();

  return {
    get client() {
      return name;
    },
    since,
    get behind() {
      return stream?.behind ?? 0;
    },
    async settled() {
      await Promise.allSettled(running);
      // Until then vscode-jsonrpc has written the answers (see above).
      await new Promise((resolve) => setImmediate(resolve));
    },
    end,
  };
}
