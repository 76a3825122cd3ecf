/**
 * The events that go to one client: in order, none lost, none twice. What a client has not read yet is not kept
 * for it: there is a place in the log where it stands, and it goes on from there when it reads again. Where that
 * place is no longer remembered, a snapshot of the state stands in for what is gone.
 */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { isUrgent } from "../../core/protocol/urgent.ts";
import type { Status } from "../../core/protocol/words.ts";
import type { EventFrames } from "./event-frames.ts";
import type { EventLog } from "./event-log.ts";

export interface StreamOptions {
  readonly client: WebSocket;
  /** What the client's frames are written to, whole ones, past `ws`: they are the same bytes for every client. */
  readonly socket: Pick<
    Duplex,
    "cork" | "uncork" | "write" | "writableLength" | "writableHighWaterMark" | "on" | "off"
  >;
  readonly events: EventLog;
  /** The last event that the client has; `events.reaches(from)`. */
  readonly from: number;
  readonly frames: EventFrames;
  /** Which events this client asked for. Default: all. */
  readonly wants?: ((event: AgentEvent) => boolean) | undefined;
  readonly statusOf: () => Promise<Status>;
  /** Told why no snapshot could be made; the client is then sent away to come again. */
  readonly onError: (error: unknown) => void;
}

/** A client for which more is on its way is given no more; of very many clients each is given less. */
const maxUnreadBytes = 256 * 1024;
const maxUnreadBytesOfAll = 32 * 1024 * 1024;
/** Urgent events may go this far beyond. */
const maxAheadBytes = 1024 * 1024;
const batch = 64;

export interface EventStream {
  /** Events that the client has not been sent yet. */
  readonly behind: number;
  stop(): void;
}

export function streamEvents(options: StreamOptions): EventStream {
  const { client, socket, events, frames, wants = () => true } = options;
  let sent = options.from;
  let due = false;
  let stopped = false;
  let snapshotting = false;

  // Never below the high-water mark: only from there on a `drain` follows.
  const isFull = (): boolean =>
    socket.writableLength >
    Math.max(socket.writableHighWaterMark, Math.min(maxUnreadBytes, maxUnreadBytesOfAll / events.listeners));

  // A failure is followed by the socket's `close`: whoever owns it stops this stream.
  const write = (frame: Buffer): void => void socket.write(frame);
  const snapshot = async (): Promise<void> => {
    snapshotting = true;
    try {
      const { seq, stream } = events;
      const status = await options.statusOf();
      if (stopped) return;
      sent = seq;
      write(frames.snapshot({ stream, seq, status }));
    } finally {
      snapshotting = false;
    }
  };
  const pump = (): void => {
    due = false;
    if (stopped || snapshotting || client.readyState !== client.OPEN) return;
    socket.cork();
    try {
      while (sent < events.seq && !isFull()) {
        const next = events.since(sent, batch);
        if (next === undefined) {
          void snapshot().then(wake, options.onError);
          return;
        }
        for (const event of next) {
          if (isFull()) return;
          sent = event.seq;
          if (wants(event)) write(frames.event(event));
        }
      }
    } finally {
      socket.uncork();
    }
  };
  /** What one turn brings goes out at its end. */
  function wake(): void {
    if (due || stopped || sent === events.seq || isFull()) return;
    due = true;
    setImmediate(pump);
  }
  const deafen = events.on((event) => {
    wake();
    const waits = isFull() && socket.writableLength <= maxAheadBytes;
    if (waits && frames.ahead && wants(event) && isUrgent(event) && client.readyState === client.OPEN)
      write(frames.ahead(event));
  });
  socket.on("drain", wake);
  wake();
  return {
    get behind() {
      return events.seq - sent;
    },
    stop() {
      stopped = true;
      deafen();
      socket.off("drain", wake);
    },
  };
}
