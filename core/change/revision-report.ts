/** A revision as Markdown: for a message to a colleague, an issue, a chat. Values of sensitive keys stay masked. */
import type { ChangeEntry, Revision, RolloutStep } from "../protocol/words.ts";

const marks = { added: "+", removed: "-", modified: "~" } as const;

/** As code, whatever backticks are in it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return text === "" ? "(empty)" : `${fence}${pad}${text.replaceAll(/\s*\n\s*/g, " ⏎ ")}${pad}${fence}`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
const seconds = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

function entryLine({ kind, source, key, severity, before, after }: ChangeEntry): string {
  const values = [before, after].filter((value) => value !== undefined).map(code);
  const said =
    key === undefined
      ? "the whole file"
      : `${code(key)}${values.length > 0 ? `: ${values.join(" → ")}` : ""}`;
  return `- ${marks[kind]} ${said} in ${code(source)}, ${severity}`;
}

const stepRow = ({ service, action, state, durationMs, detail, cause }: RolloutStep): string =>
  `| ${[service, action, state, durationMs === undefined ? "" : seconds(durationMs), detail ?? cause].map(cell).join(" | ")} |`;

/** @param project its name */
export function revisionReport(project: string, revision: Revision): string {
  const { rollout, change, git, note } = revision;
  const steps = rollout?.phases.flatMap((phase) => phase.steps) ?? [];
  const log = rollout?.log ?? [];
  const branch = git?.branch ?? "no branch";
  const lines: (string | undefined)[] = [
    `## ${project}: revision ${revision.revision}, ${revision.verdict ?? "running"}`,
    "",
    `${revision.time}, ${revision.author.name}, ${revision.origin}, ${revision.severity}`,
    git?.head ? `git ${git.head.slice(0, 12)} (${branch})` : undefined,
    "",
    revision.reason,
    note === undefined ? undefined : `\nNote: ${note}`,
    rollout?.reason === undefined ? undefined : `\n**${rollout.reason}**`,
    ...(change.entries.length === 0 ? [] : ["", "### Changed", "", ...change.entries.map(entryLine)]),
    ...(steps.length === 0
      ? []
      : [
          "",
          "### Rollout",
          "",
          "| service | action | state | took | why |",
          "|---|---|---|---|---|",
          ...steps.map(stepRow),
        ]),
    ...(log.length === 0 ? [] : ["", "### Log", "", ...log.map((line) => `    ${line}`)]),
  ];
  return `${lines.filter((line) => line !== undefined).join("\n")}\n`;
}
