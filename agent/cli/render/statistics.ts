/** What a history tells about itself. */
import type { Statistics } from "../../../core/protocol/messages.ts";
import type { Cell } from "./table.ts";
import { table } from "./table.ts";
import { plural, visible } from "./text.ts";
import { formatDuration } from "./time.ts";
import type { View } from "./view.ts";
import { paint } from "./view.ts";

const number = (text: string): Cell => ({ text, format: "dim", align: "right" });
const duration = (ms: number | null): Cell => number(ms === null ? "" : formatDuration(ms));

export function renderStatistics({ services, days, failingKeys }: Statistics, view: View): string {
  if (services.length === 0 && days.length === 0) return "Nothing has happened in that time.\n";
  const lines: string[] = [];
  const block = (title: string, rows: readonly (readonly Cell[])[]): void => {
    if (rows.length > 0) lines.push(paint(title, "bold", view), ...table(rows, view), "");
  };
  block(
    "Rollouts (of all, median, 95 of 100)",
    services.map((one): Cell[] => [
      visible(one.service),
      number(plural(one.rollouts, "rollout")),
      number(`${Math.floor(one.successRate * 100)} % applied`),
      duration(one.medianMs),
      duration(one.p95Ms),
    ]),
  );
  block(
    "Changes by day",
    days.map(({ day, severity, changes }): Cell[] => [day, severity, number(String(changes))]),
  );
  block(
    "Keys that failed most",
    failingKeys.map(({ key, failures, newest }): Cell[] => [
      visible(key),
      number(plural(failures, "time")),
      `last in revision ${newest}`,
    ]),
  );
  return `${lines.join("\n")}`;
}
