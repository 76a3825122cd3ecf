/** What a client may send: requests, and the cancellation of one. Nothing else reaches vscode-jsonrpc. */
import type { DataCallback, Disposable } from "vscode-jsonrpc/node";
import type { WebSocket } from "ws";
import * as z from "zod";
import { FrameReader } from "../../client/frames.ts";

/** WebSocket close codes (RFC 6455, 7.4.1; 1013 by IANA's registry). */
export const closeCodes = {
  /** The agent ends. */
  goingAway: 1001,
  /** Not a message of the protocol. */
  malformed: 1007,
  /** The client did not do what the protocol asks, such as to greet in time. */
  policy: 1008,
  /** The agent makes room for a newer one: come again in a moment. */
  restart: 1012,
  /** The client reads too slowly: it shall come again and say what it saw last. */
  tryAgainLater: 1013,
} as const;

const idSchema = z.union([z.string(), z.number()]);
const cancelMethod = "$/cancelRequest";

const noId = z.never().optional();

const messageSchema = z.union([
  z.object({ id: idSchema, method: z.string(), params: z.record(z.string(), z.unknown()).optional() }),
  z.object({ id: noId, method: z.literal(cancelMethod), params: z.object({ id: idSchema }) }),
]);
/** Notifications of a newer client: passed over. */
const notificationSchema = z.object({ id: noId, method: z.string().refine((name) => name !== cancelMethod) });

export class SessionReader extends FrameReader {
  readonly #client: WebSocket;

  constructor(client: WebSocket) {
    super(client);
    this.#client = client;
  }

  override listen(callback: DataCallback): Disposable {
    return super.listen((message) => {
      if (messageSchema.safeParse(message).success) callback(message);
      else if (!notificationSchema.safeParse(message).success)
        this.#client.close(closeCodes.malformed, "Not a request of this protocol.");
    });
  }
}
