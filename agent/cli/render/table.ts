/** Rows with aligned columns. */
import { cellText, displayWidth, truncate } from "./text.ts";
import type { Format, View } from "./view.ts";
import { paint } from "./view.ts";

export type Cell = string | { readonly text: string; readonly format: Format; readonly align?: "right" };

const gap = 2;
/** A last cell is never cut below this. */
const minLastCellColumns = 12;

/**
 * A column is as wide as its widest cell; a row's last cell does not count, so that a long value
 * does not push the others apart. Last cells are cut to the view's width.
 */
export function table(rows: readonly (readonly Cell[])[], view: View, indent = 2): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.slice(0, -1).entries())
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(cellText(cell)));
  return rows.map((row) => {
    let line = " ".repeat(indent);
    let used = indent;
    for (const [index, cell] of row.entries()) {
      const last = index === row.length - 1;
      const room = Math.max(view.width - used, minLastCellColumns);
      const text = last ? truncate(cellText(cell), room) : cellText(cell);
      const painted = typeof cell === "string" ? text : paint(text, cell.format, view);
      const padding = " ".repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)));
      if (typeof cell !== "string" && cell.align === "right") line += padding + painted;
      else line += last ? painted : painted + padding;
      if (!last) line += " ".repeat(gap);
      used += (widths[index] ?? 0) + gap;
    }
    return line.trimEnd();
  });
}
