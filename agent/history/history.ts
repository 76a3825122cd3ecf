/**
 * The history of one project: snapshots, revisions, the journal of rollouts, and what else must survive
 * the agent. Synchronous; what is said to be durable is on disk (fsync) when the call returns.
 *
 * Every call may throw history-unwritable (no room, no permission) and history-damaged (a record that
 * does not open; the others can still be read).
 */
import type { ProjectPaths } from "../../client/location.ts";
import type { KeyRevision, RevisionSummary, Statistics } from "../../core/protocol/messages.ts";
import type { Action, Revision, Rollout, Verdict } from "../../core/protocol/words.ts";
import type { Snapshot } from "../project/snapshot.ts";
import { annotate } from "./annotations.ts";
import type { Signer } from "./archive.ts";
import { noteClosed } from "./checked.ts";
import { getContent } from "./contents.ts";
import { type MedianDuration, medianDuration } from "./durations.ts";
import {
  beginImport,
  type Import,
  isMasked,
  undoInterruptedImports,
  wasImported,
} from "./import-revisions.ts";
import { commitPoint, conclude, type Intent, intend, mark, type Unfinished, unfinished } from "./journal.ts";
import { type AuditEntry, type Audited, audit, audited, keep, recall } from "./kept.ts";
import type { Keys } from "./key-file.ts";
import { type HandedKeys, keySource } from "./key-source.ts";
import { keyHistory, type ListOptions, listRevisions, newestNumbers } from "./list-revisions.ts";
import { openDatabase, type SetAside } from "./open-database.ts";
import { backup, type Pruned, type PruneRule, prune, type Vacuumed, vacuum } from "./prune.ts";
import { type Restored, restoreDatabase } from "./restore.ts";
import {
  findRow,
  insertRevision,
  newestApplied,
  type RevisionDraft,
  rowOf,
  showRevision,
} from "./revisions.ts";
import { createSigner } from "./signer.ts";
import { getSnapshot, manifestAt, putSnapshot } from "./snapshots.ts";
import { type StatisticsOptions, statistics } from "./statistics.ts";
import type { Store } from "./store.ts";

export type { MedianDuration } from "./durations.ts";
export type { Import, ImportedRevision } from "./import-revisions.ts";
export type { EntryState, Intent, JournalEntry, Unfinished } from "./journal.ts";
export type { AuditEntry } from "./kept.ts";
export type { HandedKeys } from "./key-source.ts";
export type { ListOptions } from "./list-revisions.ts";
export type { SetAside } from "./open-database.ts";
export type { Restored } from "./restore.ts";
export type { RevisionDraft } from "./revisions.ts";

export interface History {
  /** Said when the database found could not be used and a new one was begun. */
  readonly setAside: SetAside | undefined;

  /** Each content is kept once. Durable. */
  putSnapshot(snapshot: Snapshot): void;
  getSnapshot(id: string): Snapshot | undefined;

  /** Durable. The rollout's `revision` is set to the number that is given out. */
  begin(draft: RevisionDraft): { readonly revision: number };
  /** The intent of one operation, before it is performed. Durable. */
  intend(revision: number, seq: number, intent: Intent): void;
  mark(revision: number, seq: number, state: "performed" | "reverted"): void;
  /** The verdict will be `applied`; only cleaning up is left. Durable. */
  commitPoint(revision: number): void;
  /** Durable. The journal of the revision is dropped. */
  conclude(revision: number, end: { readonly verdict: Verdict; readonly rollout: Rollout | null }): void;
  /** Revisions without a verdict, oldest first: what a crash interrupted, or what runs. */
  unfinished(): readonly Unfinished[];

  /** Newest first. */
  list(options?: ListOptions): RevisionSummary[];
  /** Numbers of the newest ones, newest first. */
  newest(limit: number): number[];
  /** Who changed a key, when, and what came of it; newest first. */
  keyHistory(key: string, page?: Pick<ListOptions, "limit" | "before" | "imported">): KeyRevision[];
  /** What is left out stays as it is; an empty note takes it away. Durable. @throws revision-unknown */
  annotate(
    revision: number,
    change: { readonly note?: string | undefined; readonly pinned?: boolean | undefined },
  ): void;
  show(revision: number): Revision | undefined;
  /** The resolved model, JSON, as it was given. */
  model(revision: number): string | undefined;
  /** @throws revision-unknown */
  snapshotOf(revision: number): string;
  /** The revision that runs: the newest applied one. */
  current(): number | null;
  lastGood(): number | null;
  /** The newest applied revision before this one whose snapshot differs. @throws revision-unknown */
  previousGood(revision: number): number | null;

  /** This snapshot of the disk has been handled, whatever its verdict: it will not be tried again by itself. */
  observed(snapshotId: string): void;
  lastObserved(): string | undefined;

  /** A small text under a name, for whoever needs it after a restart; null forgets it. Durable, encrypted. */
  keep(name: string, text: string | null): void;
  recall(name: string): string | undefined;

  medianDuration(service: string, action: Action): MedianDuration | undefined;

  /** Append-only. */
  audit(entry: AuditEntry): void;
  /** Newest first. */
  audited(limit: number, before?: number): Audited[];

  /** Behind the newest; none of them is ever current or last good. */
  beginImport(masked: boolean, name: string): Import;
  /** All of the archive of this name came in once. */
  wasImported(name: string): boolean;
  /** Takes away what an import that was interrupted has left. Nobody else may import. @returns how many there were */
  undoInterruptedImports(): number;
  /** Imported without its secrets: not fit to go back to. @throws revision-unknown */
  isMasked(revision: number): boolean;
  /** The user's own, the present one first: what signs archives, and what signed them before the key changed. */
  signers(): readonly [Signer, ...Signer[]];
  /** Whether what is kept here is sealed with the user's present key. */
  hasPresentKey(): boolean;
  /**
   * Seals everything anew with the user's present key; where that is so already, with a new one. All or nothing,
   * whatever happens meanwhile; former keys stay where they are.
   * @throws history-unwritable where somebody else has the history open, usage where an editor keeps the key
   */
  rekey(): void;
  /**
   * What only a former key opens is lost: copies made before the key changed.
   * @returns how many were forgotten
   * @throws usage where another project's history still needs one, or an editor keeps the keys
   */
  forgetFormerKeys(): number;
  /** Durable. Numbers are not given out again. @throws usage for a rule that says nothing */
  prune(rule: PruneRule, dryRun?: boolean): Pruned;
  /** Gives the room of what was pruned back to the disk. */
  vacuum(): Vacuumed;
  /** A copy that opens with the same key. @throws history-unwritable, also where there is such a file */
  backup(file: string): void;
  /**
   * Puts a copy that `backup` made in the place of this history, which is set aside under a name of its own.
   * The copy is read through first; where anything is wrong, nothing has changed.
   * @throws archive-refused for a copy that cannot be used, history-unwritable
   */
  restore(copy: string): Restored;
  /** Counted from what is kept: rollouts by service, changes by day, keys that fail. */
  statistics(options?: StatisticsOptions): Statistics;

  close(): void;
}

export interface HistoryOptions {
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Keys that an editor keeps. */
  readonly handed?: HandedKeys | undefined;
}

const observedName = "history/observed";

/**
 * Opens the project's history, or begins one. A damaged one is set aside under a name that
 * `setAside` says.
 * @throws history-unwritable, history-damaged (the key file)
 */
export function openHistory(
  paths: Pick<ProjectPaths, "database" | "key">,
  options: HistoryOptions = {},
): History {
  const now = options.now ?? Date.now;
  const source = keySource(paths, options.handed);
  const open = (keys: Keys, rekey = false) =>
    openDatabase(paths.database, {
      keys,
      now,
      verify: readIndispensable,
      rekey,
      keyElsewhere: source.elsewhere,
    });
  let keys = source.keys();
  let opened = open(keys);
  const { setAside } = opened;
  if (opened.key === 0) source.note("after");
  // A view: all of what is below works on whatever is open at the time.
  const store: Store = {
    get database() {
      return opened.store.database;
    },
    get sealer() {
      return opened.store.sealer;
    },
    now,
  };
  return {
    setAside,
    putSnapshot: (snapshot) => putSnapshot(store, snapshot),
    getSnapshot: (id) => getSnapshot(store, id),
    begin: (draft) => ({ revision: store.database.transaction(() => insertRevision(store, draft)) }),
    intend: (revision, seq, intent) => intend(store, revision, seq, intent),
    mark: (revision, seq, state) => mark(store, revision, seq, state),
    commitPoint: (revision) => commitPoint(store, revision),
    conclude: (revision, end) => conclude(store, revision, end),
    unfinished: () => unfinished(store),
    list: (listOptions = {}) => listRevisions(store, listOptions),
    newest: (limit) => newestNumbers(store, limit),
    keyHistory: (key, page = {}) => keyHistory(store, key, page),
    annotate: (revision, change) => annotate(store, revision, change),
    show: (revision) => showRevision(store, revision),
    model: (revision) => modelOf(store, revision),
    snapshotOf: (revision) => snapshotOf(store, revision),
    current: () => newestApplied(store),
    lastGood: () => newestApplied(store),
    previousGood: (revision) => newestApplied(store, { before: rowOf(store, revision) }),
    observed: (snapshotId) => keep(store, observedName, snapshotId),
    lastObserved: () => recall(store, observedName),
    keep: (name, text) => keep(store, `kept/${name}`, text),
    recall: (name) => recall(store, `kept/${name}`),
    medianDuration: (service, action) => medianDuration(store, service, action),
    audit: (entry) => audit(store, entry),
    audited: (limit, before) => audited(store, limit, before),
    beginImport: (masked, name) => beginImport(store, masked, name),
    wasImported: (name) => wasImported(store, name),
    undoInterruptedImports: () => undoInterruptedImports(store),
    isMasked: (revision) => isMasked(store, revision),
    signers: () => [createSigner(keys[0]), ...keys.slice(1).map(createSigner)],
    hasPresentKey: () => opened.key === 0,
    forgetFormerKeys: () => {
      const forgotten = source.forget();
      keys = source.keys();
      return forgotten;
    },
    restore: (copy) => {
      store.database.close();
      try {
        return restoreDatabase(paths.database, copy, { keys, now, verify: readIndispensable });
      } finally {
        opened = open(keys);
        source.note(opened.key === 0 ? "after" : "before");
      }
    },
    rekey: () => {
      const wanted = opened.key === 0 ? source.add() : keys;
      source.note("before");
      store.database.close();
      try {
        opened = open(wanted, true);
        source.note("after");
      } catch (error) {
        opened = open(wanted);
        throw error;
      } finally {
        keys = wanted;
      }
    },
    prune: (rule, dryRun = false) => prune(store, rule, dryRun),
    vacuum: () => vacuum(store),
    backup: (file) => backup(store, file),
    statistics: (statisticsOptions = {}) => statistics(store, statisticsOptions),
    close: () => {
      if (store.database.close()) noteClosed(paths.database, opened.checkedAt);
    },
  };
}

function modelOf(store: Store, revision: number): string | undefined {
  const row = findRow(store, revision);
  return row && getContent(store, row.model).toString();
}

function snapshotOf(store: Store, revision: number): string {
  return manifestAt(store, rowOf(store, revision).snapshot).id;
}

/** What the agent starts from. Older records are found damaged when somebody asks for them. */
function readIndispensable(store: Store): void {
  const good = newestApplied(store);
  if (good !== null) {
    modelOf(store, good);
    getSnapshot(store, snapshotOf(store, good));
  }
  unfinished(store);
  recall(store, observedName);
  listRevisions(store, { limit: 1 });
}
