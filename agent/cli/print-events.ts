/** Follows a project's events and writes down what a person wants to know of them. */
import type { AgentEvent } from "../../core/protocol/messages.ts";
import type { Status } from "../../core/protocol/words.ts";
import type { EventLog } from "../server/event-log.ts";
import { renderEvent, tell } from "./render/event.ts";
import type { View } from "./render/view.ts";

/**
 * @param missed events before those that `events` will tell
 * @param known what the reader has been told already
 * @param write gets lines without their ends
 * @returns the way to stop
 */
export function printEvents(
  events: Pick<EventLog, "on">,
  missed: readonly AgentEvent[],
  known: Status,
  view: () => View,
  write: (line: string) => void,
): () => void {
  let told = tell(undefined, known);
  const print = (event: AgentEvent) => {
    for (const line of renderEvent(event, told, view())) write(line);
    if (event.type === "status_update") told = tell(told, event.data);
  };
  for (const event of missed) print(event);
  return events.on(print);
}
