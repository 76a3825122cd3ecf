/** What a rollout is asked to do, and with what it works. */
import type { Operation, Runtime } from "../runtime/runtime.ts";
import type { Journal } from "./journal.ts";
import type { Progress } from "./progress.ts";
import type { ExecutablePlan, ExecutableStep, FileToReturn } from "./rollout-plan.ts";

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

/** An operation that is in the journal. */
export interface Performed {
  readonly seq: number;
  readonly phase: number;
  readonly step: ExecutableStep;
  readonly operation: Operation;
}
