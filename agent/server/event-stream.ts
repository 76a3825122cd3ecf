/** The events that go to one client: in order, none lost, none twice, or the connection ends. */
import type { WebSocket } from "ws";
import { type AgentEvent, eventNotification } from "../../core/protocol/messages.ts";
import type { EventLog } from "./event-log.ts";
import { closeCodes } from "./session-frames.ts";

/** What may wait in our memory for a client that does not read. */
const maxUnsentBytes = 4 * 1024 * 1024;

/** Every client gets the same bytes: written once an event, not once a client. */
let newest: { readonly event: AgentEvent; readonly frame: Buffer } | undefined;

function frameOf(event: AgentEvent): Buffer {
  if (newest?.event !== event) {
    const message = { jsonrpc: "2.0", method: eventNotification, params: event };
    newest = { event, frame: Buffer.from(JSON.stringify(message)) };
  }
  return newest.frame;
}

/**
 * Sends what came after `lastSeq`, then what comes. Where that is no longer remembered, or the client
 * does not keep up, it is sent away and told to come again: it then starts from a status.
 * @returns the way to stop; undefined where there is nothing to stop
 */
export function streamEvents(client: WebSocket, events: EventLog, lastSeq: number): (() => void) | undefined {
  let sent = lastSeq;
  let unsentBytes = 0;
  let stop: (() => void) | undefined;
  const sendAway = (reason: string): void => {
    stop?.();
    client.close(closeCodes.tryAgainLater, reason);
  };
  const send = (event: AgentEvent): void => {
    if (event.seq <= sent || client.readyState !== client.OPEN) return;
    const frame = frameOf(event);
    if (unsentBytes + frame.length > maxUnsentBytes) {
      sendAway("The client reads too slowly.");
      return;
    }
    sent = event.seq;
    unsentBytes += frame.length;
    // A failure is followed by the socket's `close`: whoever owns it stops this stream.
    client.send(frame, { binary: false }, () => {
      unsentBytes -= frame.length;
    });
  };
  const missed = events.since(lastSeq);
  if (missed === undefined) {
    sendAway("Too much happened since the last event.");
    return undefined;
  }
  stop = events.on(send);
  for (const event of missed) send(event);
  return stop;
}
