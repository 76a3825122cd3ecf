/** Undoes what a rollout did, of all its services together, and proves that the former ones run again. */
import { type HotenvError, toHotenvError } from "../../core/protocol/errors.ts";
import type { Rollout, Verdict } from "../../core/protocol/words.ts";
import type { EngineParts, EngineRequest, Performed } from "./engine-request.ts";
import { type Failure, throwFirst } from "./failure.ts";
import { type ExecutableStep, tellReturned } from "./rollout-plan.ts";
import { undoPasses } from "./undo.ts";

/**
 * The runtime is away, not the service: the journal stays as it is, and who finds the runtime again goes on from there.
 * @throws HotenvError docker-unreachable
 */
function present(error: unknown): HotenvError {
  const known = toHotenvError(error);
  if (known.code === "docker-unreachable") throw known;
  return known;
}

/** @throws HotenvError docker-unreachable where it could not be ended: recover.ts does, later */
export async function goBack(
  request: EngineRequest,
  parts: EngineParts,
  performed: readonly Performed[],
  failure: Failure,
): Promise<Rollout> {
  const { journal, progress, runtimeOf } = parts;
  const notes: string[] = [];
  const trouble: string[] = [];
  let unwritten: string | undefined;
  const steps = new Map<ExecutableStep, number>();
  for (const { step, phase } of performed) steps.set(step, phase);

  // Files first: whoever is restarted or signalled on the way back must read the old content.
  try {
    const told = tellReturned(request.files, await parts.returnFiles(request.files));
    notes.push(...told.notes);
    trouble.push(...told.trouble);
  } catch (error) {
    trouble.push(toHotenvError(error).message);
  }
  for (const [step, phase] of steps)
    if (failure.service !== step.service) progress.move(phase, step.service, "rolling-back");

  const undo = async ({ seq, step, operation }: Performed) => {
    try {
      await runtimeOf(step).revert(operation, step.service === failure.service ? "kill" : "grace");
    } catch (error) {
      trouble.push(`${step.service} could not be put back: ${present(error).message}`);
      return;
    }
    try {
      journal.mark(request.revision, seq, "reverted");
    } catch (error) {
      // Undoing twice does no harm; a disk without room must not keep a service from coming back.
      unwritten = toHotenvError(error).message;
    }
  };
  const passes = undoPasses(performed.map((each) => ({ ...each, service: each.step.service })));
  const gaveWay = new Map(
    [...passes.yielding].map(([service, operations]) => [service, inTurn(operations, undo)]),
  );
  const resuming = resumeAll(
    steps,
    {
      resume: async (service) => {
        await Promise.all([...passes.claiming, service].map((each) => gaveWay.get(each)));
        await inTurn(passes.resuming.get(service) ?? [], undo);
      },
      // It runs again; what is left of the new one must not be taken for a part of it.
      settle: async (service) => {
        await inTurn(passes.naming.get(service) ?? [], undo);
        await inTurn(passes.discarding.get(service) ?? [], undo);
      },
    },
    parts,
  );
  // Whoever waits hears of a failure; where nobody comes to wait, somebody else has failed before.
  await Promise.allSettled([resuming, ...gaveWay.values()]);
  const proved = await resuming;

  trouble.push(...proved);
  if (trouble.length > 0) trouble.push(...(await howToFinish([...steps.keys()], parts)));
  if (unwritten !== undefined) notes.push(unwritten);
  const verdict: Verdict =
    trouble.length > 0 ? "failed" : failure.inconclusive ? "inconclusive" : "rolled-back";
  return progress.end(verdict, { ...failure, reason: [failure.reason, ...trouble, ...notes].join(" ") });
}

/** Going back failed: what each service is now, and what a person can do. */
async function howToFinish(steps: readonly ExecutableStep[], { runtimeOf }: EngineParts): Promise<string[]> {
  const finish =
    "To finish by hand: mend the files, or go back with `hotenv rollback`; then run `hotenv apply --up`.";
  try {
    const observed = await Promise.all(
      [...new Set(steps.map(runtimeOf))].map((runtime) => runtime.observe(AbortSignal.timeout(10_000))),
    );
    const states = new Map(observed.flat().map(({ service, state }) => [service, state]));
    const said = steps.map(({ service }) => `${service} is ${states.get(service) ?? "missing"}`);
    return [`Now ${said.join(", ")}.`, finish];
  } catch (error) {
    return [`What state they are in is not known: ${toHotenvError(error).message}`, finish];
  }
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
  undo: Readonly<Record<"resume" | "settle", (service: string) => Promise<void>>>,
  parts: EngineParts,
): Promise<string[]> {
  interface Resuming {
    readonly started: Promise<void>;
    readonly proved: Promise<string | undefined>;
  }
  const services = new Map<string, Resuming>();
  // Names, removals and proofs take the machine away from those that do not serve yet: they come when all run, but for
  // a proof that another service waits for.
  const allRun = Promise.withResolvers<void>();
  const awaited = new Set(
    [...steps.keys()].flatMap(({ current }) =>
      (current?.dependsOn ?? [])
        .filter(({ condition }) => condition !== "service_started")
        .map(({ service }) => service),
    ),
  );
  // In phase order: what a service depends on is in the map before it.
  for (const [step, phase] of [...steps].sort(([, a], [, b]) => a - b)) {
    const started = Promise.all(
      (step.current?.dependsOn ?? []).map((on): Promise<unknown> | undefined => {
        const needed = services.get(on.service);
        return on.condition === "service_started" ? needed?.started : needed?.proved;
      }),
    ).then(() => undo.resume(step.service));
    const settled = started
      .then(() => (awaited.has(step.service) ? undefined : allRun.promise))
      .then(() => undo.settle(step.service));
    services.set(step.service, { started, proved: settled.then(() => proveOld(step, phase, parts)) });
  }
  // All of them, also where the runtime went away: nothing of this goes on beside what recovers from it later.
  const proving = Promise.allSettled([...services.values()].map((service) => service.proved));
  await Promise.allSettled([...services.values()].map((service) => service.started));
  allRun.resolve();
  const outcomes = await proving;
  throwFirst(outcomes);
  return outcomes.flatMap((outcome) =>
    outcome.status === "fulfilled" && outcome.value !== undefined ? [outcome.value] : [],
  );
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
    return `Whether ${step.service} runs again could not be verified: ${present(error).message}`;
  }
}
