/** Which contents of which files an editor has said to have saved: whose change it is that the files then show. */
import type { Author, Origin } from "../../core/protocol/words.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Saves {
  /** @param reason why, in the author's words */
  note(path: string, hash: string, author: Author | undefined, reason?: string): void;
  /** Whether an editor has said that it saves this content: it is whole, however lately it was written. */
  isWhole(path: string, hash: string): boolean;
  /**
   * A change is an editor's where each file of it is what the editor saved last; anything else somebody
   * else has written.
   * @param before undefined where there was nothing
   */
  whose(
    before: Snapshot | undefined,
    now: Snapshot,
  ): { readonly origin: Origin; readonly author?: Author | undefined; readonly reason?: string | undefined };
}

export function rememberSaves(): Saves {
  const last = new Map<
    string,
    { readonly hash: string; readonly author: Author | undefined; readonly reason: string | undefined }
  >();
  return {
    note(path, hash, author, reason) {
      // The same content is told of before and after it is written; a reason that was given once is kept.
      const known = last.get(path);
      const kept = known?.hash === hash ? known.reason : undefined;
      last.set(path, { hash, author, reason: reason ?? kept });
    },
    isWhole: (path, hash) => last.get(path)?.hash === hash,
    whose(before, now) {
      const known = new Map(before?.files.map(({ path, hash }) => [path, hash]));
      const changed = now.files.filter(({ path, hash }) => hash !== (known.get(path) ?? null));
      const [first, ...others] = changed.map(({ path, hash }) => {
        const save = last.get(path);
        return save?.hash === hash ? save : undefined;
      });
      if (first === undefined || others.includes(undefined)) return { origin: "watcher" };
      const reasons = changed.flatMap(({ path }) => last.get(path)?.reason ?? []);
      const reason = reasons.length === 0 ? undefined : [...new Set(reasons)].join(" ");
      return { origin: "editor", author: first.author, ...(reason === undefined ? {} : { reason }) };
    },
  };
}
