/** Why a rollout turns back. */
import { toHotenvError } from "../../core/protocol/errors.ts";
import type { ProbeResult } from "../runtime/runtime.ts";
import type { ExecutableStep } from "./rollout-plan.ts";

export interface Failure {
  readonly service: string | undefined;
  readonly reason: string;
  readonly inconclusive: boolean;
  readonly log: readonly string[];
}

export class StepFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.reason);
    this.failure = failure;
  }
}

export const logLines = 20;

export function failureOf(error: unknown): Failure {
  if (error instanceof StepFailed) return error.failure;
  const known = toHotenvError(error);
  const reason = known.todo === undefined ? known.message : `${known.message} ${known.todo}`;
  return { service: undefined, reason, inconclusive: false, log: [] };
}

/** @throws StepFailed where the proof was not given */
export function accept(step: ExecutableStep, result: ProbeResult): void {
  if (result.ok) return;
  const { reason, inconclusive, log } = result;
  throw new StepFailed({ service: step.service, reason, inconclusive, log: log.slice(-logLines) });
}

/** Of several that ended badly, the one that failed by itself is the reason, not those that it stopped. */
export function throwFirst(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  const first = reasons.find((reason) => reason instanceof StepFailed) ?? reasons[0];
  if (first !== undefined) throw first;
}
