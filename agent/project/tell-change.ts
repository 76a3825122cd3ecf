/**
 * Tells what changed as soon as the files have been read, before Compose is asked what they mean; and what becomes of
 * it when that is known. One content of the files is told once, however often it is tried.
 */
import { reloadsOf } from "../../core/plan/action.ts";
import { impactOfEdit } from "../../core/plan/static-impact.ts";
import type { Decision, ImpactBrief } from "../../core/protocol/messages.ts";
import type { Change, Origin, Plan } from "../../core/protocol/words.ts";
import type { Settings } from "../../core/settings/settings.ts";
import { analyseSnapshot } from "./analyse.ts";
import { effectOf } from "./compared.ts";
import { changeBetween } from "./comparison.ts";
import { changeId, type Snapshot } from "./snapshot.ts";
import { runningRevision, type Workshop } from "./workshop.ts";

export interface ChangeTeller {
  /**
   * The files mean something new. What was told before and has not been decided is overtaken by it.
   * @param before what they are compared with; default: what runs
   */
  tell(now: FilesNow, origin: Origin, before?: Snapshot): void;
  /** The change as it is with everything that Compose has found; told only where the files have changed since `tell`. */
  resolved(snapshot: Snapshot, change: Change, origin: Origin): void;
  /** What becomes of what was told last; nothing where nothing was. */
  decide(decision: Decision, more?: { readonly plan?: Plan; readonly message?: string }): void;
  /** The files mean this and it is dealt with: whatever was told and waits has been taken back. */
  settled(effect: string): void;
}

interface FilesNow {
  readonly snapshot: Snapshot;
  readonly settings: Settings;
}

interface Told {
  readonly effect: string;
  readonly id: string;
  readonly hashes: ReadonlyMap<string, string | null>;
  /** There was something to tell. */
  readonly isNews: boolean;
  readonly decision?: Decision;
}

const isFinal = (decision: Decision | undefined): boolean => decision !== undefined && decision !== "waits";

export function createChangeTeller({
  directory,
  environment,
  history,
  events,
}: Pick<Workshop, "directory" | "environment" | "history" | "events">): ChangeTeller {
  let last: Told | undefined;

  function overtake(next: Told | undefined): void {
    decide("superseded");
    last = next;
  }

  function decide(decision: Decision, more: { readonly plan?: Plan; readonly message?: string } = {}): void {
    if (!last?.isNews) return;
    // What is tried again and again waits on.
    if (decision === "waits" && last.decision === "waits") return;
    // A change that has had its decision is not overtaken by the next.
    if (decision === "superseded" && isFinal(last.decision)) return;
    last = { ...last, decision };
    events.emit("config_decided", { id: last.id, decision, ...more });
  }

  function emit(snapshot: Snapshot, change: Change, origin: Origin, impacts?: readonly ImpactBrief[]): void {
    const hashes = new Map(snapshot.files.map(({ path, hash }) => [path, hash]));
    const isNews = change.entries.length > 0;
    overtake({ effect: effectOf(snapshot), id: changeId(snapshot), hashes, isNews });
    if (!isNews) return;
    events.emit("config_change", {
      id: changeId(snapshot),
      change,
      origin,
      ...(impacts === undefined ? {} : { impacts: [...impacts] }),
    });
  }

  return {
    tell({ snapshot, settings }, origin, before = runningRevision(history)?.snapshot) {
      const effect = effectOf(snapshot);
      if (before === undefined || effect === last?.effect) return;
      if (effect === effectOf(before)) {
        overtake(undefined);
        return;
      }
      const { change } = changeBetween(before, snapshot, environment, settings);
      const [old, now] = [before, snapshot].map((files) => analyseSnapshot(directory, environment, files));
      const impacts = old && now ? impactOfEdit(old, now, change.entries, reloadsOf(settings)) : [];
      emit(
        snapshot,
        change,
        origin,
        impacts.flatMap(({ service, action }) => (action === "none" ? [] : [{ service, action }])),
      );
    },
    resolved(snapshot, change, origin) {
      const known = last?.hashes;
      const isSame = snapshot.files.every(({ path, hash }) => !known?.has(path) || known.get(path) === hash);
      if (last !== undefined && isSame) {
        // Files that services mount are known only now.
        last = { ...last, effect: effectOf(snapshot) };
        return;
      }
      emit(snapshot, change, origin);
    },
    decide,
    settled(effect) {
      if (last !== undefined && last.effect !== effect) overtake(undefined);
    },
  };
}
