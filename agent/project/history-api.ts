/** What clients ask of the history, beyond lists and rollbacks. */
import { isAbsolute } from "node:path";
import { mask } from "../../core/change/mask.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi } from "../../core/protocol/messages.ts";
import type { History } from "../history/history.ts";
import { exportHistory, importHistory } from "./archive-history.ts";
import { systemUser } from "./author.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { Environment } from "./sources.ts";

export interface HistoryApiOptions {
  readonly history: History;
  readonly environment: Environment;
  /** Tells every client that a revision has another note or pin. */
  readonly annotated: (revision: number) => void;
  /** Waits until no rollout runs, and keeps the next one waiting. */
  readonly inTurn: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
}

type HistoryMethods =
  | "history/key"
  | "history/annotate"
  | "history/prune"
  | "history/vacuum"
  | "history/backup"
  | "history/stats"
  | "history/export"
  | "history/import";

function absolute(file: string): string {
  if (isAbsolute(file)) return file;
  throw new HotenvError("usage", `${file} is not an absolute path.`);
}

export function historyApi({
  history,
  environment,
  annotated,
  inTurn,
}: HistoryApiOptions): Pick<AgentApi, HistoryMethods> {
  const audited = (what: string, detail: string): void =>
    history.audit({ who: systemUser(), client: "agent", what, detail });
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
    "history/prune": ({ dryRun, ...rule }, signal) =>
      inTurn(signal, async () => {
        const pruned = history.prune(rule, dryRun);
        if (dryRun !== true) audited("prune", `${pruned.removed} revisions, ${JSON.stringify(rule)}`);
        return pruned;
      }),
    "history/vacuum": (_params, signal) => inTurn(signal, async () => history.vacuum()),
    "history/backup": (params, signal) =>
      inTurn(signal, async () => {
        history.backup(absolute(params.file));
        return {};
      }),
    "history/stats": async (params) => history.statistics(params),
    "history/export": (params, signal) =>
      inTurn(signal, async () => {
        const exported = exportHistory(history, environment, { ...params, file: absolute(params.file) });
        audited("export", `${exported.revisions} revisions to ${exported.file}`);
        return exported;
      }),
    "history/import": (params, signal) =>
      inTurn(signal, async () => {
        const imported = importHistory(history, { ...params, file: absolute(params.file) });
        audited("import", `${imported.revisions} revisions from ${params.file}`);
        return imported;
      }),
  };
}
