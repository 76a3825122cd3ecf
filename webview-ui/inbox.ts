/** Events come as they come; the page looks at them once a frame. */
import type { PageFact } from "./state.ts";

export interface Inbox {
  put(fact: PageFact): void;
  /** Works off what is there now. */
  flush(): void;
  close(): void;
}

/** Frames stand still while nobody looks, and the state must be right when somebody does again. */
const hiddenMs = 250;

export function openInbox(learn: (fact: PageFact) => void): Inbox {
  let waiting: PageFact[] = [];
  let frame: number | undefined;
  let timer: number | undefined;
  const rest = (): void => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    window.clearTimeout(timer);
    frame = undefined;
    timer = undefined;
  };
  const flush = (): void => {
    rest();
    const facts = waiting;
    waiting = [];
    for (const fact of facts) learn(fact);
  };
  return {
    put(fact) {
      waiting.push(fact);
      if (waiting.length > 1) return;
      if (!document.hidden) frame = requestAnimationFrame(flush);
      timer = window.setTimeout(flush, hiddenMs);
    },
    flush,
    close() {
      rest();
      waiting = [];
    },
  };
}
