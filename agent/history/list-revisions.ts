/** Lists of revisions: pages, filters, and one key's history. */
import type { KeyRevision, RevisionSummary } from "../../core/protocol/messages.ts";
import type { Rollout, Verdict } from "../../core/protocol/words.ts";
import { annotationOf } from "./annotations.ts";
import { keysOf, kindNumber, type MentionKind, tokenOf } from "./mentions.ts";
import {
  contentOf,
  importedStates,
  type RevisionRow,
  readRevisionRow,
  rolloutOf,
  verdictOf,
} from "./revisions.ts";
import type { Store } from "./store.ts";

export interface ListOptions {
  /** At most this many; default 100. */
  readonly limit?: number | undefined;
  /** Only revisions older than this one. */
  readonly before?: number | undefined;
  /** Only those that changed this key, or this file where a whole file changed. */
  readonly key?: string | undefined;
  readonly service?: string | undefined;
  readonly verdict?: Verdict | undefined;
  /** The author's name. */
  readonly author?: string | undefined;
  /** ISO 8601, inclusive. */
  readonly since?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly until?: string | undefined;
  readonly pinned?: boolean | undefined;
  /** false: only this project's own. */
  readonly imported?: boolean | undefined;
}

/** Newest first. A number that stands for two names could let a wrong one through: `admits` has the last word. */
function rowsOf(store: Store, options: ListOptions): RevisionRow[] {
  const conditions: string[] = ["revision < ?"];
  const values: (string | number)[] = [options.before ?? Number.MAX_SAFE_INTEGER];
  const where = (condition: string, ...of: (string | number)[]): void => {
    conditions.push(condition);
    values.push(...of);
  };
  const mentions = (kind: MentionKind, name: string | undefined): void => {
    if (name === undefined) return;
    const found = "SELECT revision FROM mention WHERE kind = ? AND token = ?";
    where(`revision IN (${found})`, kindNumber(kind), tokenOf(store, kind, name));
  };
  mentions("key", options.key);
  mentions("service", options.service);
  mentions("author", options.author);
  if (options.verdict !== undefined) where("state = ?", options.verdict);
  if (options.since !== undefined) where("time >= ?", Date.parse(options.since));
  if (options.until !== undefined) where("time < ?", Date.parse(options.until));
  if (options.pinned !== undefined)
    where(`revision ${options.pinned ? "" : "NOT "}IN (SELECT revision FROM annotation WHERE pinned = 1)`);
  if (options.imported === false) where("imported = ?", importedStates.own);
  const sql = `SELECT * FROM revision WHERE ${conditions.join(" AND ")} ORDER BY revision DESC LIMIT ?`;
  return store.database.all(sql, ...values, options.limit ?? 100).map((row) => readRevisionRow(store, row));
}

function durationOf(rollout: Rollout | null): number | null {
  return rollout?.endedAt === undefined ? null : Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt);
}

export function listRevisions(store: Store, options: ListOptions): RevisionSummary[] {
  return rowsOf(store, options).flatMap((row): RevisionSummary[] => {
    const { reason, change, services } = contentOf(store, row);
    const keys = keysOf(change);
    if (options.key !== undefined && !keys.includes(options.key)) return [];
    if (options.service !== undefined && !services.includes(options.service)) return [];
    if (options.author !== undefined && options.author !== row.author) return [];
    const rollout = rolloutOf(store, row);
    return [
      {
        revision: row.revision,
        time: new Date(row.time).toISOString(),
        author: row.author,
        origin: row.origin,
        reason,
        severity: row.severity,
        verdict: verdictOf(row),
        keys,
        services,
        durationMs: durationOf(rollout),
        ...(rollout?.reason === undefined ? {} : { outcome: rollout.reason }),
        ...annotationOf(store, row.revision),
      },
    ];
  });
}

/** Newest first. */
export function newestNumbers({ database }: Store, limit: number): number[] {
  const rows = database.all("SELECT revision FROM revision ORDER BY revision DESC LIMIT ?", limit);
  return rows.map(({ revision }) => Number(revision));
}

/** Who changed a key, when, and what came of it; newest first. Values as the revision shows them: masked. */
export function keyHistory(
  store: Store,
  key: string,
  page: Pick<ListOptions, "limit" | "before" | "imported">,
): KeyRevision[] {
  return rowsOf(store, { ...page, key }).flatMap((row) =>
    contentOf(store, row)
      .change.entries.filter((entry) => entry.key === key)
      .map(({ kind, source, sensitive, before, after }) => ({
        revision: row.revision,
        time: new Date(row.time).toISOString(),
        author: row.author,
        origin: row.origin,
        verdict: verdictOf(row),
        kind,
        source,
        sensitive,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      })),
  );
}
