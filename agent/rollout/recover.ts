/**
 * Ends what a crash interrupted, from the journal alone: a rollout that was decided is finished, any other
 * is undone in reverse order.
 */
import { toHotenvError } from "../../core/protocol/errors.ts";
import type { Rollout, Verdict } from "../../core/protocol/words.ts";
import type { Operation, Runtime } from "../runtime/runtime.ts";
import type { JournalEntry } from "./journal.ts";
import { filesIn, type ReturnFiles, returnFilesKind, tellReturned } from "./rollout-plan.ts";
import { undoPasses } from "./undo.ts";

export interface Interrupted {
  readonly revision: number;
  readonly entries: readonly JournalEntry[];
  readonly committed: boolean;
  readonly rollout: Rollout | null;
}

export interface Recovered {
  readonly verdict: Verdict;
  readonly reason: string;
}

/**
 * @throws HotenvError docker-unreachable: nothing is lost, try again later
 * @param mark notes in the journal what is done, so that a crash during recovery loses nothing
 */
export async function recover(
  interrupted: Interrupted,
  runtimeOf: (operation: Operation) => Runtime,
  mark: (seq: number, state: "performed" | "reverted") => void,
  returnFiles: ReturnFiles,
): Promise<Recovered> {
  const trouble: string[] = [];
  const attempt = async (service: string, run: () => Promise<void>) => {
    try {
      await run();
    } catch (error) {
      const known = toHotenvError(error);
      // The runtime is away, not the container: the journal stays, and the next start goes on here.
      if (known.code === "docker-unreachable") throw known;
      trouble.push(`${service}: ${known.message}`);
    }
  };
  if (interrupted.committed) {
    for (const { seq, service, operation, cleanup, state } of interrupted.entries)
      if (cleanup && state !== "performed")
        await attempt(service, async () => {
          await runtimeOf(operation).perform(operation, AbortSignal.timeout(60_000));
          mark(seq, "performed");
        });
    return { verdict: "applied", reason: ["Finished after an interruption.", ...trouble].join(" ") };
  }
  const files = interrupted.entries.flatMap(({ operation }) => filesIn(operation));
  const told = tellReturned(files, await returnFiles(files));
  trouble.push(...told.trouble);
  const { yielding, resuming, naming, discarding } = undoPasses(
    interrupted.entries.filter(
      ({ operation, cleanup, state }) =>
        !cleanup && state !== "reverted" && operation.kind !== returnFilesKind,
    ),
  );
  for (const { seq, service, operation } of [
    ...[...yielding.values()].flat().sort((a, b) => b.seq - a.seq),
    ...[...resuming.values()].flat(),
    ...[...naming.values()].flat(),
    ...[...discarding.values()].flat(),
  ])
    await attempt(service, async () => {
      await runtimeOf(operation).revert(operation, "grace");
      mark(seq, "reverted");
    });
  const reason = [
    "The agent was interrupted while it applied this; everything was put back.",
    ...told.notes,
  ].join(" ");
  return trouble.length === 0
    ? { verdict: "rolled-back", reason }
    : { verdict: "failed", reason: `The agent was interrupted while it applied this. ${trouble.join(" ")}` };
}
