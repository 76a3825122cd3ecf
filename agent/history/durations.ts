/** What rollouts did to services, and how long that took. */
import * as z from "zod";
import type { Action, Rollout, Verdict } from "../../core/protocol/words.ts";
import { readRow, type Store } from "./store.ts";

/** Older rollouts say little about the service as it is now. */
const rolloutsLookedAt = 20;

export interface MedianDuration {
  readonly ms: number;
  /** Of how many rollouts. */
  readonly count: number;
}

const rowSchema = z.object({ ms: z.number() });

export function median(sorted: readonly number[]): number | undefined {
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** Of the newest applied rollouts in which this action was done to the service. */
export function medianDuration(store: Store, service: string, action: Action): MedianDuration | undefined {
  const durations = store.database
    .all(
      `SELECT ms FROM step WHERE service = ? AND action = ? AND verdict = 'applied' AND ms IS NOT NULL
       ORDER BY revision DESC LIMIT ?`,
      service,
      action,
      rolloutsLookedAt,
    )
    .map((row) => readRow(store, rowSchema, row).ms)
    .sort((a, b) => a - b);
  const ms = median(durations);
  return ms === undefined ? undefined : { ms, count: durations.length };
}

/** Within a transaction: the steps of a rollout that has ended. */
export function recordSteps(store: Store, revision: number, verdict: Verdict, rollout: Rollout): void {
  for (const step of rollout.phases.flatMap((phase) => phase.steps)) {
    // Nothing was done to it.
    if (step.state === "pending" || step.state === "skipped") continue;
    store.database.run(
      "INSERT OR REPLACE INTO step (service, action, revision, verdict, state, ms) VALUES (?, ?, ?, ?, ?, ?)",
      step.service,
      step.action,
      revision,
      verdict,
      step.state,
      step.durationMs ?? null,
    );
  }
}
