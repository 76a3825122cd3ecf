/** Which contents of which files an editor has said to have saved: whose change it is that the files then show. */
import type { Author, Origin } from "../../core/protocol/words.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Saves {
  note(path: string, hash: string, author: Author | undefined): void;
  /**
   * A change is an editor's where each file of it is what the editor saved last; anything else somebody
   * else has written.
   * @param before undefined where there was nothing
   */
  whose(
    before: Snapshot | undefined,
    now: Snapshot,
  ): { readonly origin: Origin; readonly author?: Author | undefined };
}

export function rememberSaves(): Saves {
  const last = new Map<string, { readonly hash: string; readonly author: Author | undefined }>();
  return {
    note: (path, hash, author) => void last.set(path, { hash, author }),
    whose(before, now) {
      const known = new Map(before?.files.map(({ path, hash }) => [path, hash]));
      const changed = now.files.filter(({ path, hash }) => hash !== (known.get(path) ?? null));
      const [first, ...others] = changed.map(({ path, hash }) => {
        const save = last.get(path);
        return save?.hash === hash ? save : undefined;
      });
      if (first === undefined || others.includes(undefined)) return { origin: "watcher" };
      return { origin: "editor", author: first.author };
    },
  };
}
