/** Who may come in: decided from the request's head, before the connection becomes a WebSocket. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

export const rpcPath = "/rpc";

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** Hashed first, so that a wrong length takes as long as a wrong byte. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** @returns why the request is refused; undefined where it may pass */
export function refusalOf(request: IncomingMessage, token: string): Refusal | undefined {
  // No client of ours sends it, every browser does: a page on the web must not reach us, token or not.
  if (request.headers.origin !== undefined) return { status: 403, reason: "Forbidden" };
  if (!sameSecret(request.headers.authorization ?? "", `Bearer ${token}`))
    return { status: 401, reason: "Unauthorized" };
  if (request.url !== rpcPath) return { status: 404, reason: "Not Found" };
  return undefined;
}

/** Answers on the bare socket and hangs up. */
export function refuse(socket: Duplex, { status, reason }: Refusal): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}
