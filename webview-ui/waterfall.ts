/** A rollout as bars on one axis of time: when each step began, what it did for how long. Pure. */
import type { Action, Moment, Rollout, RolloutStep, StepState } from "../core/protocol/words.ts";

export interface Segment {
  readonly state: StepState;
  readonly ms: number;
  /** Parts of the axis, 0 to 1. */
  readonly share: number;
}

export interface Bar {
  readonly service: string;
  readonly action: Action;
  readonly cause: string;
  readonly state: StepState;
  readonly detail: string;
  /** Where on the axis it begins, 0 to 1. */
  readonly offset: number;
  readonly segments: readonly Segment[];
  /** null: it has not begun, or nobody measured it. */
  readonly ms: number | null;
  readonly expectedMs: number | null;
  readonly live: boolean;
}

export interface Waterfall {
  readonly spanMs: number;
  readonly bars: readonly Bar[];
}

const ended: ReadonlySet<StepState> = new Set(["healthy", "failed", "rolled-back", "skipped"]);

/** Lengths of the axis while it is not known how long a rollout takes: it grows in steps, not all the time. */
const axisMs = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/** @param now ms since 1970: as far as a running rollout has come */
export function waterfall(rollout: Rollout, now: number): Waterfall {
  const start = Date.parse(rollout.startedAt);
  const end = rollout.endedAt === undefined ? Math.max(now, start) : Date.parse(rollout.endedAt);
  const over = rollout.verdict !== undefined;
  const spanMs = Math.max(over ? end - start : axisFor(end - start, expectedOf(rollout)), 1);
  const bars = rollout.phases.flatMap(({ steps }) =>
    steps.map((step) => barOf(step, start, end, spanMs, over)),
  );
  return { spanMs, bars };
}

function axisFor(elapsedMs: number, expectedMs: number): number {
  if (elapsedMs <= expectedMs) return expectedMs;
  return axisMs.find((length) => length > elapsedMs) ?? elapsedMs * 1.25;
}

/** Phases follow each other, steps of a phase do not. */
function expectedOf({ phases }: Rollout): number {
  return phases.reduce(
    (sum, { steps }) => sum + Math.max(0, ...steps.map(({ expectedMs }) => expectedMs ?? 0)),
    0,
  );
}

function barOf(step: RolloutStep, start: number, end: number, spanMs: number, over: boolean): Bar {
  const began = step.startedAt === undefined ? undefined : Date.parse(step.startedAt);
  const live = !over && began !== undefined && !ended.has(step.state);
  // Measured where it was; a step that was stopped with its rollout lasted as long as that.
  const ms = began === undefined ? null : live ? Math.max(0, end - began) : (step.durationMs ?? null);
  const offset = began === undefined ? 0 : clamp((began - start) / spanMs);
  const room = 1 - offset;
  const segments = segmentsOf(step, step.trail ?? [], began, ms).map((segment) => ({
    ...segment,
    share: segment.ms / spanMs,
  }));
  const total = segments.reduce((sum, { share }) => sum + share, 0);
  return {
    service: step.service,
    action: step.action,
    cause: step.cause,
    state: step.state,
    detail: step.detail ?? "",
    offset,
    segments:
      total > room
        ? segments.map((segment) => ({ ...segment, share: (segment.share / total) * room }))
        : segments,
    ms,
    expectedMs: step.expectedMs ?? null,
    live,
  };
}

/** As the agent noted it; in old histories it did not: one segment in the colour of the end. */
function segmentsOf(
  step: RolloutStep,
  moments: readonly Moment[],
  began: number | undefined,
  ms: number | null,
): readonly Omit<Segment, "share">[] {
  if (began === undefined || ms === null) return [];
  const working = moments.filter(({ state }) => !ended.has(state) && state !== "pending");
  if (working.length === 0) return [{ state: step.state, ms }];
  const seen = moments.filter(({ state }) => state !== "pending");
  const edges = [...seen.map(({ at }) => Math.max(began, Date.parse(at))), began + ms];
  return seen.flatMap(({ state }, index) => {
    const lasted = (edges[index + 1] ?? 0) - (edges[index] ?? 0);
    return lasted > 0 ? [{ state, ms: lasted }] : [];
  });
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));
