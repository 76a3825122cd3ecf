/**
 * What people wrote and what services said is kept and told without the secrets of the project's newest states:
 * those of the state that failed, too, and of the one before a secret was changed.
 */
import { HotenvError } from "../../core/protocol/errors.ts";
import type { History } from "../history/history.ts";
import { type Hide, hiderOfSecrets, secretsIn } from "./compared.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { Environment } from "./sources.ts";

/** Revisions whose secrets are hidden. */
const recent = 20;

export interface Curtain {
  readonly hide: Hide;
  /** @param snapshot one more that is kept, and that no revision has yet */
  readonly hideBeside: (text: string, snapshot: string) => string;
  /** Numbers may stand for other revisions from now on. */
  readonly forget: () => void;
}

export function createCurtain(history: History, environment: Environment): Curtain {
  /** Snapshots by revision, and secrets by snapshot: neither ever changes. */
  let snapshots = new Map<number, string>();
  let secrets = new Map<string, readonly string[]>();
  let ready: { readonly ids: string; readonly hide: Hide } | undefined;

  function secretsAt(id: string): readonly string[] {
    const snapshot = history.getSnapshot(id);
    return snapshot === undefined ? [] : secretsIn(snapshot, environment, sensitivityOf([snapshot]));
  }

  function hideAllOf(text: string, more: readonly string[]): string {
    const running = history.current();
    const numbers = new Set([...history.newest(recent), ...(running === null ? [] : [running])]);
    snapshots = keptOf(snapshots, numbers, (number) => history.snapshotOf(number));
    const ids = new Set([...snapshots.values(), ...more]);
    const name = [...ids].join();
    if (ready?.ids !== name) {
      secrets = keptOf(secrets, ids, secretsAt);
      ready = { ids: name, hide: hiderOfSecrets([...secrets.values()].flat()) };
    }
    return ready.hide(text);
  }

  return {
    hide: (text) => hideAllOf(text, []),
    hideBeside: (text, snapshot) => hideAllOf(text, [snapshot]),
    forget: () => {
      snapshots = new Map();
    },
  };
}

/** What is known of these, and what is found out of the others. A damaged record has no secret that could be told. */
function keptOf<K, V>(known: ReadonlyMap<K, V>, keys: ReadonlySet<K>, find: (key: K) => V): Map<K, V> {
  const kept = new Map<K, V>();
  for (const key of keys) {
    const before = known.get(key);
    try {
      kept.set(key, before ?? find(key));
    } catch (error) {
      if (!(error instanceof HotenvError) || error.code !== "history-damaged") throw error;
    }
  }
  return kept;
}

/** The history whose reasons, notes and audit hold no secret. */
export function behindCurtain(history: History, { hide, hideBeside, forget }: Curtain): History {
  return {
    ...history,
    begin: (draft) => history.begin({ ...draft, reason: hideBeside(draft.reason, draft.snapshot) }),
    annotate: (revision, { note, ...change }) =>
      history.annotate(revision, { ...change, ...(note === undefined ? {} : { note: hide(note) }) }),
    restore: (copy) => {
      forget();
      return history.restore(copy);
    },
    audit: (entry) => history.audit({ ...entry, detail: hide(entry.detail) }),
  };
}
