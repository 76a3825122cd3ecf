/** A plan as Markdown: for a pull request, a ticket, a colleague. Whatever it is given must be masked already. */
import { t } from "../l10n.ts";
import { actionWord, kindWord, severityWord } from "../protocol/word-texts.ts";
import type { Action, ChangeEntry, Plan, PlanStep, Severity } from "../protocol/words.ts";
import { actionsText, formatMs } from "./lens-text.ts";

export interface ReportOptions {
  readonly project: string;
  /** Severities that are not applied before somebody has said yes. */
  readonly confirm?: readonly Severity[];
}

export function changeReport({ change, phases, notes }: Plan, options: ReportOptions): string {
  const steps = phases.flatMap((phase) => phase.steps);
  const lines = [
    `# ${t("Change report: {0}", plain(options.project))}`,
    "",
    headline({ change, phases, notes }, options),
  ];
  if (change.entries.length > 0)
    lines.push(
      "",
      `## ${t("Changes")}`,
      "",
      `| ${[t("What"), t("Where"), t("Before"), t("After"), t("Severity")].join(" | ")} |`,
      "|---|---|---|---|---|",
      ...change.entries.map(row),
    );
  if (steps.length > 0) lines.push("", `## ${t("Plan")}`, "", ...phases.flatMap(phaseLines));
  if (notes.length > 0) lines.push("", `## ${t("Notes")}`, "", ...notes.map((note) => `- ${plain(note)}`));
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
  const words = does === "" ? t("no service needs anything") : does;
  if (entries.length === 0) return t("No value changes; {0}.", words);
  const said =
    entries.length === 1
      ? t("1 change, {0}; {1}.", severityWord(severity), words)
      : t("{0} changes, {1}; {2}.", entries.length, severityWord(severity), words);
  return confirm.includes(severity) ? t("{0} It waits for a yes before it is applied.", said) : said;
}

function row({ kind, key, source, before, after, severity }: ChangeEntry): string {
  const value = (text: string | undefined, missing: string) => (text === undefined ? missing : code(text));
  const [old, now] =
    key === undefined
      ? ["", kindWord(kind)]
      : [value(before, t("(not set)")), value(after, kind === "removed" ? t("(removed)") : t("(not set)"))];
  const cells = [
    key === undefined ? t("the file") : code(key),
    code(source),
    old,
    now,
    severityWord(severity),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** One step stands beside its number; several stand below it. */
function phaseLines({ steps }: Plan["phases"][number], index: number): string[] {
  const [only, ...others] = steps;
  if (only !== undefined && others.length === 0) return stepLines(only, `${index + 1}. `);
  return [`${index + 1}. ${t("Side by side:")}`, ...steps.flatMap((step) => stepLines(step, "   - "))];
}

function stepLines(step: PlanStep, bullet: string): string[] {
  const { service, action, cause, evidence = [] } = step;
  const about = expectedText(step);
  const inner = " ".repeat(bullet.length);
  return [
    `${bullet}${stepText(plain(service), action, about, plain(cause))}`,
    ...evidence.map(({ file, line, text }) => `${inner}- ${code(`${file}:${line}`)} ${code(text)}`),
  ];
}

/** "**api**: recreate, about 1.8 s. TAG changes image": one line of Markdown. @param about empty where nothing is known */
export function stepText(service: string, action: Action, about: string, cause: string): string {
  const does = actionWord(action);
  return about === ""
    ? t("**{0}**: {1}. {2}", service, does, cause)
    : t("**{0}**: {1}, {2}. {3}", service, does, about, cause);
}

/** "about 1.8 s (median of 4)"; empty where nothing is known. */
export function expectedText({
  expectedMs,
  expectedFrom,
}: Pick<PlanStep, "expectedMs" | "expectedFrom">): string {
  if (expectedMs === undefined) return "";
  const time = formatMs(expectedMs);
  if (expectedFrom === undefined) return t("about {0}", time);
  return expectedFrom === 1
    ? t("about {0} (once before)", time)
    : t("about {0} (median of {1})", time, expectedFrom);
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
