/** What overtakes: the events that a person waits for, or must hear of. */
import type { AgentEvent } from "./messages.ts";

export const isUrgent = (event: AgentEvent): boolean =>
  event.type === "verdict" || (event.type === "log" && event.data.level === "error");
