/** Problems as text for people and as JSON, GitHub annotations and SARIF for programs. */
import type { Problem } from "../protocol/words.ts";
import { codes, isCode } from "./codes.ts";

export const reportFormats = ["text", "json", "github", "sarif"] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface ReportOptions {
  /** Hotenv's own version, for SARIF. */
  readonly version?: string;
  /** Escape sequences that colour a terminal; text only. */
  readonly color?: boolean;
}

/** Without a line break at its end; "" where there is nothing to say. */
export function formatProblems(
  problems: readonly Problem[],
  format: ReportFormat,
  options: ReportOptions = {},
): string {
  switch (format) {
    case "text":
      return formatText(problems, options.color === true);
    case "json":
      return JSON.stringify(problems, null, 2);
    case "github":
      return problems.map(formatCommand).join("\n");
    case "sarif":
      return JSON.stringify(toSarif(problems, options.version), null, 2);
  }
}

const startOfColour = "\u001b[";
const colours = { error: "31", warning: "33", info: "36", hint: "2" } as const satisfies Record<
  Problem["severity"],
  string
>;

function formatText(problems: readonly Problem[], color: boolean): string {
  if (problems.length === 0) return "";
  const paint = (text: string, code: string): string =>
    color ? `${startOfColour}${code}m${text}${startOfColour}0m` : text;
  const lines = problems.map(
    ({ file, line, column, severity, message, code }) =>
      `${file}:${line}:${column}: ${paint(severity, colours[severity])}: ${message} ${paint(`[${code}]`, "2")}`,
  );
  return [...lines, "", summary(problems)].join("\n");
}

function summary(problems: readonly Problem[]): string {
  const count = (severity: Problem["severity"]): number =>
    problems.filter((problem) => problem.severity === severity).length;
  const say = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
  const files = new Set(problems.map(({ file }) => file)).size;
  return `${say(count("error"), "error")}, ${say(count("warning"), "warning")}, ${say(
    count("info") + count("hint"),
    "note",
  )} in ${say(files, "file")}.`;
}

/** A workflow command: its properties and its message escape differently. */
function formatCommand({ file, line, column, endLine, endColumn, severity, code, message }: Problem): string {
  const command = severity === "error" || severity === "warning" ? severity : "notice";
  const data = (text: string): string =>
    text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  // GitHub takes columns for one-line ranges only.
  const columns = line === endLine ? `,col=${column},endColumn=${endColumn}` : "";
  const place = `file=${property(file)},line=${line},endLine=${endLine}${columns}`;
  return `::${command} ${place},title=${property(`hotenv ${code}`)}::${data(message)}`;
}

const sarifLevels = { error: "error", warning: "warning", info: "note", hint: "note" } as const;

function toSarif(problems: readonly Problem[], version: string | undefined): object {
  const used = [...new Set(problems.map(({ code }) => code))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "hotenv",
            ...(version === undefined ? {} : { version }),
            rules: used.map((id) => ({ id, shortDescription: { text: isCode(id) ? codes[id].title : id } })),
          },
        },
        // What the columns of `Problem` count.
        columnKind: "utf16CodeUnits",
        results: problems.map((problem) => ({
          ruleId: problem.code,
          ruleIndex: used.indexOf(problem.code),
          level: sarifLevels[problem.severity],
          message: { text: problem.message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: problem.file.split("/").map(encodeURIComponent).join("/") },
                region: {
                  startLine: problem.line,
                  startColumn: problem.column,
                  endLine: problem.endLine,
                  endColumn: problem.endColumn,
                },
              },
            },
          ],
        })),
      },
    ],
  };
}
