/** A revision with its rollout: the block that `apply`, `rollback` and `history show` print. */
import type { Outcome } from "../../../core/protocol/messages.ts";
import type { Git, Revision, Rollout, RolloutStep } from "../../../core/protocol/words.ts";
import { changeRows } from "./change.ts";
import { planLines } from "./plan.ts";
import type { Cell } from "./table.ts";
import { table } from "./table.ts";
import { logLine, visible } from "./text.ts";
import { formatDuration, formatTime } from "./time.ts";
import type { View } from "./view.ts";
import { paint, stepFormat, verdictFormat } from "./view.ts";

export function rolloutMs(rollout: Rollout | undefined | null): number | undefined {
  if (rollout?.endedAt === undefined) return undefined;
  return Math.max(0, new Date(rollout.endedAt).getTime() - new Date(rollout.startedAt).getTime());
}

/** "revision 12 · applied · 1.8 s · 14:02:11 · ada" */
export function headline(
  revision: {
    readonly revision: number;
    readonly verdict?: Revision["verdict"] | null;
    readonly durationMs?: number | null | undefined;
    readonly time?: string | undefined;
    readonly author?: string | undefined;
  },
  view: View,
): string {
  const { verdict, durationMs, time, author } = revision;
  const parts = [
    paint(`revision ${revision.revision}`, "bold", view),
    verdict === undefined || verdict === null
      ? paint("running", "cyan", view)
      : paint(verdict, verdictFormat[verdict], view),
    durationMs === undefined || durationMs === null ? undefined : formatDuration(durationMs),
    time === undefined ? undefined : formatTime(time, view),
    author === undefined ? undefined : visible(author),
  ];
  return parts.filter((part) => part !== undefined).join(paint(" · ", "dim", view));
}

export function stepRow(step: RolloutStep): Cell[] {
  return [
    visible(step.service),
    step.action,
    {
      text: step.durationMs === undefined ? "" : formatDuration(step.durationMs),
      format: "dim",
      align: "right",
    },
    {
      text: step.detail === undefined ? step.state : `${step.state}: ${visible(step.detail)}`,
      format: stepFormat[step.state],
    },
  ];
}

/** What the failing service itself said last. */
export function logLines(rollout: Rollout, view: View): string[] {
  return (rollout.log ?? []).map((line) => `  ${paint("│", "dim", view)} ${logLine(line)}`.trimEnd());
}

/** Why it did not work. */
export function failureLines(rollout: Rollout, view: View): string[] {
  const reason = rollout.reason === undefined ? [] : [`  ${paint(visible(rollout.reason), "red", view)}`];
  return [...reason, ...logLines(rollout, view)];
}

function steps(rollout: Rollout): RolloutStep[] {
  return rollout.phases.flatMap((phase) => phase.steps);
}

/** "main at 1a2b3c4d" */
function gitText({ head, branch }: Git): string {
  const commit = head === null ? "no commit yet" : head.slice(0, 8);
  return branch === null ? commit : `${branch} at ${commit}`;
}

export function renderRevision(revision: Revision, view: View): string {
  const { rollout } = revision;
  const { note, git } = revision;
  const facts: Cell[][] = [
    ["reason", visible(revision.reason)],
    [
      "origin",
      revision.parent === null ? revision.origin : `${revision.origin}, after revision ${revision.parent}`,
    ],
    ...(git === undefined ? [] : [["git", visible(gitText(git))]]),
    ...(note === undefined ? [] : [["note", visible(note)]]),
    ...(revision.pinned === true ? [["pinned", "it is never pruned"]] : []),
  ];
  const lines = [
    headline({ ...revision, durationMs: rolloutMs(rollout), author: revision.author.name }, view),
    ...table(facts, view),
  ];
  const rows = [
    ...changeRows(revision.change),
    ...(rollout === undefined ? [] : steps(rollout).map(stepRow)),
  ];
  if (rows.length > 0) lines.push("", ...table(rows, view));
  if (rollout !== undefined && revision.verdict !== "applied") {
    const failure = failureLines(rollout, view);
    if (failure.length > 0) lines.push("", ...failure);
  }
  return `${lines.join("\n")}\n`;
}

/** What `apply` and `rollback` have done, or, dry, would do. */
export function renderOutcome(outcome: Outcome, view: View): string {
  const { rollout, plan, message, verdict } = outcome;
  if (outcome.revision === null) {
    const format = verdict === "applied" ? "bold" : verdictFormat[verdict];
    return `${[paint(visible(message), format, view), ...planLines(plan, view)].join("\n")}\n`;
  }
  const lines = [
    headline(
      {
        revision: outcome.revision,
        verdict,
        durationMs: rolloutMs(rollout),
        time: rollout?.endedAt ?? rollout?.startedAt,
      },
      view,
    ),
    ...table([...changeRows(plan.change), ...(rollout === null ? [] : steps(rollout).map(stepRow))], view),
    ...plan.notes.map((note) => `  note: ${visible(note)}`),
  ];
  // What was applied is told by its steps, where it has any.
  if (verdict !== "applied") lines.push(`  ${paint(visible(message), "red", view)}`);
  else if (rollout === null) lines.push(`  ${visible(message)}`);
  if (rollout !== null && verdict !== "applied") lines.push(...logLines(rollout, view));
  return `${lines.join("\n")}\n`;
}
