/** One client's connection, from its greeting to its end. */
import { createMessageConnection, ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import type { WebSocket } from "ws";
import { FrameWriter } from "../../client/frames.ts";
import { maxFrameBytes } from "../../client/limits.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import { type AgentApi, protocolVersion, type Result } from "../../core/protocol/messages.ts";
import type { Status } from "../../core/protocol/words.ts";
import { askAgent, asResponseError, isMethod, parseParams } from "./answer.ts";
import type { EventLog } from "./event-log.ts";
import { streamEvents } from "./event-stream.ts";
import { closeCodes, SessionReader } from "./session-frames.ts";

export interface SessionContext {
  readonly api: AgentApi;
  readonly events: EventLog;
  readonly statusOf: () => Promise<Status>;
  readonly log: (line: string) => void;
}

export interface Session {
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

export function openSession(client: WebSocket, context: SessionContext): Session {
  const running = new Set<Promise<unknown>>();
  let stopEvents: (() => void) | undefined;
  let greeted = false;
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
    if (greeted) throw new HotenvError("usage", "This connection has been initialized already.");
    greeted = true;
    clearTimeout(patience);
    // Taken before the status: what happens while that is made is rather told twice than not at all.
    const seq = context.events.seq;
    const { lastSeq } = greeting;
    const known = lastSeq !== undefined && context.events.since(lastSeq) !== undefined;
    const status = await context.statusOf();
    // The answer is written in the microtasks that follow this function's end: before the next turn.
    setImmediate(() => {
      if (client.readyState === client.OPEN)
        stopEvents = streamEvents(client, context.events, known ? lastSeq : seq);
    });
    return { protocolVersion, status, seq };
  };

  const answer = async (method: string, params: unknown, signal: AbortSignal): Promise<unknown> => {
    if (!isMethod(method))
      throw new ResponseError(ErrorCodes.MethodNotFound, `The agent knows no method "${method}".`, {
        code: "usage",
      });
    if (method === "initialize") return await greet(params);
    if (!greeted)
      throw new ResponseError(notInitialized, `"initialize" must come before "${method}".`, {
        code: "usage",
      });
    return await askAgent(context.api, method, params, signal);
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
    stopEvents?.();
    connection.dispose();
  });
  connection.listen();

  return {
    async settled() {
      await Promise.allSettled(running);
      // Until then vscode-jsonrpc has written the answers (see above).
      await new Promise((resolve) => setImmediate(resolve));
    },
    end,
  };
}
