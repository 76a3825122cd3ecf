/** Whether anybody is there: an agent that nobody needs any more ends after a while. */

export interface Presence {
  /** Somebody came. @returns to be called once, when they go */
  enter(): () => void;
  /** Ends the waiting. */
  close(): void;
}

export interface PresenceOptions {
  /** How long nobody may be there; undefined: for ever. */
  readonly idleMs: number | undefined;
  /** Something goes on that must not end with the last client. Asked when the time is over. */
  readonly isBusy: () => Promise<boolean>;
  /** Called once. */
  readonly onIdle: () => void;
}

export function createPresence({ idleMs, isBusy, onIdle }: PresenceOptions): Presence {
  let present = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const wait = (): void => {
    clearTimeout(timer);
    if (idleMs === undefined || closed || present > 0) return;
    timer = setTimeout(() => void check(), idleMs);
  };
  const check = async (): Promise<void> => {
    // What cannot be told is no reason to stay.
    const busy = await isBusy().catch(() => false);
    if (closed || present > 0) return;
    if (busy) {
      wait();
      return;
    }
    closed = true;
    onIdle();
  };
  wait();
  return {
    enter() {
      present += 1;
      clearTimeout(timer);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        present -= 1;
        wait();
      };
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
