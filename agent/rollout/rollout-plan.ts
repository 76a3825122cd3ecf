/** What a rollout is asked to do: a plan whose steps know their models. */
import * as z from "zod";
import type { Change, Evidence, Plan } from "../../core/protocol/words.ts";
import type { Operation, Step } from "../runtime/runtime.ts";

export interface ExecutableStep extends Step {
  readonly cause: string;
  readonly expectedMs?: number;
  /** Of how many rollouts that is the median. */
  readonly expectedFrom?: number;
  readonly evidence?: readonly Evidence[];
  /** Services of the plan that have to prove themselves first; absent: all of the phases before. */
  readonly waitsFor?: readonly string[];
}

export interface ExecutablePlan {
  readonly change: Change;
  readonly phases: readonly { readonly steps: readonly ExecutableStep[] }[];
  readonly notes: readonly string[];
}

const fileToReturnSchema = z.object({
  path: z.string(),
  /** SHA-256 of the content that this rollout brings in; only that may be replaced. */
  expected: z.string().nullable(),
  /** The snapshot that holds the content to go back to. */
  snapshot: z.string(),
  /** Bind-mounted alone: the container knows the inode, so the file is written in place. */
  inPlace: z.boolean(),
  /** A container reads it: as long as it is not back, what ran before does not run as before. */
  read: z.boolean().default(true),
});
/** A file that a service reads while it runs: going back means that its content goes back, too. */
export type FileToReturn = z.infer<typeof fileToReturnSchema>;

export interface ReturnedFiles {
  /** Paths that have their former content again. */
  readonly back: readonly string[];
  /** Paths that somebody changed meanwhile, and that were left alone. */
  readonly left: readonly string[];
}
export type ReturnFiles = (files: readonly FileToReturn[]) => Promise<ReturnedFiles>;

/** For a rollout that has no files of its own. */
export const noFiles: ReturnFiles = () => Promise.resolve({ back: [], left: [] });

/** What became of them as sentences; `trouble`: what must be said beside a success, too. Pure. */
export function tellReturned(
  files: readonly FileToReturn[],
  { back, left }: ReturnedFiles,
): { readonly notes: readonly string[]; readonly trouble: readonly string[] } {
  const said = (path: string) => `${path} was changed meanwhile and was left as it is.`;
  const isRead = (path: string) => files.some((file) => file.path === path && file.read);
  return {
    notes: [
      ...(back.length === 0 ? [] : [`${back.join(", ")} ${back.length === 1 ? "was" : "were"} put back.`]),
      ...left.filter((path) => !isRead(path)).map(said),
    ],
    trouble: left.filter(isRead).map(said),
  };
}

export const returnFilesKind = "return-files";

/** What a rollout's journal says of files, in its first entry. */
export const filesOperation = (files: readonly FileToReturn[]): Operation => ({
  kind: returnFilesKind,
  files,
});

/** @returns the files that an operation of the journal names; none where it is about something else */
export function filesIn(operation: Operation): FileToReturn[] {
  return operation.kind === returnFilesKind ? z.array(fileToReturnSchema).parse(operation.files) : [];
}

/** The plan as clients see it: without models. */
export function describePlan(plan: ExecutablePlan): Plan {
  return {
    change: plan.change,
    phases: plan.phases.map(({ steps }) => ({
      steps: steps.map(({ service, action, cause, expectedMs, expectedFrom, evidence = [] }) => ({
        service,
        action,
        cause,
        ...(expectedMs === undefined ? {} : { expectedMs }),
        ...(expectedFrom === undefined ? {} : { expectedFrom }),
        ...(evidence.length === 0 ? {} : { evidence: [...evidence] }),
      })),
    })),
    notes: [...plan.notes],
  };
}
