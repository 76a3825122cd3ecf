/** Lists revisions by words as well: every one has to be opened, so the agent looks at other work in between. */
import { setImmediate } from "node:timers/promises";
import type { Params, RevisionSummary } from "../../core/protocol/messages.ts";
import { mentions, wordsOf } from "../../core/protocol/search.ts";
import type { History } from "../history/history.ts";

/** Opened in one go: about ten milliseconds. */
const sliceSize = 200;
const defaultLimit = 100;

/** Newest first. @throws the signal's reason */
export async function searchHistory(
  history: History,
  { text = "", limit = defaultLimit, ...options }: Params<"history/list">,
  signal: AbortSignal,
): Promise<RevisionSummary[]> {
  const words = wordsOf(text);
  if (words.length === 0) return history.list({ ...options, limit });
  const found: RevisionSummary[] = [];
  let { before } = options;
  for (;;) {
    const slice = history.list({ ...options, before, limit: sliceSize });
    for (const summary of slice) if (mentions(summary, words)) found.push(summary);
    before = slice.at(-1)?.revision;
    if (found.length >= limit || before === undefined) return found.slice(0, limit);
    await setImmediate();
    signal.throwIfAborted();
  }
}
