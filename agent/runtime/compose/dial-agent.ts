/** Connections that are no plain socket of this machine, kept for the next request until nobody needs them any more. */
import { Agent, type ClientRequestArgs } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

export abstract class DialAgent extends Agent {
  #isClosed = false;

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

/** Docker over TCP, as it is. */
export class TcpAgent extends DialAgent {
  readonly #host: string;
  readonly #port: number;

  constructor(host: string, port: number) {
    super({ keepAlive: true });
    this.#host = host;
    this.#port = port;
  }

  dial(): Duplex {
    return connect({ host: this.#host, port: this.#port });
  }
}
