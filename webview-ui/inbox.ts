/** Events come as they come; the page looks at them when it renders. */
import type { PageFact } from "./state.ts";

export interface Inbox {
  put(fact: PageFact): void;
  /** Works off what is there now. */
  flush(): void;
}

/** @param wake the page is to render, and to flush before it does */
export function openInbox(learn: (fact: PageFact) => void, wake: () => void): Inbox {
  let waiting: PageFact[] = [];
  return {
    put(fact) {
      waiting.push(fact);
      if (waiting.length === 1) wake();
    },
    flush() {
      const facts = waiting;
      waiting = [];
      for (const fact of facts) learn(fact);
    },
  };
}
