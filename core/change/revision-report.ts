/** A revision as Markdown: for a message to a colleague, an issue, a chat. Values of sensitive keys stay masked. */
import { clausesOf, t } from "../l10n.ts";
import { actionWord, originWord, severityWord, stepStateWord, verdictWord } from "../protocol/word-texts.ts";
import type { ChangeEntry, Revision, RolloutStep } from "../protocol/words.ts";

const marks = { added: "+", removed: "-", modified: "~" } as const;

/** As code, whatever backticks are in it. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
  return text === "" ? t("(empty)") : `${fence}${pad}${text.replaceAll(/\s*\n\s*/g, " ⏎ ")}${pad}${fence}`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
const seconds = (ms: number): string =>
  ms < 1_000 ? t("{0} ms", Math.round(ms)) : t("{0} s", (ms / 1_000).toFixed(1));

function entryLine({ kind, source, key, severity, before, after }: ChangeEntry): string {
  const values = [before, after].filter((value) => value !== undefined).map(code);
  const said =
    key === undefined
      ? t("the whole file")
      : `${code(key)}${values.length > 0 ? `: ${values.join(" → ")}` : ""}`;
  return `- ${marks[kind]} ${t("{0} in {1}, {2}", said, code(source), severityWord(severity))}`;
}

const stepRow = ({ service, action, state, durationMs, detail, cause }: RolloutStep): string =>
  `| ${[service, actionWord(action), stepStateWord(state), durationMs === undefined ? "" : seconds(durationMs), detail ?? cause].map(cell).join(" | ")} |`;

/** @param project its name */
export function revisionReport(project: string, revision: Revision): string {
  const { rollout, change, git, note } = revision;
  const steps = rollout?.phases.flatMap((phase) => phase.steps) ?? [];
  const log = rollout?.log ?? [];
  const verdict = revision.verdict === undefined ? t("running") : verdictWord(revision.verdict);
  const branch = git?.branch ?? t("no branch");
  const lines: (string | undefined)[] = [
    `## ${t("{0}: revision {1}, {2}", project, revision.revision, verdict)}`,
    "",
    clausesOf([
      revision.time,
      revision.author.name,
      originWord(revision.origin),
      severityWord(revision.severity),
    ]),
    git?.head ? `git ${git.head.slice(0, 12)} (${branch})` : undefined,
    "",
    revision.reason,
    note === undefined ? undefined : `\n${t("Note: {0}", note)}`,
    rollout?.reason === undefined ? undefined : `\n**${rollout.reason}**`,
    ...(change.entries.length === 0 ? [] : ["", `### ${t("Changed")}`, "", ...change.entries.map(entryLine)]),
    ...(steps.length === 0
      ? []
      : [
          "",
          `### ${t("Rollout")}`,
          "",
          `| ${[t("service"), t("action"), t("state"), t("took"), t("why")].join(" | ")} |`,
          "|---|---|---|---|---|",
          ...steps.map(stepRow),
        ]),
    ...(log.length === 0 ? [] : ["", `### ${t("Log")}`, "", ...log.map((line) => `    ${line}`)]),
  ];
  return `${lines.filter((line) => line !== undefined).join("\n")}\n`;
}
