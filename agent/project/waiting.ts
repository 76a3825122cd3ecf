/**
 * Changes that were seen and are not applied yet: behind a rollout, in a cooldown, or until somebody says yes. Only
 * the newest is ever applied; what it overtakes is recorded as `superseded`.
 */
import type { Author, Origin } from "../../core/protocol/words.ts";
import type { Settings } from "../../core/settings/settings.ts";
import { findAuthor } from "./author.ts";
import { effectOf } from "./compared.ts";
import { changeBetween } from "./comparison.ts";
import { serialiseModel } from "./serialise.ts";
import { changeId, type Snapshot } from "./snapshot.ts";
import { newestTried } from "./tried.ts";
import { announce, runningRevision, type Workshop } from "./workshop.ts";

export interface Seen {
  readonly snapshot: Snapshot;
  readonly settings: Settings;
  readonly origin: Origin;
  readonly author?: Author | undefined;
}

export interface WaitingLine {
  readonly seen: Seen | undefined;
  /** Takes the place of what waited before: that is recorded as overtaken, where it meant something else. */
  add(seen: Seen): Promise<void>;
  /**
   * What the files say now is dealt with: what waited has had its turn, or has been overtaken.
   * @param handled the effect of what was dealt with
   */
  take(handled: string): Promise<Seen | undefined>;
  /** @returns whether the cooldown still runs; then `onEnd` follows */
  cooling(seen: Seen, onEnd: () => void): boolean;
  close(): void;
}

export function createWaitingLine(shop: Workshop): WaitingLine {
  const { board } = shop;
  let waiting: (Seen & { readonly effect: string }) | undefined;
  let timer: NodeJS.Timeout | undefined;

  const replace = async (next: (Seen & { readonly effect: string }) | undefined, effect: string) => {
    const last = waiting;
    waiting = next;
    if (last !== undefined && last.effect !== effect) await recordSuperseded(shop, last);
    return last;
  };

  return {
    get seen() {
      return waiting;
    },
    async add(seen) {
      const effect = effectOf(seen.snapshot);
      await replace({ ...seen, effect }, effect);
    },
    take: (handled) => replace(undefined, handled),
    cooling({ snapshot, settings }, onEnd) {
      clearTimeout(timer);
      const { cooldownMs } = settings.policy;
      if (cooldownMs === 0) return false;
      const endedAt = board.fields.rollout?.endedAt ?? lastRolloutEnd(shop);
      const left = endedAt === undefined ? 0 : Date.parse(endedAt) + cooldownMs - Date.now();
      // More than all of it is left only where the clock was set back: nobody knows how long ago it was.
      if (left <= 0 || left > cooldownMs) return false;
      const until = new Date(Date.now() + left).toISOString();
      board.set({ reading: false, waiting: { id: changeId(snapshot), for: "cooldown", until } });
      timer = setTimeout(onEnd, left);
      return true;
    },
    close: () => clearTimeout(timer),
  };
}

/** Of an agent before this one, too. */
function lastRolloutEnd({ history }: Workshop): string | undefined {
  const newest = newestTried(history);
  return newest === undefined ? undefined : history.show(newest.revision)?.rollout?.endedAt;
}

async function recordSuperseded(shop: Workshop, { snapshot, settings, origin, author }: Seen): Promise<void> {
  const { history, directory, environment } = shop;
  const running = runningRevision(history);
  if (running === undefined) return;
  const { change } = changeBetween(running.snapshot, snapshot, environment, settings);
  history.putSnapshot(snapshot);
  const { revision } = history.begin({
    parent: running.revision,
    author: author ?? (await findAuthor(directory)),
    origin,
    reason: "Overtaken by a newer change before it was applied.",
    severity: change.severity,
    change,
    services: [],
    snapshot: snapshot.id,
    // What ran meanwhile: nobody has asked Compose what this one would have been.
    model: serialiseModel(running),
    rollout: null,
    verdict: "superseded",
  });
  announce(shop, revision, "Overtaken by a newer change; it was not applied.");
}
