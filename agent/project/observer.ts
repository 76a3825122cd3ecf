/** Looks at the services when their runtime says that something happened, and tells what is new. */
import { withMissing } from "./comparison.ts";
import { revisionContent, type Workshop } from "./workshop.ts";

/** Several events of one service make one look at it. */
const observeAfterMs = 50;

export interface Observer {
  soon(): void;
  close(): void;
}

export function createObserver(
  { history, events, board, runtimes }: Workshop,
  closing: AbortSignal,
  report: (error: unknown) => void,
): Observer {
  let observing: NodeJS.Timeout | undefined;
  function soon(): void {
    if (closing.aborted) return;
    observing ??= setTimeout(() => {
      observing = undefined;
      void observeNow().catch(report);
    }, observeAfterMs);
  }
  async function observeNow(): Promise<void> {
    if (closing.aborted) return;
    const before = new Map(board.fields.services.map((status) => [status.service, JSON.stringify(status)]));
    const model = history.current();
    const services = withMissing(
      model === null ? new Map() : revisionContent(history, model).services,
      await runtimes.observe(closing),
    );
    for (const status of services)
      if (before.get(status.service) !== JSON.stringify(status)) events.emit("health_update", status);
    board.set({ services });
  }

  return { soon, close: () => clearTimeout(observing) };
}
