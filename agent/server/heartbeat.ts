/** Finds connections whose other end is gone without a word. */
import type { WebSocket } from "ws";

/** @returns the way to stop */
export function startHeartbeat(clients: ReadonlySet<WebSocket>, intervalMs: number): () => void {
  const silent = new WeakSet<WebSocket>();
  const beat = (client: WebSocket): void => {
    if (silent.has(client)) {
      client.terminate();
      return;
    }
    silent.add(client);
    client.once("pong", () => silent.delete(client));
    client.ping();
  };
  const timer = setInterval(() => {
    for (const client of clients) if (client.readyState === client.OPEN) beat(client);
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
