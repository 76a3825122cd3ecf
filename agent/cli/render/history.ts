/** Revisions, one a line, newest first. */
import type { RevisionSummary } from "../../../core/protocol/messages.ts";
import type { Cell } from "./table.ts";
import { table } from "./table.ts";
import { plural, visible } from "./text.ts";
import { formatDuration, formatTime } from "./time.ts";
import type { Format, View } from "./view.ts";
import { verdictFormat } from "./view.ts";

const shownKeys = 3;

function keyList(keys: readonly string[]): string {
  const shown = keys.slice(0, shownKeys).map(visible).join(", ");
  return keys.length <= shownKeys ? shown : `${shown} and ${keys.length - shownKeys} more`;
}

/** A note says more than the reason that was given at the time. */
const reasonOf = ({ note, reason, pinned }: RevisionSummary): string =>
  (pinned === true ? "(pinned) " : "") + (note ?? reason);

/** @param lastGood marked with a star */
export function renderHistory(
  revisions: readonly RevisionSummary[],
  lastGood: number | null,
  view: View,
): string {
  if (revisions.length === 0)
    return "No revision yet: the first one is made when an agent starts or `hotenv apply` runs.\n";
  const dim = (text: string): Cell => ({ text, format: "dim" });
  const rows = revisions.map((revision): Cell[] => {
    const verdict: { text: string; format: Format } =
      revision.verdict === null
        ? { text: "running", format: "cyan" }
        : { text: revision.verdict, format: verdictFormat[revision.verdict] };
    return [
      {
        text: `${revision.revision === lastGood ? "* " : ""}${revision.revision}`,
        format: "bold",
        align: "right",
      },
      formatTime(revision.time, view),
      visible(revision.author),
      verdict,
      {
        text: revision.durationMs === null ? "" : formatDuration(revision.durationMs),
        format: "dim",
        align: "right",
      },
      keyList(revision.keys),
      dim(visible(reasonOf(revision))),
    ];
  });
  const marked = revisions.some(({ revision }) => revision === lastGood);
  const legend = `${plural(revisions.length, "revision")}${marked ? "; * is the last good" : ""}`;
  return `${[...table(rows, view), "", `  ${legend}`].join("\n")}\n`;
}
