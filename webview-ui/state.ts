/**
 * What the page knows, and how it learns: a full snapshot, then events. Pure: the same messages in the same
 * order always make the same state, and an event that comes twice changes nothing.
 */
import type { AgentEvent, RevisionSummary } from "../core/protocol/messages.ts";
import type { Connection, HostMessage } from "../core/protocol/page.ts";
import { admits, type RevisionFilter } from "../core/protocol/search.ts";
import type { Change, Origin, Revision, Rollout, RolloutStep, Status } from "../core/protocol/words.ts";
import { t } from "./l10n.ts";
import { isListed, merged } from "./summaries.ts";

/** What is known of a revision before the agent has told more: the change that was announced before it began. */
export interface Begun {
  readonly time: string;
  readonly change: Change | null;
  readonly origin: Origin | null;
}

/** `end`: there is nothing older than what is loaded. */
export type Older =
  | { readonly state: "unknown" | "loading" | "end" }
  | { readonly state: "failed"; readonly why: string };

/** Revisions as far as they are loaded. */
export interface Loaded {
  /** Newest first. */
  readonly revisions: readonly RevisionSummary[];
  readonly older: Older;
}

export interface Matches extends Loaded {
  /** The oldest revision that was looked at; null: none yet. */
  readonly reach: number | null;
}

export interface PageState extends Loaded {
  readonly connection: Connection;
  /** Why, a sentence; empty: nothing to say. */
  readonly connectionDetail: string;
  /** The newest event that this state includes. */
  readonly seq: number;
  /** null: no snapshot came yet. */
  readonly status: Status | null;
  readonly filter: RevisionFilter;
  /** What the filter lets through; null: there is no filter. */
  readonly matches: Matches | null;
  readonly details: ReadonlyMap<number, Revision>;
  /** Why the details of a revision could not be had. */
  readonly detailErrors: ReadonlyMap<number, string>;
  /** Rollouts seen in events, by revision. */
  readonly rollouts: ReadonlyMap<number, Rollout>;
  readonly begun: ReadonlyMap<number, Begun>;
  /** The change that was announced last, whose rollout has not begun. */
  readonly announced: { readonly change: Change; readonly origin: Origin } | null;
  /** What happened last, a sentence for those who listen; empty: nothing yet. */
  readonly news: string;
}

export type PageFact =
  | Exclude<HostMessage, { type: "response" }>
  /** Begins a list of its own; an empty filter ends it. */
  | { readonly type: "filter"; readonly filter: RevisionFilter }
  /** Each of the three with the filter that was asked for: answers to an earlier one are too late. */
  | { readonly type: "older-asked"; readonly filter: RevisionFilter }
  | {
      readonly type: "older";
      readonly filter: RevisionFilter;
      readonly revisions: readonly RevisionSummary[];
      readonly limit: number;
    }
  | { readonly type: "older-failed"; readonly filter: RevisionFilter; readonly why: string }
  | { readonly type: "detail"; readonly revision: Revision }
  | { readonly type: "detail-failed"; readonly revision: number; readonly why: string };

export const initialState: PageState = {
  connection: "connecting",
  connectionDetail: "",
  seq: 0,
  status: null,
  revisions: [],
  filter: {},
  matches: null,
  details: new Map(),
  detailErrors: new Map(),
  rollouts: new Map(),
  begun: new Map(),
  announced: null,
  news: "",
  older: { state: "unknown" },
};

const firstRevision = 1;

/** A page that stays open for weeks forgets how old rollouts moved; their details are in the history. */
const rememberedRollouts = 100;

/** What is on the screen: everything, or what the filter lets through. */
export const shownList = (state: PageState): Loaded => state.matches ?? state;

export const isFiltering = (filter: RevisionFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined && value !== "");

export function reduce(state: PageState, fact: PageFact): PageState {
  switch (fact.type) {
    case "snapshot":
      return withSnapshot(state, fact);
    case "event":
      // Replays after a reconnect may overlap with what came before.
      return state.status === null || fact.event.seq <= state.seq
        ? state
        : { ...withEvent(state, state.status, fact.event), seq: fact.event.seq };
    case "connection":
      return { ...state, connection: fact.state, connectionDetail: fact.detail ?? "" };
    case "filter":
      return { ...state, filter: fact.filter, matches: matchesOf(fact.filter, state) };
    case "older-asked":
      return withList(state, fact.filter, (list) => ({ ...list, older: { state: "loading" } }));
    case "older":
      return withList(state, fact.filter, (list) => ({
        ...list,
        reach: fact.revisions.at(-1)?.revision ?? list.reach,
        revisions: merged(fact.revisions, list.revisions),
        older: { state: fact.revisions.length < fact.limit ? "end" : "unknown" },
      }));
    case "older-failed":
      return withList(state, fact.filter, (list) => ({ ...list, older: { state: "failed", why: fact.why } }));
    case "detail":
      return withDetail(state, fact.revision);
    case "detail-failed":
      return { ...state, detailErrors: withEntry(state.detailErrors, fact.revision, fact.why) };
  }
}

function withSnapshot(
  state: PageState,
  { seq, status, revisions }: Extract<PageFact, { type: "snapshot" }>,
): PageState {
  const sorted = [...revisions].sort((a, b) => b.revision - a.revision);
  const same =
    state.status?.project.directory === status.project.directory && isContinued(state.revisions, sorted);
  const base: PageState = same
    ? state
    : { ...initialState, connectionDetail: state.connectionDetail, filter: state.filter };
  const loaded: Loaded = {
    revisions: same ? merged(sorted, olderThan(state.revisions, sorted)) : sorted,
    older: olderOf(same ? base.older : initialState.older, sorted),
  };
  return {
    ...base,
    ...loaded,
    connection: "online",
    connectionDetail: "",
    seq,
    status,
    // What happened while nobody listened may have changed what the filter lets through.
    matches: matchesOf(state.filter, loaded),
    rollouts:
      status.rollout === null
        ? base.rollouts
        : withEntry(base.rollouts, status.rollout.revision, status.rollout),
    detailErrors: new Map(),
    announced: null,
  };
}

/** What is loaded is searched at once, the rest by the agent. */
function matchesOf(filter: RevisionFilter, { revisions, older }: Loaded): Matches | null {
  if (!isFiltering(filter)) return null;
  return {
    revisions: revisions.filter((summary) => admits(filter, summary)),
    reach: revisions.at(-1)?.revision ?? null,
    older: older.state === "end" ? older : { state: "unknown" },
  };
}

function olderOf(before: PageState["older"], snapshot: readonly RevisionSummary[]): PageState["older"] {
  const oldest = snapshot.at(-1)?.revision ?? firstRevision;
  return oldest === firstRevision || before.state === "end" ? { state: "end" } : before;
}

/** Whether what was loaded before is the same history, without a gap before the snapshot's oldest. */
function isContinued(known: readonly RevisionSummary[], fresh: readonly RevisionSummary[]): boolean {
  const times = new Map(known.map(({ revision, time }) => [revision, time]));
  const shared = fresh.filter(({ revision }) => times.has(revision));
  return shared.length > 0 && shared.every(({ revision, time }) => times.get(revision) === time);
}

function olderThan(
  known: readonly RevisionSummary[],
  fresh: readonly RevisionSummary[],
): readonly RevisionSummary[] {
  const oldest = fresh.at(-1)?.revision ?? Number.POSITIVE_INFINITY;
  return known.filter(({ revision }) => revision < oldest);
}

function withEvent(state: PageState, status: Status, event: AgentEvent): PageState {
  switch (event.type) {
    case "status_update": {
      const { rollout } = event.data;
      return {
        ...state,
        status: event.data,
        rollouts:
          rollout === null ? state.rollouts : bounded(withEntry(state.rollouts, rollout.revision, rollout)),
      };
    }
    case "config_change":
      return { ...state, announced: { change: event.data.change, origin: event.data.origin } };
    case "config_decided": {
      const { decision, plan } = event.data;
      if (decision === "waits" || state.announced === null) return state;
      // Compose may have found more, or less, than the files alone tell.
      const change = plan?.change ?? state.announced.change;
      return { ...state, announced: decision === "applies" ? { ...state.announced, change } : null };
    }
    case "restart_progress": {
      const { rollout, revision, phase, step } = event.data;
      if (phase === undefined || step === undefined) return begin(state, revision, event.timestamp);
      const known = state.rollouts.get(revision) ?? {
        id: rollout,
        revision,
        startedAt: event.timestamp,
        phases: [],
      };
      return {
        ...state,
        rollouts: bounded(withEntry(state.rollouts, revision, withStep(known, phase, step))),
      };
    }
    case "restart_completed": {
      const { rollout } = event.data;
      return {
        ...state,
        rollouts: bounded(withEntry(state.rollouts, rollout.revision, rollout)),
        status: status.rollout?.id === rollout.id ? { ...status, rollout } : status,
      };
    }
    case "health_update": {
      const { data } = event;
      const known = status.services.some(({ service }) => service === data.service);
      const services = known
        ? status.services.map((service) => (service.service === data.service ? data : service))
        : [...status.services, data];
      return { ...state, status: { ...status, services } };
    }
    case "verdict":
      return {
        ...state,
        revisions: merged([event.data.revision], state.revisions),
        matches: withMatch(state, event.data.revision),
        news: t("Revision {0}: {1}", event.data.revision.revision, event.data.message),
      };
    case "annotated":
      return {
        ...state,
        revisions: updated(state.revisions, event.data.revision),
        matches: withMatch(state, event.data.revision),
      };
    case "log":
      return state;
  }
}

/** One that is not loaded stays so: what is older would seem to be loaded, too. */
const updated = (list: readonly RevisionSummary[], summary: RevisionSummary): readonly RevisionSummary[] =>
  isListed(list, summary.revision) ? merged([summary], list) : list;

function begin(state: PageState, revision: number, time: string): PageState {
  const begun: Begun = {
    time,
    change: state.announced?.change ?? null,
    origin: state.announced?.origin ?? null,
  };
  return {
    ...state,
    begun: bounded(withEntry(state.begun, revision, begun)),
    announced: null,
    news: t("Revision {0} is being applied.", revision),
  };
}

function withStep(rollout: Rollout, phase: number, step: RolloutStep): Rollout {
  const phases = [...rollout.phases];
  while (phases.length <= phase) phases.push({ steps: [] });
  return {
    ...rollout,
    phases: phases.map(({ steps }, index) => {
      if (index !== phase) return { steps };
      const known = steps.some(({ service }) => service === step.service);
      return {
        steps: known ? steps.map((each) => (each.service === step.service ? step : each)) : [...steps, step],
      };
    }),
  };
}

/** Only what belongs to the filter of the moment changes anything. */
function withList(state: PageState, filter: RevisionFilter, change: (list: Matches) => Matches): PageState {
  if (filter !== state.filter) return state;
  if (state.matches !== null) return { ...state, matches: change(state.matches) };
  const { revisions, older } = change({ revisions: state.revisions, older: state.older, reach: null });
  return { ...state, revisions, older };
}

/** A revision that is new, or has its verdict now. */
function withMatch({ matches, filter }: PageState, summary: RevisionSummary): Matches | null {
  if (matches === null) return null;
  // What the search has not come to yet will be found by it.
  const isReached =
    matches.reach === null || summary.revision >= matches.reach || matches.older.state === "end";
  if (admits(filter, summary))
    return isReached ? { ...matches, revisions: merged([summary], matches.revisions) } : matches;
  return isListed(matches.revisions, summary.revision)
    ? { ...matches, revisions: matches.revisions.filter(({ revision }) => revision !== summary.revision) }
    : matches;
}

/** Its note and its pin are newer than those of the summary. */
function withDetail(state: PageState, detail: Revision): PageState {
  const { revision, note, pinned } = detail;
  const annotated = (list: readonly RevisionSummary[]): readonly RevisionSummary[] => {
    const known = list.find((summary) => summary.revision === revision);
    if (known === undefined || (known.note === note && known.pinned === pinned)) return list;
    const { note: _note, pinned: _pinned, ...rest } = known;
    const summary = { ...rest, ...(note === undefined ? {} : { note }), ...(pinned ? { pinned } : {}) };
    return list.map((each) => (each === known ? summary : each));
  };
  const revisions = annotated(state.revisions);
  const { matches } = state;
  return {
    ...state,
    revisions,
    matches: matches === null ? null : { ...matches, revisions: annotated(matches.revisions) },
    details: bounded(withEntry(without(state.details, revision), revision, detail)),
    detailErrors: without(state.detailErrors, revision),
  };
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}

/** Without the entries that were made first, where there are too many. */
function bounded<K, V>(map: ReadonlyMap<K, V>): ReadonlyMap<K, V> {
  return map.size <= rememberedRollouts ? map : new Map([...map].slice(-rememberedRollouts));
}
