/** Finds connections whose other end is gone without a word, and how long a word takes there and back. */
import type { WebSocket } from "ws";

export interface Heartbeat {
  /** Of the last ping that was answered, in ms. */
  latencyMs(client: WebSocket): number | undefined;
  stop(): void;
}

export function startHeartbeat(clients: ReadonlySet<WebSocket>, intervalMs: number): Heartbeat {
  const silent = new WeakSet<WebSocket>();
  const latencies = new WeakMap<WebSocket, number>();
  const beat = (client: WebSocket): void => {
    if (silent.has(client)) {
      client.terminate();
      return;
    }
    silent.add(client);
    const sent = performance.now();
    client.once("pong", () => {
      silent.delete(client);
      latencies.set(client, performance.now() - sent);
    });
    client.ping();
  };
  const timer = setInterval(() => {
    for (const client of clients) if (client.readyState === client.OPEN) beat(client);
  }, intervalMs);
  timer.unref();
  return { latencyMs: (client) => latencies.get(client), stop: () => clearInterval(timer) };
}
