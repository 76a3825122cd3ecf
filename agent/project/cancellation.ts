/** The way to stop the rollout that runs, for whoever asks. */
import { HotenvError } from "../../core/protocol/errors.ts";

export interface Cancellation {
  /** Runs one rollout; its signal is aborted by `cancel`, too. */
  during<T>(revision: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * Stops the rollout that runs between two of its operations; it goes back. Default: a person said so.
   * @returns the revision whose rollout goes back now; null where none runs
   */
  cancel(why?: HotenvError): number | null;
}

export function createCancellation(): Cancellation {
  let running: { readonly revision: number; readonly controller: AbortController } | undefined;
  return {
    async during(revision, signal, work) {
      const controller = new AbortController();
      running = { revision, controller };
      try {
        return await work(AbortSignal.any([signal, controller.signal]));
      } finally {
        running = undefined;
      }
    },
    cancel(why = new HotenvError("cancelled", "The rollout was cancelled.")) {
      if (running === undefined) return null;
      running.controller.abort(why);
      return running.revision;
    },
  };
}
