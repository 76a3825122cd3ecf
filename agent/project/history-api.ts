/** What clients ask of the history, beyond lists and rollbacks. */
import { isAbsolute } from "node:path";
import { mask } from "../../core/change/mask.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi, Result } from "../../core/protocol/messages.ts";
import { exportHistory, importHistory } from "./archive-history.ts";
import { seqName } from "./kept-names.ts";
import { keepPaused } from "./pause.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { Workshop } from "./workshop.ts";

export interface HistoryApiOptions {
  readonly shop: Workshop;
  /** Tells every client that a revision has another note or pin. */
  readonly annotated: (revision: number) => void;
  /** Waits until no rollout runs, and keeps the next one waiting. */
  readonly inTurn: InTurn;
  /** One after the other as well, while rollouts go on. */
  readonly aside: InTurn;
  /** Makes sure that no other process writes, where this one does not own the project yet. */
  readonly ready: () => Promise<void>;
  /** What was handled was forgotten: the files are looked at as at the start. */
  readonly lookAnew: () => void;
}

type InTurn = <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

type HistoryMethods =
  | "history/key"
  | "history/annotate"
  | "history/prune"
  | "history/vacuum"
  | "history/backup"
  | "history/stats"
  | "history/export"
  | "history/import"
  | "history/restore"
  | "history/rekey"
  | "history/audit";

function absolute(file: string): string {
  if (isAbsolute(file)) return file;
  throw new HotenvError("usage", `${file} is not an absolute path.`);
}

export function historyApi({
  shop,
  annotated,
  inTurn,
  aside,
  ready,
  lookAnew,
}: HistoryApiOptions): Pick<AgentApi, HistoryMethods> {
  const { history, environment } = shop;
  /** Neither a rollout nor an archive is under way. */
  const alone = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
    aside(signal, (either) => inTurn(either, work));
  return {
    "history/key": async ({ key, ...page }) => {
      const found = history.keyHistory(key, page);
      const running = history.current();
      const snapshot = running === null ? undefined : history.getSnapshot(history.snapshotOf(running));
      // What has been declared a secret since then is one in older revisions, too.
      if (snapshot === undefined || !sensitivityOf([snapshot])(key)) return found;
      return found.map(({ before, after, ...one }) => ({
        ...one,
        sensitive: true,
        ...(before === undefined ? {} : { before: mask }),
        ...(after === undefined ? {} : { after: mask }),
      }));
    },
    "history/annotate": async ({ revision, ...change }) => {
      history.annotate(revision, change);
      annotated(revision);
      const shown = history.show(revision);
      if (shown !== undefined) return shown;
      throw new HotenvError("revision-unknown", `There is no revision ${revision} any more.`);
    },
    "history/prune": ({ dryRun, ...rule }, signal) => alone(signal, async () => history.prune(rule, dryRun)),
    "history/vacuum": (_params, signal) => alone(signal, async () => history.vacuum()),
    "history/backup": (params, signal) =>
      inTurn(signal, async () => {
        history.backup(absolute(params.file));
        return {};
      }),
    "history/stats": async (params) => history.statistics(params),
    "history/export": (params, signal) =>
      aside(signal, (either) =>
        exportHistory(history, environment, { ...params, file: absolute(params.file) }, either),
      ),
    "history/import": (params, signal) =>
      aside(signal, async (either) => {
        await inTurn(either, ready);
        return importHistory(history, { ...params, file: absolute(params.file) }, either);
      }),
    "history/restore": (params, signal) =>
      alone(signal, async () => {
        await ready();
        const restored = restoreHistory(shop, absolute(params.file));
        lookAnew();
        return restored;
      }),
    "history/rekey": ({ forget }, signal) =>
      alone(signal, async () => {
        await ready();
        history.rekey();
        return { forgotten: forget === true ? history.forgetFormerKeys() : 0 };
      }),
    "history/audit": async ({ limit, before }) => history.audited(limit ?? 100, before),
  };
}

/** What belongs to this run of the agent, and not to the copy, stays as it is. */
function restoreHistory({ history, board }: Workshop, file: string): Result<"history/restore"> {
  const events = history.recall(seqName);
  const restored = history.restore(file);
  if (events !== undefined) history.keep(seqName, events);
  keepPaused(history, board.fields.paused);
  board.set({ revision: history.current(), lastGood: history.lastGood(), rollout: null, error: "" });
  return restored;
}
