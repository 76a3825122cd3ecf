/** The projection of the page's state into cards, newest first, the running one on top. Pure. */
import type { RevisionSummary } from "../core/protocol/messages.ts";
import type { ChangeEntry, Origin, Rollout, Severity, Verdict } from "../core/protocol/words.ts";
import { type Begun, type PageState, shownList } from "./state.ts";
import { isListed, placeOf } from "./summaries.ts";

/** Fields are primitives or parts of the state itself: two cards whose fields are identical look the same. */
export interface Card {
  readonly revision: number;
  readonly time: string;
  readonly author: string | null;
  readonly origin: Origin | null;
  readonly reason: string;
  readonly severity: Severity | null;
  /** null while it runs, and where nobody knows how it ended. */
  readonly verdict: Verdict | null;
  readonly running: boolean;
  readonly keys: readonly string[];
  readonly services: readonly string[];
  readonly durationMs: number | null;
  /** Empty: none. */
  readonly note: string;
  readonly pinned: boolean;
  /** null: not loaded yet. */
  readonly changes: readonly ChangeEntry[] | null;
  readonly rollout: Rollout | null;
  /** Why it ended other than `applied`, a sentence; empty: it did not, or nobody said. */
  readonly explanation: string;
  /** The revision that it changed; null: none, or not known yet. */
  readonly parent: number | null;
  /** It is what the services run with now. */
  readonly isCurrent: boolean;
  readonly isLastGood: boolean;
  /** It is the newest, did not end well, and nothing runs: its files may be applied once more. */
  readonly canRetry: boolean;
  /** The details are missing or older than the summary. */
  readonly wantsDetail: boolean;
  readonly detailError: string | null;
}

const noKeys: readonly string[] = [];

/** The cards in their order; each is made when it is asked for, since a history may be long. */
export interface Listing {
  readonly count: number;
  /** Newest first, but for the running one, which comes first. */
  revisionAt(index: number): number | undefined;
  cardAt(index: number): Card | undefined;
  /** -1: it is not there. */
  indexOf(revision: number): number;
  /** Whether one of them changes by itself. */
  readonly isLive: boolean;
}

export function listing(state: PageState): Listing {
  const { revisions } = shownList(state);
  const running = runningRevision(state);
  const first = firstRevisions(state, running);
  const rest = running === null ? revisions : withoutRunning(revisions, running);
  const revisionAt = (index: number): number | undefined =>
    index < first.length ? first[index] : rest[index - first.length]?.revision;
  return {
    count: first.length + rest.length,
    revisionAt,
    cardAt(index) {
      const revision = revisionAt(index);
      if (revision === undefined) return undefined;
      const place = placeOf(revisions, revision);
      const listed = revisions[place];
      return cardOf(state, revision, listed?.revision === revision ? listed : undefined);
    },
    indexOf(revision) {
      const ahead = first.indexOf(revision);
      if (ahead >= 0) return ahead;
      const place = placeOf(rest, revision);
      return rest[place]?.revision === revision ? first.length + place : -1;
    },
    isLive: running !== null,
  };
}

/** The revision whose rollout runs, as far as this page knows. */
function runningRevision({ status, revisions, rollouts }: PageState): number | null {
  const rollout = status?.rollout;
  if (!rollout || rollout.verdict !== undefined) return null;
  const { revision } = rollout;
  if (rollouts.get(revision)?.verdict !== undefined) return null;
  const listed = revisions[placeOf(revisions, revision)];
  return listed?.revision === revision && listed.verdict !== null ? null : revision;
}

/** The running one, and rollouts that began after the list was made: their summaries come with the verdict. */
function firstRevisions({ rollouts, revisions, matches }: PageState, running: number | null): number[] {
  const newest = revisions[0]?.revision ?? 0;
  const unlisted =
    matches === null
      ? [...rollouts.keys()].filter((revision) => revision > newest && revision !== running)
      : [];
  return [...(running === null ? [] : [running]), ...unlisted.sort((a, b) => b - a)];
}

const shortened = new WeakMap<
  object,
  { readonly running: number; readonly rest: readonly RevisionSummary[] }
>();

/** Remembered: the list is long, and the same for all the events of a rollout. */
function withoutRunning(list: readonly RevisionSummary[], running: number): readonly RevisionSummary[] {
  if (!isListed(list, running)) return list;
  const known = shortened.get(list);
  if (known?.running === running) return known.rest;
  const rest = list.filter(({ revision }) => revision !== running);
  shortened.set(list, { running, rest });
  return rest;
}

function cardOf(state: PageState, revision: number, summary: RevisionSummary | undefined): Card {
  const detail = state.details.get(revision);
  const begun = state.begun.get(revision);
  const rollout = state.rollouts.get(revision) ?? detail?.rollout ?? null;
  const verdict = summary?.verdict ?? rollout?.verdict ?? detail?.verdict ?? null;
  return {
    revision,
    time: summary?.time ?? detail?.time ?? begun?.time ?? rollout?.startedAt ?? new Date(0).toISOString(),
    author: summary?.author ?? detail?.author.name ?? null,
    origin: summary?.origin ?? detail?.origin ?? begun?.origin ?? null,
    reason: summary?.reason ?? detail?.reason ?? "",
    severity: summary?.severity ?? detail?.severity ?? begun?.change?.severity ?? null,
    verdict,
    running:
      verdict === null &&
      rollout !== null &&
      rollout.verdict === undefined &&
      state.status?.rollout?.id === rollout.id,
    keys: summary?.keys ?? keysOf(detail?.change.entries ?? begun?.change?.entries),
    services: summary?.services ?? detail?.services ?? servicesOf(rollout),
    durationMs: summary?.durationMs ?? durationOf(rollout),
    note: summary?.note ?? "",
    pinned: summary?.pinned ?? false,
    changes: changesOf(detail?.change.entries, begun),
    rollout,
    explanation: verdict === "applied" || verdict === null ? "" : (summary?.outcome ?? rollout?.reason ?? ""),
    parent: detail?.parent ?? null,
    isCurrent: state.status?.revision === revision,
    isLastGood: state.status?.lastGood === revision,
    canRetry:
      verdict !== null &&
      verdict !== "applied" &&
      verdict !== "superseded" &&
      revision >= (state.revisions[0]?.revision ?? 0),
    wantsDetail: detail === undefined || (verdict !== null && detail.verdict === undefined),
    detailError: state.detailErrors.get(revision) ?? null,
  };
}

function changesOf(
  entries: readonly ChangeEntry[] | undefined,
  begun: Begun | undefined,
): readonly ChangeEntry[] | null {
  return entries ?? begun?.change?.entries ?? null;
}

const durationOf = (rollout: Rollout | null): number | null =>
  rollout?.endedAt === undefined ? null : Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt);

/** Derived lists are remembered by what they come from, so that a card's fields stay identical. */
const derived = new WeakMap<object, readonly string[]>();

function remembered<T extends object>(
  source: T | null | undefined,
  derive: (source: T) => string[],
): readonly string[] {
  if (source === null || source === undefined) return noKeys;
  const known = derived.get(source);
  if (known !== undefined) return known;
  const made = derive(source);
  derived.set(source, made);
  return made;
}

const keysOf = (entries: readonly ChangeEntry[] | undefined): readonly string[] =>
  remembered(entries, (list) => [...new Set(list.map(({ key, source }) => key ?? source))]);

const servicesOf = (rollout: Rollout | null): readonly string[] =>
  remembered(rollout, ({ phases }) => phases.flatMap(({ steps }) => steps.map(({ service }) => service)));
