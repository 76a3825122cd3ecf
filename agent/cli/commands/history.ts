import type { HistoryListReport } from "../../../core/protocol/cli.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { Params, RevisionSummary } from "../../../core/protocol/messages.ts";
import type { Access } from "../access.ts";
import { reach } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { never } from "../interrupt.ts";
import { renderDiff } from "../render/diff.ts";
import { renderHistory } from "../render/history.ts";
import { renderRevision } from "../render/revision.ts";

function listReport(revisions: readonly RevisionSummary[]): HistoryListReport {
  return revisions.map(({ revision, time, author, reason, verdict, keys }) => ({
    revision,
    time,
    author,
    reason,
    verdict,
    keys,
  }));
}

export async function historyList(context: Context, options: Params<"history/list">): Promise<number> {
  await using access = await reach(context);
  const revisions = await access.api["history/list"](options, never);
  const { lastGood } = await access.api.status({}, never);
  answer(context, "history list", listReport(revisions), (view) => renderHistory(revisions, lastGood, view));
  return 0;
}

async function currentRevision(access: Access): Promise<number> {
  const { revision } = await access.api.status({}, never);
  if (revision !== null) return revision;
  throw new HotenvError("revision-unknown", "This project has no revision yet.", {
    todo: "The first one is made when an agent starts (hotenv agent) or by: hotenv apply",
  });
}

/** @param number default: the current one */
export async function historyShow(context: Context, number: number | undefined): Promise<number> {
  await using access = await reach(context);
  const revision = await access.api["history/show"](
    { revision: number ?? (await currentRevision(access)) },
    never,
  );
  answer(context, "history show", revision, (view) => renderRevision(revision, view));
  return 0;
}

/**
 * @param from default: the current revision
 * @param to default: the files on disk
 */
export async function historyDiff(
  context: Context,
  from: number | undefined,
  to: number | undefined,
): Promise<number> {
  await using access = await reach(context);
  const range = { from: from ?? (await currentRevision(access)), to: to ?? null };
  const diff = await access.api["history/diff"](range, never);
  answer(context, "history diff", diff, (view) => renderDiff(range.from, range.to, diff, view));
  return 0;
}
