/** How long to wait before the next attempt: exponential, jittered, then slow and steady. */

export interface Backoff {
  readonly firstMs: number;
  /** No wait is longer while there is hope. */
  readonly maxMs: number;
  /** Failed attempts in a row after which a client calls itself offline. */
  readonly limit: number;
  /** The wait from then on. */
  readonly slowMs: number;
  /** A connection that lasted this long counts as a success. */
  readonly settledMs: number;
}

export const defaultBackoff: Backoff = {
  firstMs: 100,
  maxMs: 5_000,
  limit: 6,
  slowMs: 30_000,
  settledMs: 5_000,
};

/**
 * @param failures failed attempts in a row, from 1
 * @param random in [0, 1); the wait lies between half of the full delay and all of it, so that many
 *   clients that lost the same agent do not come back in the same instant
 */
export function backoffMs(backoff: Backoff, failures: number, random: number = Math.random()): number {
  const full =
    failures >= backoff.limit
      ? backoff.slowMs
      : Math.min(backoff.maxMs, backoff.firstMs * 2 ** (failures - 1));
  return full * (0.5 + random / 2);
}
