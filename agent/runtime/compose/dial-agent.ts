/** Connections that are no plain socket of this machine, kept for the next request until nobody needs them any more. */
import { Agent, type ClientRequestArgs } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

export abstract class DialAgent extends Agent {
  #isClosed = false;

  /** Whether they lead to this machine, as far as the address tells. */
  abstract readonly isLocal: boolean;

  abstract dial(options: ClientRequestArgs): Duplex;

  override createConnection(options: ClientRequestArgs): Duplex {
    return this.dial(options);
  }

  override keepSocketAlive(socket: Duplex): boolean {
    super.keepSocketAlive(socket);
    return !this.#isClosed;
  }

  /** What is under way may end in its own time; nothing is kept. */
  close(): void {
    this.#isClosed = true;
    for (const socket of Object.values(this.freeSockets).flat()) socket?.destroy();
  }
}

export const isLoopback = (host: string): boolean => ["localhost", "127.0.0.1", "::1"].includes(host);

/** Docker over TCP, as it is. */
export class TcpAgent extends DialAgent {
  readonly isLocal: boolean;
  readonly #host: string;
  readonly #port: number;

  constructor(host: string, port: number) {
    super({ keepAlive: true });
    this.isLocal = isLoopback(host);
    this.#host = host;
    this.#port = port;
  }

  dial(): Duplex {
    return connect({ host: this.#host, port: this.#port });
  }
}
