/** How events are written for one kind of client. Every client of a kind gets the same bytes. */
import {
  type AgentEvent,
  aheadNotification,
  eventNotification,
  type Snapshot,
  snapshotNotification,
} from "../../core/protocol/messages.ts";

/**
 * A whole text message as a server sends it, unmasked (RFC 6455, 5.2): written once, it is the same for every client.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}

/** Whole WebSocket frames, as they go onto the wire. */
export interface EventFrames {
  event(event: AgentEvent): Buffer;
  /** An event that overtakes others and comes again in its turn; undefined where such clients cannot tell. */
  readonly ahead: ((event: AgentEvent) => Buffer) | undefined;
  snapshot(snapshot: Snapshot): Buffer;
}

/** Clients are told in turn: between the first and the last of them there are not many events. */
const rememberedFrames = 128;

/** @param make the text of a frame; called once an event, not once a client */
export function remembered(make: (event: AgentEvent) => string): (event: AgentEvent) => Buffer {
  const frames = new Map<AgentEvent, Buffer>();
  return (event) => {
    const known = frames.get(event);
    if (known !== undefined) return known;
    const frame = textFrame(make(event));
    frames.set(event, frame);
    if (frames.size > rememberedFrames)
      for (const oldest of frames.keys()) {
        frames.delete(oldest);
        break;
      }
    return frame;
  };
}

const notification = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: "2.0", method, params });

/** For clients that speak JSON-RPC. */
export const rpcFrames: EventFrames = {
  event: remembered((event) => notification(eventNotification, event)),
  ahead: remembered((event) => notification(aheadNotification, event)),
  snapshot: (snapshot) => textFrame(notification(snapshotNotification, snapshot)),
};
