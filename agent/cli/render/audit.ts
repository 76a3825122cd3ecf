/** Who asked for what, newest first. */
import type { AuditEntry } from "../../../core/protocol/messages.ts";
import type { Cell } from "./table.ts";
import { table } from "./table.ts";
import { visible } from "./text.ts";
import { formatTime } from "./time.ts";
import type { View } from "./view.ts";

export function renderAudit(entries: readonly AuditEntry[], view: View): string {
  if (entries.length === 0) return "Nothing has been asked for yet.\n";
  const rows = entries.map((entry): Cell[] => [
    { text: String(entry.id), format: "dim", align: "right" },
    formatTime(entry.time, view),
    visible(entry.who),
    visible(entry.client),
    { text: visible(entry.what), format: "bold" },
    entry.refused ? { text: "refused", format: "red" } : "done",
    visible(entry.detail),
  ]);
  return `${table(rows, view).join("\n")}\n`;
}
