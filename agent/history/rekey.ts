/**
 * Everything in a database sealed anew under another key: contents, records, and what they are found by.
 * One transaction; whoever dies within it leaves the database as it was.
 */
import { resealAnnotations } from "./annotations.ts";
import { resealContents } from "./contents.ts";
import { resealJournal } from "./journal.ts";
import { resealKept } from "./kept.ts";
import { resealRevisions } from "./revisions.ts";
import type { Sealer } from "./seal.ts";
import type { Store } from "./store.ts";

/**
 * Nobody else may have the database open.
 * @throws history-damaged where a record does not open: then nothing has changed
 */
export function resealAll(from: Store, sealer: Sealer, more: (to: Store) => void): void {
  const to: Store = { ...from, sealer };
  from.database.transaction(() => {
    resealContents(from, to);
    resealRevisions(from, to);
    resealAnnotations(from, to);
    resealJournal(from, to);
    resealKept(from, to);
    more(to);
  });
}
