/** The results as tables: for a terminal, and as Markdown for docs/benchmarks.md. */
import { type Drift, growth, type Judged } from "./judge.ts";
import type { Machine } from "./machine.ts";
import { table } from "./table.ts";

export interface Results {
  readonly machine: Machine;
  /** ISO 8601. */
  readonly when: string;
  readonly lines: readonly Judged[];
}

/** Three figures that matter. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "—";
  if (value !== 0 && Math.abs(value) < 0.01) return value.toPrecision(1);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}

const label = ({ name, size }: Pick<Judged, "name" | "size">): string =>
  size === undefined ? name : `${name}, ${size.toLocaleString("en")}`;

const heading = ["", "unit", "runs", "Hotenv p50", "p99", "beside", "p50", "p99", "ratio"];

/** One row for each peer, the line's own figures in the first. */
function rowsOf(line: Judged): string[][] {
  const own = [label(line), line.unit, String(line.runs), figure(line.p50), figure(line.p99)];
  if (line.ratios.length === 0) return [[...own, "", "", "", ""]];
  return line.ratios.map(({ peer, ratio, stable }, at) => [
    ...(at === 0 ? own : ["", "", "", "", ""]),
    peer,
    figure(line.peers[peer]?.p50 ?? Number.NaN),
    figure(line.peers[peer]?.p99 ?? Number.NaN),
    `${figure(ratio)}${stable ? "" : " ~"}`,
  ]);
}

/** All that was found, for people at a terminal. */
export function forTerminal(lines: readonly Judged[]): string {
  const sections = [...Map.groupBy(lines, ({ group }) => group)].map(
    ([group, members]) => `${group}\n\n${table([heading, ...members.flatMap(rowsOf)])}`,
  );
  const budgets = budgetRows(lines);
  const grown = growthRows(lines);
  return [
    ...sections,
    ...(grown.length > 0 ? [`Growth\n\n${table([growthHeading, ...grown])}`] : []),
    ...(budgets.length > 0 ? [`Budgets\n\n${table([budgetHeading, ...budgets])}`] : []),
    "~ the ratio was not the same in every third of the run",
  ].join("\n\n");
}

const growthHeading = ["", "sizes", "Hotenv", "beside"];

function growthRows(lines: readonly Judged[]): string[][] {
  return growth(lines).map(({ group, name, from, to, exponent, peers }) => [
    `${group}: ${name}`,
    `${from.toLocaleString("en")} – ${to.toLocaleString("en")}`,
    figure(exponent),
    Object.entries(peers)
      .map(([peer, value]) => `${peer} ${figure(value)}`)
      .join(", "),
  ]);
}

const budgetHeading = ["", "budget", "measured", ""];

function budgetRows(lines: readonly Judged[]): string[][] {
  return lines.flatMap((line) =>
    line.budget === undefined
      ? []
      : [
          [
            `${line.group}: ${label(line)}`,
            line.budget.words,
            `${figure(line.budget.figure)}${line.budget.words.includes("×") ? " ×" : ` ${line.unit}`}`,
            line.budget.met ? "met" : "NOT met",
          ],
        ],
  );
}

function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...rest] = rows;
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, at) => (at === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rest.map(line)].join("\n");
}

export function asMarkdown({ machine, when, lines }: Results): string {
  const sections = [...Map.groupBy(lines, ({ group }) => group)].map(([group, members]) => {
    const notes = [...new Set(members.flatMap(({ note }) => note ?? []))];
    return [`### ${group}`, ...notes, markdownTable([heading, ...members.flatMap(rowsOf)])].join("\n\n");
  });
  return [
    `Measured on ${when.slice(0, 10)}: ${Object.entries(machine)
      .map(([what, value]) => `${what} ${value}`)
      .join(", ")}.`,
    ...sections,
    "### Growth",
    "The exponent b where the cost grows as size to the b: 0 does not grow, 1 grows in proportion.",
    markdownTable([growthHeading, ...growthRows(lines)]),
    "### Budgets",
    markdownTable([budgetHeading, ...budgetRows(lines)]),
  ].join("\n\n");
}

/** @returns a table of the ratios, and whether one that was called stable differs by more than is allowed */
export function describeDrift(found: readonly Drift[], allowed: number): { text: string; broken: boolean } {
  const percent = (by: number): string => `${(by * 100).toFixed(0)} %`;
  const rows = found.map(({ line, peer, before, after, by, stable }) => [
    `${line} / ${peer}`,
    figure(before),
    figure(after),
    percent(by),
    stable ? (by <= allowed ? "stable" : "BROKEN") : "not called stable",
  ]);
  const broken = found.some(({ by, stable }) => stable && by > allowed);
  return { text: table([["ratio", "before", "now", "differs", ""], ...rows]), broken };
}
