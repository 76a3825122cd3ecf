/** What became of one key, newest first. */
import type { KeyRevision } from "../../../core/protocol/messages.ts";
import type { Cell } from "./table.ts";
import { table } from "./table.ts";
import { visible } from "./text.ts";
import { formatTime } from "./time.ts";
import type { View } from "./view.ts";
import { verdictFormat } from "./view.ts";

function valuesOf({ kind, before = "", after = "" }: KeyRevision): string {
  if (kind === "added") return `= ${visible(after)}`;
  if (kind === "removed") return `removed; was ${visible(before)}`;
  return `${visible(before)} → ${visible(after)}`;
}

export function renderKeyHistory(key: string, changes: readonly KeyRevision[], view: View): string {
  if (changes.length === 0) return `No revision that is kept changed ${visible(key)}.\n`;
  const rows = changes.map((change): Cell[] => [
    { text: String(change.revision), format: "bold", align: "right" },
    formatTime(change.time, view),
    visible(change.author),
    change.verdict === null
      ? { text: "running", format: "cyan" }
      : { text: change.verdict, format: verdictFormat[change.verdict] },
    visible(change.source),
    valuesOf(change),
  ]);
  return `${table(rows, view).join("\n")}\n`;
}
