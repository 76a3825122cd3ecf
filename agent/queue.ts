/** One thing at a time, in the order in which it was asked for. */
import { HotenvError } from "../core/protocol/errors.ts";

export interface Queue {
  /** @throws HotenvError cancelled for what still waited when the queue was closed */
  add<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when the work at hand has ended. */
  close(): Promise<void>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    add(work) {
      const next = last.then(() => {
        if (closed) throw new HotenvError("cancelled", "The agent is ending.");
        return work();
      });
      // The next in line waits for the end of this one, however it ends; its own caller hears of a failure.
      last = next.catch(() => undefined);
      return next;
    },
    async close() {
      closed = true;
      await last;
    },
  };
}
