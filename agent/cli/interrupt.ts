/** Ctrl-C and SIGTERM: the first asks to end well, the second is told what still runs, the third leaves. */
import { constants } from "node:os";

export interface Interrupt extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
}

type EndSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/**
 * @param options.first says that ending has begun
 * @param options.again says what is still running
 */
export function watchInterrupts(options: {
  readonly signals?: readonly EndSignal[];
  readonly first: () => void;
  readonly again: () => void;
}): Interrupt {
  const controller = new AbortController();
  let count = 0;
  const listener = (signal: NodeJS.Signals) => {
    count += 1;
    if (count === 1) {
      options.first();
      controller.abort();
    } else if (count === 2) options.again();
    // 128 + its number is what a shell says of a process that a signal ended.
    else process.exit(128 + constants.signals[signal]);
  };
  const signals = options.signals ?? ["SIGINT", "SIGTERM"];
  for (const signal of signals) process.on(signal, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}

/** For requests that nothing cancels. */
export const never: AbortSignal = new AbortController().signal;
