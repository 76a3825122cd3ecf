/** The address is taken first, before the project is opened: what is wrong with it is said before anything happens. */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { assertProtected } from "./address.ts";
import { createWebServer, listenAt } from "./listen.ts";
import { refusal, send } from "./respond.ts";
import type { HttpSettings } from "./serve.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface BoundHttp {
  readonly server: Server;
  readonly port: number;
  /** Until then, whoever asks is told to come again. */
  serve(handler: Handler): void;
  /** Hangs up on everybody. May be called twice. */
  close(): void;
}

/** @throws usage where the address cannot be had, or is not protected; file-unreadable for a certificate */
export async function bindHttp({ address, tls, plainHttp }: HttpSettings): Promise<BoundHttp> {
  assertProtected(address, { tls: tls !== undefined, plainHttp });
  const server = createWebServer(tls);
  let handler: Handler = (request, response) =>
    send(
      request,
      response,
      refusal(503, "The agent starts.", { headers: { "Retry-After": "1" }, hangUp: true }),
    );
  server.on("request", (request, response) => handler(request, response));
  return {
    server,
    port: await listenAt(server, address),
    serve(next) {
      handler = next;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
