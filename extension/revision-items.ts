/** Revisions as a person chooses among them. */
import type { RevisionSummary } from "../core/protocol/messages.ts";
import { verdictWord } from "../core/protocol/word-texts.ts";
import type { Verdict } from "../core/protocol/words.ts";
import { t } from "./l10n.ts";
import { ago, took } from "./time.ts";

export interface RevisionItem {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
  readonly revision: number;
}

/** More keys than this are counted, not named. */
const shownKeys = 5;

/**
 * Newest first, without the revision that runs.
 * @param now in ms since 1970
 */
export function revisionItems(
  revisions: readonly RevisionSummary[],
  running: { readonly revision: number | null; readonly lastGood: number | null },
  now: number,
): RevisionItem[] {
  return revisions
    .filter(({ revision }) => revision !== running.revision)
    .map((summary) => ({
      label: `${verdictIcon(summary)} ${t("Revision {0}", summary.revision)}`,
      description: [
        ago(Date.parse(summary.time), now),
        summary.author,
        summary.revision === running.lastGood ? t("last good") : undefined,
      ]
        .filter((part) => part !== undefined)
        .join(" · "),
      detail: [
        // What was adopted has changed nothing; its reason says so.
        summary.keys.length === 0 ? undefined : keysText(summary.keys),
        outcomeWord(summary.verdict),
        summary.durationMs === null ? undefined : took(summary.durationMs),
        summary.reason === "" ? undefined : summary.reason,
      ]
        .filter((part) => part !== undefined)
        .join(" · "),
      revision: summary.revision,
    }));
}

/** @param keys at least one */
export function keysText(keys: readonly string[]): string {
  const rest = keys.length - shownKeys;
  return keys.slice(0, shownKeys).join(", ") + (rest > 0 ? t(" and {0} more", rest) : "");
}

/** null: its rollout runs. */
export const outcomeWord = (verdict: Verdict | null): string =>
  verdict === null ? t("running") : verdictWord(verdict);

function verdictIcon({ verdict }: RevisionSummary): string {
  switch (verdict) {
    case "applied":
      return "$(pass)";
    case "rolled-back":
      return "$(discard)";
    case "failed":
    case "rejected":
      return "$(error)";
    case "inconclusive":
      return "$(question)";
    case "superseded":
      return "$(circle-slash)";
    case null:
      return "$(sync~spin)";
  }
}
