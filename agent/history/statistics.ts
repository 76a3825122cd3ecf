/** What the history can tell about itself: for the timeline and for metrics. */
import * as z from "zod";
import type { Statistics } from "../../core/protocol/messages.ts";
import { severitySchema } from "../../core/protocol/words.ts";
import { median } from "./durations.ts";
import { keysOf, kindNumber, tokenOf } from "./mentions.ts";
import { contentOf, rowOf } from "./revisions.ts";
import { readRow, type Store } from "./store.ts";

/** Steps that ended badly make a rollout count as failed for that service. */
const serviceRow = z.object({
  service: z.string(),
  rollouts: z.number(),
  applied: z.number(),
  failed: z.number(),
});
const msRow = z.object({ ms: z.number() });
const dayRow = z.object({ day: z.string(), severity: severitySchema, changes: z.number() });
const tokenRow = z.object({ token: z.number(), failures: z.number(), newest: z.number() });

export interface StatisticsOptions {
  /** ISO 8601, inclusive; default: all there is. */
  readonly since?: string | undefined;
  /** At most this many keys; default 10. */
  readonly keys?: number | undefined;
}

export function statistics(store: Store, { since, keys = 10 }: StatisticsOptions): Statistics {
  const from = since === undefined ? 0 : Date.parse(since);
  const first = firstSince(store, from);
  return {
    services: byService(store, first),
    days: byDay(store, from),
    failingKeys: byKey(store, first, keys),
  };
}

/** The oldest revision that is not older; numbers rise with time as far as the clock does. */
function firstSince(store: Store, from: number): number {
  const row = store.database.get("SELECT min(revision) AS first FROM revision WHERE time >= ?", from);
  return Number(row?.first ?? Number.MAX_SAFE_INTEGER);
}

function byService(store: Store, first: number): Statistics["services"] {
  const { database } = store;
  const rows = database.all(
    `SELECT service, count(*) AS rollouts, sum(verdict = 'applied') AS applied, sum(state = 'failed') AS failed
     FROM step WHERE revision >= ? GROUP BY service ORDER BY service`,
    first,
  );
  return rows.map((row) => {
    const counted = readRow(store, serviceRow, row);
    const durations = database
      .all(
        `SELECT ms FROM step
         WHERE service = ? AND revision >= ? AND verdict = 'applied' AND ms IS NOT NULL ORDER BY ms`,
        counted.service,
        first,
      )
      .map((one) => readRow(store, msRow, one).ms);
    const p95 = durations[Math.ceil(durations.length * 0.95) - 1];
    return {
      ...counted,
      medianMs: median(durations) ?? null,
      p95Ms: p95 ?? null,
      successRate: counted.applied / counted.rollouts,
    };
  });
}

/** Days of UTC. */
function byDay(store: Store, from: number): Statistics["days"] {
  return store.database
    .all(
      `SELECT date(time / 1000, 'unixepoch') AS day, severity, count(*) AS changes
       FROM revision WHERE time >= ? GROUP BY day, severity ORDER BY day, severity`,
      from,
    )
    .map((row) => readRow(store, dayRow, row));
}

function byKey(store: Store, first: number, limit: number): Statistics["failingKeys"] {
  return store.database
    .all(
      `SELECT token, count(*) AS failures, max(revision) AS newest FROM mention
       WHERE kind = ? AND revision IN
         (SELECT revision FROM revision WHERE state IN ('failed', 'rolled-back') AND revision >= ?)
       GROUP BY token ORDER BY failures DESC, newest DESC LIMIT ?`,
      kindNumber("key"),
      first,
      limit,
    )
    .flatMap((row) => {
      const { token, failures, newest } = readRow(store, tokenRow, row);
      const keys = keysOf(contentOf(store, rowOf(store, newest)).change);
      const key = keys.find((name) => tokenOf(store, "key", name) === token);
      return key === undefined ? [] : [{ key, failures, newest }];
    });
}
