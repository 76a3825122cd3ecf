/** From the agent's events to its metrics, and what they know at the start. */
import type { AgentApi } from "../../../core/protocol/messages.ts";
import type { Status } from "../../../core/protocol/words.ts";
import type { EventLog } from "../event-log.ts";
import type { Metrics } from "./metrics.ts";

export interface Feed {
  readonly events: EventLog;
  readonly api: AgentApi;
  readonly statusOf: () => Promise<Status>;
  readonly log: (line: string) => void;
}

/** @returns the way to stop */
export function countEvents(metrics: Metrics, { events, api, statusOf, log }: Feed): () => void {
  const ended = new AbortController();
  const begin = async (): Promise<void> => {
    const status = await statusOf();
    metrics.setStatus(status);
    if (status.lastGood === null) return;
    const { rollout, time } = await api["history/show"]({ revision: status.lastGood }, ended.signal);
    metrics.setLastGood(rollout?.endedAt ?? time);
  };
  begin().catch((error: unknown) => {
    if (!ended.signal.aborted)
      log(`Metrics begin without the last state: ${error instanceof Error ? error.message : String(error)}`);
  });
  const stop = events.on((event) => {
    metrics.count(event);
    const told = performance.now();
    // Every listener has heard it by then, and what they wrote is with the system.
    setImmediate(() => metrics.countLag(performance.now() - told));
  });
  return () => {
    ended.abort();
    stop();
  };
}
