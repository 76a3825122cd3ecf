/** A change, entry by entry. */
import type { Change, ChangeEntry } from "../../../core/protocol/words.ts";
import type { Cell } from "./table.ts";
import { visible } from "./text.ts";
import { severityFormat } from "./view.ts";

const quoteIfBlank = (value: string) =>
  value.trim() === value && value !== "" ? visible(value) : `"${visible(value)}"`;

function difference(entry: ChangeEntry): string {
  const { before, after } = entry;
  if (entry.kind === "added") return after === undefined ? "added" : `added, ${quoteIfBlank(after)}`;
  if (entry.kind === "removed")
    return before === undefined ? "removed" : `removed, was ${quoteIfBlank(before)}`;
  if (before === undefined || after === undefined) return "modified";
  if (entry.sensitive && before === after) return "modified, kept secret";
  return `${quoteIfBlank(before)} → ${quoteIfBlank(after)}`;
}

/** One row an entry: its key or path, and what became of it. Sources are named where there are several. */
export function changeRows(change: Change): Cell[][] {
  const sources = new Set(change.entries.map((entry) => entry.source));
  return change.entries.map((entry) => {
    const key = entry.key === undefined ? entry.source : entry.key;
    const name = entry.key !== undefined && sources.size > 1 ? `${entry.source}: ${key}` : key;
    const text = difference(entry);
    return [
      visible(name),
      entry.severity === "minor"
        ? text
        : { text: `${text}  (${entry.severity})`, format: severityFormat[entry.severity] },
    ];
  });
}
