/**
 * Runs a plan as one transaction over services: each as soon as those that it depends on have proved themselves, every
 * operation journaled before it is performed; on failure everything goes back in reverse order and is proved again.
 */
import type { Rollout } from "../../core/protocol/words.ts";
import type { Script } from "../runtime/runtime.ts";
import { cleanUp, intendCleanups } from "./clean-up.ts";
import type { EngineParts, EngineRequest, Performed } from "./engine-request.ts";
import { accept, type Failure, failureOf, StepFailed, throwFirst } from "./failure.ts";
import { goBack } from "./go-back.ts";
import { type ExecutableStep, filesOperation } from "./rollout-plan.ts";
import { runStep } from "./run-step.ts";

/** Whatever a cancelled operation threw: it ended because somebody wanted it to. */
const reasonOf = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted && !(error instanceof StepFailed) ? signal.reason : error;

export async function runRollout(
  request: EngineRequest,
  parts: EngineParts,
  signal: AbortSignal,
): Promise<Rollout> {
  const { progress, journal } = parts;
  const scripts = new Map<ExecutableStep, Script>();
  try {
    await prepareAll(request, parts, scripts, signal);
    // The journal's first entry: what a crash from here on must put back beside the services.
    journal.intend(request.revision, 0, {
      phase: 0,
      service: "",
      operation: filesOperation(request.files),
      cleanup: false,
    });
  } catch (error) {
    // Nothing was touched yet: there is nothing to undo.
    return progress.end("rejected", failureOf(reasonOf(error, signal)));
  }

  const performed: Performed[] = [];
  let cleanups: readonly Performed[];
  try {
    await runSteps(request, parts, scripts, performed, signal);
    await holdSteady(request, parts, signal);
    cleanups = intendCleanups(request, parts, scripts, performed.length + 1);
    journal.commitPoint(request.revision);
  } catch (error) {
    const failure = failureOf(reasonOf(error, signal));
    if (request.keep === true && parts.keepFailed !== undefined && !signal.aborted)
      return keep(parts, parts.keepFailed, performed, failure);
    return await goBack(request, parts, performed, failure);
  }

  const left = await cleanUp(request, parts, cleanups);
  return progress.end("applied", left.length === 0 ? {} : { reason: left.join(" ") });
}

/** Leaves everything as it is now, for a person to look at. */
function keep(
  { progress, runtimeOf }: EngineParts,
  keepFailed: NonNullable<EngineParts["keepFailed"]>,
  performed: readonly Performed[],
  failure: Failure,
): Rollout {
  keepFailed(
    performed.map(({ seq, phase, step, operation }) => ({
      seq,
      phase,
      service: step.service,
      operation: { ...operation, runtime: runtimeOf(step).kind },
      cleanup: false,
      state: "performed",
    })),
  );
  const reason = `${failure.reason} It was left as it is, to be looked at; the next rollout puts it back first.`;
  return progress.end(failure.inconclusive ? "inconclusive" : "failed", { ...failure, reason });
}

async function prepareAll(
  request: EngineRequest,
  parts: EngineParts,
  scripts: Map<ExecutableStep, Script>,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  for (const [phase, { steps }] of request.plan.phases.entries()) {
    // Until the last has ended: no build goes on behind a rollout that was given up.
    const outcomes = await Promise.allSettled(
      steps.map(async (step) => {
        parts.progress.move(phase, step.service, "preparing");
        try {
          scripts.set(step, await parts.runtimeOf(step).prepare(step, parts.progress.rollout.id, either));
        } catch (error) {
          if (either.aborted) throw error;
          failed.abort();
          const failure = failureOf(error);
          parts.progress.move(phase, step.service, "failed", failure.reason);
          throw new StepFailed({ ...failure, service: step.service });
        }
      }),
    );
    throwFirst(outcomes);
  }
}

/** No service waits for one that it has nothing to do with. The first failure stops the others between two operations. */
async function runSteps(
  request: EngineRequest,
  parts: EngineParts,
  scripts: ReadonlyMap<ExecutableStep, Script>,
  performed: Performed[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const proved = new Map<string, Promise<void>>();
  for (const [phase, { steps }] of request.plan.phases.entries()) {
    const before = [...proved.keys()];
    for (const step of steps) {
      const needed = (step.waitsFor ?? before).map((service) => proved.get(service));
      const running = Promise.all(needed).then(async () => {
        either.throwIfAborted();
        try {
          await runStep(phase, step, request, parts, scripts.get(step), performed, either);
        } catch (error) {
          failed.abort();
          throw error;
        }
      });
      proved.set(step.service, running);
    }
  }
  throwFirst(await Promise.allSettled(proved.values()));
  signal.throwIfAborted();
}

/** One window for all services together: healthy still, and not restarted. */
async function holdSteady(request: EngineRequest, parts: EngineParts, signal: AbortSignal): Promise<void> {
  if (request.stabilityMs === 0) return;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const steps = request.plan.phases.flatMap(({ steps }, phase) => steps.map((step) => ({ phase, step })));
  const outcomes = await Promise.allSettled(
    steps.map(async ({ phase, step }) => {
      if (step.target === undefined) return;
      try {
        accept(
          step,
          await parts.runtimeOf(step).verify(step.service, step.target, request.stabilityMs, either),
        );
      } catch (error) {
        if (error instanceof StepFailed)
          parts.progress.move(phase, step.service, "failed", error.failure.reason);
        failed.abort();
        throw error;
      }
    }),
  );
  throwFirst(outcomes);
}
