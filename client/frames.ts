/**
 * JSON-RPC messages over a WebSocket, one JSON text a frame: what vscode-jsonrpc calls a transport. For the
 * side that answers; the side that asks has json-rpc.ts.
 */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from "vscode-jsonrpc/node";
import type { RawData, WebSocket } from "ws";

export class FrameReader extends AbstractMessageReader implements MessageReader {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on("close", () => this.fireClose());
    socket.on("error", (error) => this.fireError(error));
  }

  override listen(callback: DataCallback): Disposable {
    const onMessage = (data: RawData, isBinary: boolean): void => {
      const message = isBinary ? undefined : parseMessage(data.toString());
      if (message !== undefined) callback(message);
      else {
        this.fireError(new Error("A frame was not a JSON-RPC message."));
        // 1007: data that is not consistent with the type of the message (RFC 6455, 7.4.1).
        this.#socket.close(1007);
      }
    };
    this.#socket.on("message", onMessage);
    return { dispose: () => this.#socket.off("message", onMessage) };
  }
}

export class FrameWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on("close", () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(JSON.stringify(message), (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  end(): void {
    this.#socket.close(1000);
  }
}

function parseMessage(text: string): Message | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return isMessage(value) ? value : undefined;
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "jsonrpc" in value && value.jsonrpc === "2.0";
}
