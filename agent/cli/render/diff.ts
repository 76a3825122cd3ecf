/** What differs between two revisions, or between a revision and the files on disk. */
import type { Result } from "../../../core/protocol/messages.ts";
import { changeRows } from "./change.ts";
import { lineDiff } from "./line-diff.ts";
import { table } from "./table.ts";
import { logLine, visible } from "./text.ts";
import type { Format, View } from "./view.ts";
import { paint } from "./view.ts";

const marks = {
  same: { mark: " ", format: undefined },
  removed: { mark: "-", format: "red" },
  added: { mark: "+", format: "green" },
} as const satisfies Record<string, { mark: string; format: Format | undefined }>;

/** @param to null: the files on disk */
export function renderDiff(
  from: number,
  to: number | null,
  diff: Result<"history/diff">,
  view: View,
): string {
  const target = to === null ? "the files on disk" : `revision ${to}`;
  const files = diff.files.filter((file) => file.before !== file.after);
  if (diff.entries.length === 0 && files.length === 0)
    return `No difference between revision ${from} and ${target}.\n`;
  const lines = [paint(`revision ${from} → ${target}`, "bold", view)];
  lines.push(...table(changeRows({ entries: diff.entries, severity: "minor" }), view));
  for (const { path, before, after } of files) lines.push("", ...fileDiff(path, before, after, view));
  return `${lines.join("\n")}\n`;
}

/** One file's difference, as `diff -u` writes it. @param before null: there is no file */
export function fileDiff(path: string, before: string | null, after: string | null, view: View): string[] {
  const lines = [
    paint(before === null ? "--- (no file)" : `--- ${visible(path)}`, "bold", view),
    paint(after === null ? "+++ (no file)" : `+++ ${visible(path)}`, "bold", view),
  ];
  for (const hunk of lineDiff(before, after)) {
    const range = `@@ -${hunk.beforeStart},${hunk.beforeCount} +${hunk.afterStart},${hunk.afterCount} @@`;
    lines.push(paint(range, "cyan", view));
    for (const line of hunk.lines) {
      const { mark, format } = marks[line.kind];
      const text = `${mark}${logLine(line.text)}`;
      lines.push(format === undefined ? text : paint(text, format, view));
    }
  }
  return lines;
}
