/**
 * Clients that come every few milliseconds and do not wait for each other: a connection that hangs, as those to a
 * container do that is just starting, hides nothing of what the next one sees. On a machine that is slow to answer
 * they come less often, or they would be what makes it slow.
 */
import { ask } from "../support/prober.ts";

const patienceMs = 2_000;
/** At most so many have asked within that time and have no answer: where nobody serves, one comes every 20 ms. */
const [mostYoung, youngMs] = [6, 120];
const longestWaitMs = 60_000;

export interface SteadyProber {
  /** Until an answer of that text comes to a question that was asked after the call. */
  until(text: string): Promise<void>;
  /** Forgets the gaps so far. */
  reset(): void;
  /** The longest time between two good answers, in ms. */
  readonly longestGapMs: number;
  stop(): void;
}

export function probeSteadily(url: string, everyMs: number): SteadyProber {
  let longestGapMs = 0;
  let lastGood = performance.now();
  const waiting = new Set<(text: string, askedAt: number) => void>();
  let unanswered: readonly number[] = [];
  const timer = setInterval(() => {
    const askedAt = performance.now();
    unanswered = unanswered.filter((since) => askedAt - since < youngMs);
    if (unanswered.length >= mostYoung) return;
    unanswered = [...unanswered, askedAt];
    ask(url, patienceMs)
      .then(
        (text) => {
          const now = performance.now();
          longestGapMs = Math.max(longestGapMs, now - lastGood);
          lastGood = now;
          for (const hear of waiting) hear(text.trim(), askedAt);
        },
        // Nobody serves: that is what the gap says.
        () => undefined,
      )
      .finally(() => {
        unanswered = unanswered.filter((since) => since !== askedAt);
      });
  }, everyMs);
  return {
    get longestGapMs() {
      return longestGapMs;
    },
    reset() {
      longestGapMs = 0;
      lastGood = performance.now();
    },
    async until(wanted) {
      const since = performance.now();
      const heard = Promise.withResolvers<void>();
      const hear = (text: string, askedAt: number) => {
        if (text === wanted && askedAt >= since) heard.resolve();
      };
      const limit = setTimeout(
        () => heard.reject(new Error(`${url} does not serve ${wanted}.`)),
        longestWaitMs,
      );
      waiting.add(hear);
      try {
        await heard.promise;
      } finally {
        clearTimeout(limit);
        waiting.delete(hear);
      }
    },
    stop: () => clearInterval(timer),
  };
}
