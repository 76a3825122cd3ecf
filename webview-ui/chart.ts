/** The newest rollouts as bars of one chart. Pure. */
import type { RevisionSummary } from "../core/protocol/messages.ts";
import type { Verdict } from "../core/protocol/words.ts";
import { t } from "./l10n.ts";
import { ago, took } from "./time.ts";

export interface ChartBar {
  readonly revision: number;
  readonly time: string;
  readonly verdict: Verdict;
  readonly ms: number;
  /** Of the chart's height, 0 to 1. */
  readonly share: number;
}

export interface ChartData {
  /** Oldest first. */
  readonly bars: readonly ChartBar[];
  /** What the top of the chart stands for. */
  readonly topMs: number;
  /** The chart in a sentence. */
  readonly summary: string;
  /** When the first and the last one were. */
  readonly from: string;
  readonly to: string;
}

/** Steps for people: 1, 2, 5, 10, … */
function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(ms));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= ms) ?? ms;
}

function summaryOf(count: number, applied: number, median: string, longest: string): string {
  const others = count - applied;
  return count === 1
    ? t("1 rollout: {0} applied, {1} not; median {2}, longest {3}", applied, others, median, longest)
    : t(
        "The last {0} rollouts: {1} applied, {2} not; median {3}, longest {4}",
        count,
        applied,
        others,
        median,
        longest,
      );
}

/** A bar is seen however short the rollout was. */
const leastShare = 0.03;

/** @param runs newest first; those without a rollout, or whose rollout runs, are left out */
export function chartOf(runs: readonly RevisionSummary[], now: number): ChartData {
  const measured = runs
    .flatMap(({ revision, time, verdict, durationMs }) =>
      verdict === null || durationMs === null ? [] : [{ revision, time, verdict, ms: durationMs }],
    )
    .reverse();
  const durations = measured.map(({ ms }) => ms).sort((a, b) => a - b);
  const longest = durations.at(-1) ?? 0;
  const topMs = roundUp(Math.max(longest, 1));
  const applied = measured.filter(({ verdict }) => verdict === "applied").length;
  const median = durations[Math.floor((durations.length - 1) / 2)] ?? 0;
  const [first] = measured;
  const last = measured.at(-1);
  return {
    bars: measured.map((run) => ({ ...run, share: Math.max(leastShare, run.ms / topMs) })),
    topMs,
    summary: summaryOf(measured.length, applied, took(median), took(longest)),
    from: first === undefined ? "" : ago(Date.parse(first.time), now),
    to: last === undefined || last === first ? "" : ago(Date.parse(last.time), now),
  };
}
