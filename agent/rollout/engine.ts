/**
 * Runs a plan as one transaction over services: phase by phase, every operation journaled before it is
 * performed, every service proved; on failure everything goes back in reverse order and is proved again.
 */

import type { ServiceModel } from "../../core/compose/model.ts";
import { toHotenvError } from "../../core/protocol/errors.ts";
import type { Rollout, Verdict } from "../../core/protocol/words.ts";
import type { Operation, ProbeResult, Runtime, Script } from "../runtime/runtime.ts";
import type { Journal } from "./journal.ts";
import { runProbes } from "./probe.ts";
import type { Progress } from "./progress.ts";
import {
  type ExecutablePlan,
  type ExecutableStep,
  type FileToReturn,
  filesOperation,
} from "./rollout-plan.ts";
import { undoPasses } from "./undo.ts";

export interface EngineRequest {
  readonly revision: number;
  readonly plan: ExecutablePlan;
  readonly files: readonly FileToReturn[];
  readonly stabilityMs: number;
}

export interface EngineParts {
  readonly journal: Journal;
  readonly progress: Progress;
  readonly runtimeOf: (step: ExecutableStep) => Runtime;
  /** Puts files back; answers with the paths that somebody changed meanwhile and that were left alone. */
  readonly returnFiles: (files: readonly FileToReturn[]) => Promise<readonly string[]>;
}

interface Performed {
  readonly seq: number;
  readonly phase: number;
  readonly step: ExecutableStep;
  readonly operation: Operation;
}

/** Why a rollout turns back. */
interface Failure {
  readonly service: string | undefined;
  readonly reason: string;
  readonly inconclusive: boolean;
  readonly log: readonly string[];
}

class StepFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.reason);
    this.failure = failure;
  }
}

const logLines = 20;

function failureOf(error: unknown): Failure {
  if (error instanceof StepFailed) return error.failure;
  const known = toHotenvError(error);
  const reason = known.todo === undefined ? known.message : `${known.message} ${known.todo}`;
  return { service: undefined, reason, inconclusive: false, log: [] };
}

export async function runRollout(
  request: EngineRequest,
  parts: EngineParts,
  signal: AbortSignal,
): Promise<Rollout> {
  const { progress, journal } = parts;
  const scripts = new Map<ExecutableStep, Script>();
  try {
    await prepareAll(request, parts, scripts, signal);
  } catch (error) {
    // Nothing was touched yet: there is nothing to undo.
    const failure = failureOf(error);
    return progress.end("rejected", failure.reason, failure.log);
  }

  // The journal's first entry: what a crash from here on must put back beside the services.
  journal.intend(request.revision, 0, {
    phase: 0,
    service: "",
    operation: filesOperation(request.files),
    cleanup: false,
  });
  const performed: Performed[] = [];
  try {
    for (const [phase, { steps }] of request.plan.phases.entries())
      await runPhase(phase, steps, request, parts, scripts, performed, signal);
    await holdSteady(request, parts, signal);
  } catch (error) {
    return await goBack(request, parts, performed, failureOf(error));
  }

  const cleanups = intendCleanups(request, parts, scripts, performed.length + 1);
  journal.commitPoint(request.revision);
  const left = await cleanUp(request, parts, cleanups);
  return progress.end("applied", left.length === 0 ? undefined : left.join(" "), []);
}

async function prepareAll(
  request: EngineRequest,
  parts: EngineParts,
  scripts: Map<ExecutableStep, Script>,
  signal: AbortSignal,
): Promise<void> {
  for (const [phase, { steps }] of request.plan.phases.entries())
    await Promise.all(
      steps.map(async (step) => {
        parts.progress.move(phase, step.service, "preparing");
        try {
          scripts.set(step, await parts.runtimeOf(step).prepare(step, parts.progress.rollout.id, signal));
        } catch (error) {
          const failure = failureOf(error);
          parts.progress.move(phase, step.service, "failed", failure.reason);
          throw new StepFailed({ ...failure, service: step.service });
        }
      }),
    );
}

/** Runs the steps of one phase side by side. The first failure stops the others between two operations. */
async function runPhase(
  phase: number,
  steps: readonly ExecutableStep[],
  request: EngineRequest,
  parts: EngineParts,
  scripts: ReadonlyMap<ExecutableStep, Script>,
  performed: Performed[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const outcomes = await Promise.allSettled(
    steps.map(async (step) => {
      try {
        await runStep(phase, step, request, parts, scripts.get(step), performed, either);
      } catch (error) {
        failed.abort();
        throw error;
      }
    }),
  );
  // The one that failed by itself is the reason, not those that it stopped.
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  const first = reasons.find((reason) => reason instanceof StepFailed) ?? reasons[0];
  if (first !== undefined) throw first;
  signal.throwIfAborted();
}

async function runStep(
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
      const heavier = await runtime.prepare({ ...step, action: "restart" }, progress.rollout.id, signal);
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
    const log = await tailOf(runtime, step.service);
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

function accept(step: ExecutableStep, result: ProbeResult): void {
  if (result.ok) return;
  const { reason, inconclusive, log } = result;
  throw new StepFailed({ service: step.service, reason, inconclusive, log: log.slice(-logLines) });
}

/** A service's log is an addition to the reason; where it cannot be had, its absence must not hide the reason. */
async function tailOf(runtime: Runtime, service: string): Promise<readonly string[]> {
  try {
    return await runtime.logs(service, logLines, AbortSignal.timeout(2_000));
  } catch (error) {
    return [`(the log could not be read: ${toHotenvError(error).message})`];
  }
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
  const reasons = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  const first = reasons.find((reason) => reason instanceof StepFailed) ?? reasons[0];
  if (first !== undefined) throw first;
}

async function goBack(
  request: EngineRequest,
  parts: EngineParts,
  performed: readonly Performed[],
  failure: Failure,
): Promise<Rollout> {
  const { journal, progress, runtimeOf } = parts;
  const trouble: string[] = [];
  const steps = new Map<ExecutableStep, number>();
  for (const { step, phase } of performed) steps.set(step, phase);

  // Files first: whoever is restarted or signalled on the way back must read the old content.
  try {
    for (const path of await parts.returnFiles(request.files))
      trouble.push(`${path} was changed meanwhile and was left as it is.`);
  } catch (error) {
    trouble.push(toHotenvError(error).message);
  }
  for (const [step, phase] of steps)
    if (failure.service !== step.service) progress.move(phase, step.service, "rolling-back");

  const undo = async ({ seq, step, operation }: Performed) => {
    try {
      await runtimeOf(step).revert(operation, step.service === failure.service ? "kill" : "grace");
      journal.mark(request.revision, seq, "reverted");
    } catch (error) {
      trouble.push(`${step.service} could not be put back: ${toHotenvError(error).message}`);
    }
  };
  const passes = undoPasses(performed.map((each) => ({ ...each, service: each.step.service })));
  await Promise.all(passes.yielding.map((operations) => inTurn(operations, undo)));
  const proved = await resumeAll(
    steps,
    {
      resume: (service) => inTurn(passes.resuming.get(service) ?? [], undo),
      // It runs again; what is left of the new one must not be taken for a part of it.
      discard: (service) => inTurn(passes.discarding.get(service) ?? [], undo),
    },
    parts,
  );

  trouble.push(...proved);
  const verdict: Verdict =
    trouble.length > 0 ? "failed" : failure.inconclusive ? "inconclusive" : "rolled-back";
  return progress.end(verdict, [failure.reason, ...trouble].join(" "), failure.log);
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) await work(item);
}

/**
 * The former services run again and prove themselves, each as soon as what it depends on runs, or is healthy
 * where it says so.
 * @returns what is wrong, as sentences
 */
async function resumeAll(
  steps: ReadonlyMap<ExecutableStep, number>,
  undo: Readonly<Record<"resume" | "discard", (service: string) => Promise<void>>>,
  parts: EngineParts,
): Promise<string[]> {
  interface Resuming {
    readonly started: Promise<void>;
    readonly proved: Promise<string | undefined>;
  }
  const services = new Map<string, Resuming>();
  // In phase order: what a service depends on is in the map before it.
  for (const [step, phase] of [...steps].sort(([, a], [, b]) => a - b)) {
    const started = Promise.all(
      (step.current?.dependsOn ?? []).map((on): Promise<unknown> | undefined => {
        const needed = services.get(on.service);
        return on.condition === "service_started" ? needed?.started : needed?.proved;
      }),
    ).then(() => undo.resume(step.service));
    const discarded = started.then(() => undo.discard(step.service));
    services.set(step.service, { started, proved: discarded.then(() => proveOld(step, phase, parts)) });
  }
  const proved = await Promise.all([...services.values()].map((service) => service.proved));
  return proved.filter((problem) => problem !== undefined);
}

/** @returns what is wrong, as a sentence; undefined when the service runs as before */
async function proveOld(
  step: ExecutableStep,
  phase: number,
  parts: EngineParts,
): Promise<string | undefined> {
  if (step.current === undefined) {
    parts.progress.move(phase, step.service, "rolled-back");
    return undefined;
  }
  const signal = AbortSignal.timeout(120_000);
  try {
    const result = await parts.runtimeOf(step).verify(step.service, step.current, 0, signal);
    if (result.ok) {
      parts.progress.move(phase, step.service, "rolled-back");
      return undefined;
    }
    parts.progress.move(phase, step.service, "failed", result.reason);
    return `After going back, ${result.reason}`;
  } catch (error) {
    return `Whether ${step.service} runs again could not be verified: ${toHotenvError(error).message}`;
  }
}

/** On disk before the commit point, so that a crash behind it still finds what there is to remove. */
function intendCleanups(
  request: EngineRequest,
  { journal, runtimeOf }: EngineParts,
  scripts: ReadonlyMap<ExecutableStep, Script>,
  firstSeq: number,
): Performed[] {
  const cleanups: Performed[] = [];
  for (const [phase, { steps }] of request.plan.phases.entries())
    for (const step of steps)
      for (const operation of scripts.get(step)?.cleanup ?? []) {
        const seq = firstSeq + cleanups.length;
        cleanups.push({ seq, phase, step, operation });
        journal.intend(request.revision, seq, {
          phase,
          service: step.service,
          operation: { ...operation, runtime: runtimeOf(step).kind },
          cleanup: true,
        });
      }
  return cleanups;
}

/** @returns what could not be removed, as sentences: the new state holds all the same */
async function cleanUp(
  request: EngineRequest,
  { journal, runtimeOf }: EngineParts,
  cleanups: readonly Performed[],
): Promise<string[]> {
  const left: string[] = [];
  for (const { seq, step, operation } of cleanups)
    try {
      await runtimeOf(step).perform(operation, AbortSignal.timeout(60_000));
      journal.mark(request.revision, seq, "performed");
    } catch (error) {
      left.push(`The former ${step.service} could not be removed: ${toHotenvError(error).message}`);
    }
  return left;
}
