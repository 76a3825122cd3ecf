/**
 * The asking half of JSON-RPC 2.0 over a WebSocket, one message a frame: requests out, answers and
 * notifications in. The agent's half is vscode-jsonrpc, whose conventions for cancellation hold here; in the
 * extension that library would cost a fifth of the bundle for what these lines do.
 */
import type { RawData, WebSocket } from "ws";
import * as z from "zod/mini";

export interface Asking {
  /**
   * Aborting asks the other side to cancel; the request then ends as it answers.
   * @throws RpcError what the other side answered, ConnectionLost
   */
  request(method: string, params: object, signal?: AbortSignal): Promise<unknown>;
}

export interface Hearing {
  readonly onNotification: (method: string, params: unknown) => void;
  /** Told of messages that are none. */
  readonly report: (problem: string) => void;
}

export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: unknown;

  constructor({ code, message, data }: z.infer<typeof rpcErrorSchema>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

const rpcErrorSchema = z.object({ code: z.number(), message: z.string(), data: z.optional(z.unknown()) });
const jsonrpc = "2.0";
const messageSchema = z.union([
  z.object({ jsonrpc: z.literal(jsonrpc), id: z.number(), error: rpcErrorSchema }),
  z.object({ jsonrpc: z.literal(jsonrpc), id: z.number(), result: z.unknown() }),
  z.object({ jsonrpc: z.literal(jsonrpc), method: z.string(), params: z.optional(z.unknown()) }),
]);

/** RFC 6455, 7.4.1: data that is not consistent with the type of the message. */
const malformed = 1007;

/** @param socket open, and made with `allowSynchronousEvents: false`: one message a turn */
export function askOver(socket: WebSocket, { onNotification, report }: Hearing): Asking {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;

  socket.on("message", (data, isBinary) => {
    const message = messageSchema.safeParse(isBinary ? undefined : parseJson(data));
    if (!message.success) {
      report("A frame was not a JSON-RPC message.");
      socket.close(malformed);
    } else if ("method" in message.data) onNotification(message.data.method, message.data.params);
    else if ("error" in message.data) waiting.get(message.data.id)?.reject(new RpcError(message.data.error));
    else waiting.get(message.data.id)?.resolve(message.data.result);
  });
  socket.once("close", () => {
    for (const { reject } of waiting.values()) reject(new ConnectionLost("The connection was lost."));
  });

  const send = (message: object): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.send(JSON.stringify({ jsonrpc, ...message }), (error) => {
        if (error) reject(new ConnectionLost(error.message, { cause: error }));
        else resolve();
      });
    });

  return {
    async request(method, params, signal) {
      lastId += 1;
      const id = lastId;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, answer);
      const cancel = (): void =>
        void send({ method: "$/cancelRequest", params: { id } }).catch((error: Error) =>
          report(error.message),
        );
      signal?.addEventListener("abort", cancel, { once: true });
      try {
        send({ id, method, params }).catch(answer.reject);
        return await answer.promise;
      } finally {
        signal?.removeEventListener("abort", cancel);
        waiting.delete(id);
      }
    },
  };
}

/** undefined for what is not JSON: the schema refuses it like any other wrong value. */
function parseJson(data: RawData): unknown {
  try {
    return JSON.parse(data.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
