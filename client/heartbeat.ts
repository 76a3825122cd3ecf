/** Finds out that the agent is gone without a word, and how long a word takes there and back. */
import type { WebSocket } from "ws";

export interface Heartbeat {
  /** Of the last ping that was answered. */
  readonly latencyMs: number | undefined;
}

export const defaultHeartbeatMs = 20_000;

/** The first ping goes out at once. Ends with the connection; keeps no process alive. */
export function startHeartbeat(socket: WebSocket, intervalMs: number): Heartbeat {
  let latencyMs: number | undefined;
  let sentAt: number | undefined;
  let lastBeat = performance.now();
  const beat = (): void => {
    const now = performance.now();
    const isLate = now - lastBeat > 1.5 * intervalMs;
    lastBeat = now;
    if (socket.readyState !== socket.OPEN) return;
    if (sentAt !== undefined) {
      // After a pause of this process's own (the machine slept, or was busy) an answer may lie unread.
      if (!isLate) socket.terminate();
      return;
    }
    sentAt = now;
    socket.ping();
  };
  socket.on("pong", () => {
    if (sentAt === undefined) return;
    latencyMs = performance.now() - sentAt;
    sentAt = undefined;
  });
  const timer = setInterval(beat, intervalMs);
  timer.unref();
  socket.once("close", () => clearInterval(timer));
  beat();
  return {
    get latencyMs() {
      return latencyMs;
    },
  };
}
