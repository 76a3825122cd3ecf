/** The projection of the page's state into cards, newest first, the running one on top. Pure. */
import type { RevisionSummary } from "../core/protocol/messages.ts";
import type { ChangeEntry, Origin, Rollout, Severity, Verdict } from "../core/protocol/words.ts";
import type { Begun, PageState, Trail } from "./state.ts";

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
  /** null: not loaded yet. */
  readonly changes: readonly ChangeEntry[] | null;
  readonly rollout: Rollout | null;
  readonly trail: Trail | null;
  /** Why it ended other than `applied`, a sentence; empty: it did not, or nobody said. */
  readonly explanation: string;
  /** The revision that it changed; null: none, or not known yet. */
  readonly parent: number | null;
  /** It is what the services run with now. */
  readonly isCurrent: boolean;
  readonly isLastGood: boolean;
  /** The details are missing or older than the summary. */
  readonly wantsDetail: boolean;
  readonly detailError: string | null;
}

const noKeys: readonly string[] = [];

export function timeline(state: PageState): readonly Card[] {
  const cards = state.revisions.map((summary) => cardOf(state, summary.revision, summary));
  const listed = new Set(state.revisions.map(({ revision }) => revision));
  // A rollout that began after the list was made: its summary comes with the verdict.
  for (const revision of state.rollouts.keys())
    if (!listed.has(revision) && isRecent(state, revision)) cards.push(cardOf(state, revision, undefined));
  return cards.sort((a, b) => Number(b.running) - Number(a.running) || b.revision - a.revision);
}

const isRecent = (state: PageState, revision: number): boolean =>
  revision > (state.revisions[0]?.revision ?? 0);

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
    severity: detail?.severity ?? begun?.change?.severity ?? null,
    verdict,
    running:
      verdict === null &&
      rollout !== null &&
      rollout.verdict === undefined &&
      state.status?.rollout?.id === rollout.id,
    keys: summary?.keys ?? keysOf(detail?.change.entries ?? begun?.change?.entries),
    services: summary?.services ?? detail?.services ?? servicesOf(rollout),
    durationMs: summary?.durationMs ?? durationOf(rollout),
    changes: changesOf(detail?.change.entries, begun),
    rollout,
    trail: rollout === null ? null : (state.trails.get(rollout.id) ?? null),
    explanation: verdict === "applied" || verdict === null ? "" : (rollout?.reason ?? ""),
    parent: detail?.parent ?? null,
    isCurrent: state.status?.revision === revision,
    isLastGood: state.status?.lastGood === revision,
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
