/** What a rollout is asked to do, and with what it works. */
import type { Operation, Runtime } from "../runtime/runtime.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { Progress } from "./progress.ts";
import type { ExecutablePlan, ExecutableStep, FileToReturn, ReturnFiles } from "./rollout-plan.ts";

export interface EngineRequest {
  readonly revision: number;
  readonly plan: ExecutablePlan;
  readonly files: readonly FileToReturn[];
  readonly stabilityMs: number;
  /** What failed stays for inspection; going back is somebody else's, later. */
  readonly keep?: boolean;
}

export interface EngineParts {
  readonly journal: Journal;
  readonly progress: Progress;
  readonly runtimeOf: (step: ExecutableStep) => Runtime;
  readonly returnFiles: ReturnFiles;
  /** Notes, durably, what there is to undo when what failed was kept. Absent: nothing is kept. */
  readonly keepFailed?: (performed: readonly JournalEntry[]) => void;
}

/** An operation that is in the journal. */
export interface Performed {
  readonly seq: number;
  readonly phase: number;
  readonly step: ExecutableStep;
  readonly operation: Operation;
}
