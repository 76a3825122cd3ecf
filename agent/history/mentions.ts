/**
 * What revisions are searched by: keys, services, authors. Names of keys are not readable in the database,
 * so all of them stand as keyed numbers; whoever finds a revision by one opens it to see that it is so.
 */
import type { Change } from "../../core/protocol/words.ts";
import type { Store } from "./store.ts";

const kinds = { key: 0, service: 1, author: 2 } as const;
export type MentionKind = keyof typeof kinds;

/** 48 bits: few enough for a safe integer. */
const tokenDigits = 12;

export const kindNumber = (kind: MentionKind): number => kinds[kind];

export function tokenOf(store: Store, kind: MentionKind, name: string): number {
  return Number.parseInt(store.sealer.address(`mention ${kind}`, name).slice(0, tokenDigits), 16);
}

/** Changed keys, and the paths of files that changed as a whole; each once. */
export function keysOf(change: Change): string[] {
  return [...new Set(change.entries.map((entry) => entry.key ?? entry.source))];
}

/** Within a transaction. */
export function insertMentions(
  store: Store,
  revision: number,
  names: Readonly<Record<MentionKind, readonly string[]>>,
): void {
  for (const kind of Object.keys(kinds) as MentionKind[])
    for (const token of new Set(names[kind].map((name) => tokenOf(store, kind, name))))
      store.database.run(
        "INSERT OR IGNORE INTO mention (kind, token, revision) VALUES (?, ?, ?)",
        kinds[kind],
        token,
        revision,
      );
}
