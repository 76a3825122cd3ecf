/** Behind the commit point: what was kept for the way back is removed. */
import { toHotenvError } from "../../core/protocol/errors.ts";
import type { Script } from "../runtime/runtime.ts";
import type { EngineParts, EngineRequest, Performed } from "./engine-request.ts";
import type { ExecutableStep } from "./rollout-plan.ts";

/** On disk before the commit point, so that a crash behind it still finds what there is to remove. */
export function intendCleanups(
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
export async function cleanUp(
  request: EngineRequest,
  { journal, runtimeOf }: EngineParts,
  cleanups: readonly Performed[],
): Promise<string[]> {
  const left = new Set<string>();
  const ofService = async (own: readonly Performed[]): Promise<void> => {
    for (const { seq, step, operation } of own)
      try {
        await runtimeOf(step).perform(operation, AbortSignal.timeout(60_000));
        journal.mark(request.revision, seq, "performed");
      } catch (error) {
        left.add(`The former ${step.service} could not be removed: ${toHotenvError(error).message}`);
      }
  };
  // Side by side: one that takes its time to end keeps no other.
  const services = Map.groupBy(cleanups, ({ step }) => step.service);
  await Promise.all([...services.values()].map(ofService));
  return [...left];
}
