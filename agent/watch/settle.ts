/** Many events, one call: after `quietMs` of silence, but at most `maxMs` after the first. */

export interface Settler {
  /** Something happened. */
  touch(): void;
  /** Forgets what is pending; nothing is called any more. */
  close(): void;
}

export function settle(quietMs: number, maxMs: number, onSettled: () => void): Settler {
  let firstAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  return {
    touch() {
      if (closed) return;
      const now = performance.now();
      firstAt ??= now;
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          firstAt = undefined;
          timer = undefined;
          onSettled();
        },
        Math.max(0, Math.min(quietMs, firstAt + maxMs - now)),
      );
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
