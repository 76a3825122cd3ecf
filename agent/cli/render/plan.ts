/** What applying the files on disk would do. */
import type { Plan, PlanStep } from "../../../core/protocol/words.ts";
import { changeRows } from "./change.ts";
import { type Cell, table } from "./table.ts";
import { plural, visible } from "./text.ts";
import { formatDuration } from "./time.ts";
import type { View } from "./view.ts";
import { paint } from "./view.ts";

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function headline(plan: Plan): string {
  const steps = plan.phases.flatMap((phase) => phase.steps);
  if (plan.change.entries.length === 0 && steps.length === 0)
    return "Nothing to do: what runs is what the files on disk say.";
  const changes =
    plan.change.entries.length === 0 ? "No value changes" : plural(plan.change.entries.length, "change");
  if (steps.length === 0) return `${changes}, and no service needs anything.`;
  const services = plural(new Set(steps.map((step) => step.service)).size, "service");
  const phases = plan.phases.length === 1 ? "" : ` in ${plural(plan.phases.length, "phase")}`;
  // Steps of one phase run side by side: a phase takes as long as its slowest.
  const slowest = plan.phases.map((phase) => phase.steps.map((step) => step.expectedMs));
  const known = slowest.flat().every((ms) => ms !== undefined);
  const expected = sum(slowest.map((times) => Math.max(0, ...times.filter((ms) => ms !== undefined))));
  return `${changes} · ${services}${phases}${known ? ` · about ${formatDuration(expected)}` : ""}`;
}

/** How much the time is worth: it is the median of so many. */
const fromText = ({ expectedFrom }: PlanStep): string =>
  expectedFrom === undefined ? "" : ` (of ${plural(expectedFrom, "rollout")})`;

/** The change, the phases and the notes. */
export function planLines(plan: Plan, view: View): string[] {
  const lines = table(changeRows(plan.change), view);
  const numbered = plan.phases.length > 1;
  const rows = plan.phases.flatMap((phase, index) =>
    phase.steps.map((step): Cell[] => [
      ...(numbered ? [{ text: `${index + 1}.`, format: "dim" } as const] : []),
      visible(step.service),
      { text: step.action, format: "cyan" },
      {
        text:
          step.expectedMs === undefined ? "" : `about ${formatDuration(step.expectedMs)}${fromText(step)}`,
        format: "dim",
      },
      { text: visible(step.cause), format: "dim" },
    ]),
  );
  const separate = (more: string[]) => {
    if (more.length > 0) lines.push(...(lines.length > 0 ? [""] : []), ...more);
  };
  separate(table(rows, view));
  separate(plan.notes.map((note) => `  note: ${visible(note)}`));
  return lines;
}

export function renderPlan(plan: Plan, view: View): string {
  return `${[paint(headline(plan), "bold", view), ...planLines(plan, view)].join("\n")}\n`;
}
