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
  const beat = (client: WebSocket, isLate: boolean): void => {
    if (silent.has(client)) {
      // After a pause of this process's own (the machine slept, or was busy) an answer may lie unread.
      if (!isLate) client.terminate();
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
  let lastBeat = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const isLate = now - lastBeat > 1.5 * intervalMs;
    lastBeat = now;
    for (const client of clients) if (client.readyState === client.OPEN) beat(client, isLate);
  }, intervalMs);
  timer.unref();
  return { latencyMs: (client) => latencies.get(client), stop: () => clearInterval(timer) };
}
