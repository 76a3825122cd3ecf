import type { RevisionSummary } from "../../core/protocol/messages.ts";
import type { History } from "../history/history.ts";

/** What was overtaken was never tried. */
export function newestTried(history: History): RevisionSummary | undefined {
  for (let before: number | undefined; ; ) {
    const page = history.list({ limit: 50, imported: false, ...(before === undefined ? {} : { before }) });
    const found = page.find(({ verdict }) => verdict !== "superseded");
    if (found !== undefined || page.length === 0) return found;
    before = page.at(-1)?.revision;
  }
}
