/** When the page renders: once a frame, however often it is asked to. */

export interface Frames {
  /** Resolves in the browser's next frame, before it lays out; at the latest after a quarter of a second. */
  next(): Promise<void>;
  /** What is waited for, or else the next that is, comes at once. */
  hurry(): void;
}

/** Frames stand still while nobody looks, and the page must be right when somebody does again. */
const hiddenMs = 250;

export function openFrames(): Frames {
  let inHurry = false;
  let come: (() => void) | undefined;
  return {
    next() {
      if (inHurry) {
        inHurry = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const frame = requestAnimationFrame(() => come?.());
        const timer = window.setTimeout(() => come?.(), hiddenMs);
        come = () => {
          come = undefined;
          cancelAnimationFrame(frame);
          window.clearTimeout(timer);
          resolve();
        };
      });
    },
    hurry() {
      if (come === undefined) inHurry = true;
      else come();
    },
  };
}
