/** A plan as Markdown: for a pull request, a ticket, a colleague. Whatever it is given must be masked already. */
import type { ChangeEntry, Plan, PlanStep, Severity } from "../protocol/words.ts";
import { actionsText, formatMs } from "./lens-text.ts";

export interface ReportOptions {
  readonly project: string;
  /** Severities that are not applied before somebody has said yes. */
  readonly confirm?: readonly Severity[];
}

export function changeReport({ change, phases, notes }: Plan, options: ReportOptions): string {
  const steps = phases.flatMap((phase) => phase.steps);
  const lines = [
    `# Change report: ${plain(options.project)}`,
    "",
    headline({ change, phases, notes }, options),
  ];
  if (change.entries.length > 0)
    lines.push(
      "",
      "## Changes",
      "",
      "| What | Where | Before | After | Severity |",
      "|---|---|---|---|---|",
      ...change.entries.map(row),
    );
  if (steps.length > 0) lines.push("", "## Plan", "", ...phases.flatMap(phaseLines));
  if (notes.length > 0) lines.push("", "## Notes", "", ...notes.map((note) => `- ${plain(note)}`));
  return `${lines.join("\n")}\n`;
}

function headline({ change, phases }: Plan, { confirm = [] }: ReportOptions): string {
  const { entries, severity } = change;
  const steps = phases.flatMap((phase) => phase.steps);
  const expected = new Map(
    steps.map(({ service, expectedMs: ms }) => [service, ms === undefined ? undefined : { ms, count: 1 }]),
  );
  const phase = new Map(
    phases.flatMap(({ steps: side }, index) => side.map(({ service }) => [service, index])),
  );
  const does = actionsText(steps, {
    expected: (service) => expected.get(service),
    phaseOf: (service) => phase.get(service) ?? 0,
  });
  const count = entries.length === 1 ? "1 change" : `${entries.length} changes`;
  const what = entries.length === 0 ? "No value changes" : `${count}, ${severity}`;
  const asks =
    entries.length > 0 && confirm.includes(severity) ? " It waits for a yes before it is applied." : "";
  return `${what}; ${does === "" ? "no service needs anything" : does}.${asks}`;
}

function row({ kind, key, source, before, after, severity }: ChangeEntry): string {
  const value = (text: string | undefined, missing: string) => (text === undefined ? missing : code(text));
  const [old, now] =
    key === undefined
      ? ["", kind]
      : [value(before, "(not set)"), value(after, kind === "removed" ? "(removed)" : "(not set)")];
  const cells = [key === undefined ? "the file" : code(key), code(source), old, now, severity];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** One step stands beside its number; several stand below it. */
function phaseLines({ steps }: Plan["phases"][number], index: number): string[] {
  const [only, ...others] = steps;
  if (only !== undefined && others.length === 0) return stepLines(only, `${index + 1}. `);
  return [`${index + 1}. Side by side:`, ...steps.flatMap((step) => stepLines(step, "   - "))];
}

function stepLines(step: PlanStep, bullet: string): string[] {
  const { service, action, cause, evidence = [] } = step;
  const about = expectedText(step);
  const inner = " ".repeat(bullet.length);
  return [
    `${bullet}**${plain(service)}**: ${action}${about === "" ? "" : `, ${about}`}. ${plain(cause)}`,
    ...evidence.map(({ file, line, text }) => `${inner}- ${code(`${file}:${line}`)} ${code(text)}`),
  ];
}

/** "about 1.8 s (median of 4)"; empty where nothing is known. */
export function expectedText({
  expectedMs,
  expectedFrom,
}: Pick<PlanStep, "expectedMs" | "expectedFrom">): string {
  if (expectedMs === undefined) return "";
  const from =
    expectedFrom === undefined ? "" : expectedFrom === 1 ? " (once before)" : ` (median of ${expectedFrom})`;
  return `about ${formatMs(expectedMs)}${from}`;
}

/** Text that Markdown leaves as it is. */
const plain = (text: string): string =>
  text.replaceAll(/[\\`*[\]<>|]|\b_|_\b/g, "\\$&").replaceAll(/\r?\n/g, " ");

/** Inline code that may hold backticks. */
export function code(text: string): string {
  const line = text.replaceAll(/\r?\n/g, "⏎");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line === "" || /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
