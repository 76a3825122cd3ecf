/** Long work in one thread: it stops every few milliseconds, so that saves and questions go on meanwhile. */
import { setImmediate } from "node:timers/promises";

const sliceMs = 15;

export interface Pace {
  /** Whether it is time to let others go on. */
  readonly isDue: boolean;
  /** Lets others go on where it is time to. @throws the signal's reason */
  step(): Promise<void>;
}

export function createPace(signal: AbortSignal): Pace {
  let began = performance.now();
  const isDue = (): boolean => performance.now() - began >= sliceMs;
  return {
    get isDue() {
      return isDue();
    },
    async step() {
      if (!isDue()) return;
      await setImmediate();
      signal.throwIfAborted();
      began = performance.now();
    },
  };
}
