/** Forgets old revisions, and the contents that nobody needs any more; gives room back; makes copies. */
import { closeSync, existsSync, fsyncSync, openSync, statSync } from "node:fs";
import { HotenvError } from "../../core/protocol/errors.ts";
import { chainOf } from "./contents.ts";
import { privateFile, unwritable } from "./private-files.ts";
import { deleteRevisions, newestApplied } from "./revisions.ts";
import { manifestAt } from "./snapshots.ts";
import type { Store } from "./store.ts";

export interface PruneRule {
  /** The newest so many stay. */
  readonly keep?: number | undefined;
  /** ISO 8601: what is not older stays. */
  readonly before?: string | undefined;
}

export interface Pruned {
  readonly removed: number;
  readonly kept: number;
}

/**
 * A revision goes only where every part of the rule lets it go. What always stays: what is pinned, what runs
 * (the last good one, and with it what a rollout in progress goes back to), and what is not concluded.
 * @throws HotenvError usage for a rule that says nothing
 */
export function prune(store: Store, rule: PruneRule, dryRun: boolean): Pruned {
  if (rule.keep === undefined && rule.before === undefined)
    throw new HotenvError("usage", "Pruning needs a rule: how many revisions stay, or how old they may be.");
  const doomed = `
    SELECT revision FROM revision
    WHERE revision <= ? AND time < ? AND state NOT IN ('running', 'committed') AND revision <> ?
      AND revision NOT IN (SELECT revision FROM annotation WHERE pinned = 1)`;
  const { database } = store;
  return database.transaction(() => {
    const values = [
      newestNotKept(store, rule.keep ?? 0),
      rule.before === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(rule.before),
      newestApplied(store) ?? 0,
    ];
    const removed = Number(database.get(`SELECT count(*) AS count FROM (${doomed})`, ...values)?.count);
    const all = Number(database.get("SELECT count(*) AS count FROM revision")?.count);
    if (removed > 0 && !dryRun) {
      deleteRevisions(store, doomed, values);
      removeUnused(store);
    }
    return { removed, kept: all - removed };
  });
}

function newestNotKept(store: Store, keep: number): number {
  const row = store.database.get(
    "SELECT revision FROM revision ORDER BY revision DESC LIMIT 1 OFFSET ?",
    keep,
  );
  return Number(row?.revision ?? 0);
}

/**
 * Contents that no revision leads to. Newer ones than any revision leads to may belong to one that somebody
 * else is about to begin, so they stay.
 */
function removeUnused(store: Store): void {
  const { database } = store;
  const used = new Set<number>();
  const use = (id: number): void => {
    if (!used.has(id)) for (const one of chainOf(store, id)) used.add(one);
  };
  for (const row of database.all("SELECT DISTINCT model FROM revision")) use(Number(row.model));
  for (const row of database.all("SELECT DISTINCT snapshot FROM revision")) {
    use(Number(row.snapshot));
    for (const { content } of manifestAt(store, Number(row.snapshot)).files)
      if (content !== null) use(content);
  }
  const newest = [...used].reduce((a, b) => Math.max(a, b), 0);
  // Newest first: what rests on another goes before it.
  for (const row of database.all("SELECT id FROM content WHERE id < ? ORDER BY id DESC", newest))
    if (!used.has(Number(row.id))) database.run("DELETE FROM content WHERE id = ?", Number(row.id));
}

export interface Vacuumed {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Rewrites the database without its holes. Needs as much room again while it runs. */
export function vacuum({ database }: Store): Vacuumed {
  const size = () => {
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return statSync(database.file).size;
  };
  const bytesBefore = size();
  database.exec("VACUUM");
  return { bytesBefore, bytesAfter: size() };
}

/**
 * A copy of the database as it is now, while others write. It opens with the same key only.
 * @param file absolute; there must be none yet
 * @throws history-unwritable
 */
export function backup({ database }: Store, file: string): void {
  if (existsSync(file)) throw unwritable(file, new Error("there is such a file already"));
  privateFile(file);
  database.run("VACUUM INTO ?", file);
  const copy = openSync(file, "r+");
  fsyncSync(copy);
  closeSync(copy);
}
