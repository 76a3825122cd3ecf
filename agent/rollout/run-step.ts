/** One step: its operations, each journaled before it is performed, and its proof. */

import type { ServiceModel } from "../../core/compose/model.ts";
import type { Operation, ProbeResult, Runtime, Script } from "../runtime/runtime.ts";
import type { EngineParts, EngineRequest, Performed } from "./engine-request.ts";
import { accept, failureOf, StepFailed } from "./failure.ts";
import { runProbes, tailOf } from "./probe.ts";
import type { ExecutableStep } from "./rollout-plan.ts";

export async function runStep(
  phase: number,
  step: ExecutableStep,
  request: EngineRequest,
  { journal, progress, runtimeOf }: EngineParts,
  script: Script | undefined,
  performed: Performed[],
  signal: AbortSignal,
): Promise<void> {
  const runtime = runtimeOf(step);
  const perform = async (operations: readonly Operation[]) => {
    for (const operation of operations) {
      signal.throwIfAborted();
      if (operation.shows) progress.move(phase, step.service, operation.shows);
      const seq = performed.length + 1;
      journal.intend(request.revision, seq, {
        phase,
        service: step.service,
        operation: { ...operation, runtime: runtime.kind },
        cleanup: false,
      });
      performed.push({ seq, phase, step, operation });
      await runtime.perform(operation, signal);
      journal.mark(request.revision, seq, "performed");
    }
  };
  try {
    await perform(script?.operations ?? []);
    if (step.target === undefined) {
      progress.move(phase, step.service, "healthy");
      return;
    }
    progress.move(phase, step.service, "probing");
    const proof = await prove(runtime, step, step.target, signal);
    if (proof.ok || proof.inconclusive || !isLight(step.action)) accept(step, proof);
    else {
      // The lighter step was not enough: the next rung of the ladder.
      // It ran until it was told: where that has ended it, it starts again.
      const heavier = await runtime.prepare(
        { ...step, action: "restart", start: true },
        progress.rollout.id,
        signal,
      );
      await perform(heavier.operations);
      progress.move(phase, step.service, "probing", `${proof.reason} It was restarted.`);
      accept(step, await prove(runtime, step, step.target, signal));
    }
    progress.move(phase, step.service, "healthy");
  } catch (error) {
    if (signal.aborted && !(error instanceof StepFailed)) throw error;
    const failure = failureOf(error);
    progress.move(phase, step.service, "failed", failure.reason);
    if (error instanceof StepFailed) throw error;
    const log = await tailOf(runtime, step.service, AbortSignal.timeout(2_000));
    throw new StepFailed({
      ...failure,
      service: step.service,
      reason: `${step.service}: ${failure.reason}`,
      log,
    });
  }
}

const isLight = (action: ExecutableStep["action"]) => ["signal", "http", "exec"].includes(action);

/** It runs and is healthy, and what hotenv.yaml asks of it holds. */
async function prove(
  runtime: Runtime,
  { service, probes = [] }: ExecutableStep,
  target: ServiceModel,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const result = await runtime.verify(service, target, 0, signal);
  return result.ok ? runProbes(runtime, service, probes, signal) : result;
}
