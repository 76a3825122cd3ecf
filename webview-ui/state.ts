/**
 * What the page knows, and how it learns: a full snapshot, then events. Pure: the same messages in the same
 * order always make the same state, and an event that comes twice changes nothing.
 */
import type { AgentEvent, RevisionSummary } from "../core/protocol/messages.ts";
import type { Connection, HostMessage } from "../core/protocol/page.ts";
import type {
  Change,
  Origin,
  Revision,
  Rollout,
  RolloutStep,
  Status,
  StepState,
} from "../core/protocol/words.ts";

/** When a step came into a state. */
export interface Moment {
  readonly state: StepState;
  readonly at: string;
}

/** The moments of each step of one rollout, oldest first, by `stepKey`. */
export type Trail = ReadonlyMap<string, readonly Moment[]>;

/** What is known of a revision before the agent has told more: the change that was announced before it began. */
export interface Begun {
  readonly time: string;
  readonly change: Change | null;
  readonly origin: Origin | null;
}

export interface PageState {
  readonly connection: Connection;
  /** Why, a sentence; empty: nothing to say. */
  readonly connectionDetail: string;
  /** The newest event that this state includes. */
  readonly seq: number;
  /** null: no snapshot came yet. */
  readonly status: Status | null;
  /** Newest first. */
  readonly revisions: readonly RevisionSummary[];
  readonly details: ReadonlyMap<number, Revision>;
  /** Why the details of a revision could not be had. */
  readonly detailErrors: ReadonlyMap<number, string>;
  /** Rollouts seen in events, by revision. */
  readonly rollouts: ReadonlyMap<number, Rollout>;
  /** By rollout id. */
  readonly trails: ReadonlyMap<string, Trail>;
  readonly begun: ReadonlyMap<number, Begun>;
  /** The change that was announced last, whose rollout has not begun. */
  readonly announced: { readonly change: Change; readonly origin: Origin } | null;
  /** What happened last, a sentence for those who listen; empty: nothing yet. */
  readonly news: string;
  /** `end`: there is nothing older than what is loaded. */
  readonly older:
    | { readonly state: "unknown" | "loading" | "end" }
    | { readonly state: "failed"; readonly why: string };
}

export type PageFact =
  | Exclude<HostMessage, { type: "response" }>
  | { readonly type: "older-asked" }
  | { readonly type: "older"; readonly revisions: readonly RevisionSummary[]; readonly limit: number }
  | { readonly type: "older-failed"; readonly why: string }
  | { readonly type: "detail"; readonly revision: Revision }
  | { readonly type: "detail-failed"; readonly revision: number; readonly why: string };

export const initialState: PageState = {
  connection: "connecting",
  connectionDetail: "",
  seq: 0,
  status: null,
  revisions: [],
  details: new Map(),
  detailErrors: new Map(),
  rollouts: new Map(),
  trails: new Map(),
  begun: new Map(),
  announced: null,
  news: "",
  older: { state: "unknown" },
};

const firstRevision = 1;

/** A page that stays open for weeks forgets how old rollouts moved; their details are in the history. */
const rememberedRollouts = 100;

export const stepKey = (phase: number, service: string): string => `${phase} ${service}`;

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
    case "older-asked":
      return { ...state, older: { state: "loading" } };
    case "older":
      return {
        ...state,
        revisions: merged(fact.revisions, state.revisions),
        older: { state: fact.revisions.length < fact.limit ? "end" : "unknown" },
      };
    case "older-failed":
      return { ...state, older: { state: "failed", why: fact.why } };
    case "detail":
      return {
        ...state,
        details: withEntry(state.details, fact.revision.revision, fact.revision),
        detailErrors: without(state.detailErrors, fact.revision.revision),
      };
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
  const base: PageState = same ? state : { ...initialState, connectionDetail: state.connectionDetail };
  return {
    ...base,
    connection: "online",
    connectionDetail: "",
    seq,
    status,
    revisions: same ? merged(sorted, olderThan(state.revisions, sorted)) : sorted,
    rollouts:
      status.rollout === null
        ? base.rollouts
        : withEntry(base.rollouts, status.rollout.revision, status.rollout),
    detailErrors: new Map(),
    announced: null,
    older: olderOf(same ? base.older : initialState.older, sorted),
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
      return { ...state, announced: event.data };
    case "restart_progress": {
      const { rollout, revision, phase, step } = event.data;
      if (phase === undefined || step === undefined) return begin(state, revision, event.timestamp);
      const known = state.rollouts.get(revision) ?? {
        id: rollout,
        revision,
        startedAt: event.timestamp,
        phases: [],
      };
      const trail = state.trails.get(rollout) ?? new Map<string, readonly Moment[]>();
      return {
        ...state,
        rollouts: bounded(withEntry(state.rollouts, revision, withStep(known, phase, step))),
        trails: bounded(withEntry(state.trails, rollout, withMoment(trail, phase, step, event.timestamp))),
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
        news: `Revision ${event.data.revision.revision}: ${event.data.message}`,
      };
    case "log":
      return state;
  }
}

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
    news: `Revision ${revision} is being applied.`,
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

function withMoment(trail: Trail, phase: number, step: RolloutStep, at: string): Trail {
  const key = stepKey(phase, step.service);
  const moments = trail.get(key) ?? [];
  if (moments.at(-1)?.state === step.state) return trail;
  return withEntry(trail, key, [...moments, { state: step.state, at }]);
}

/** Both newest first; where both know a revision, the one with a verdict is the newer truth, else `fresh`. */
function merged(
  fresh: readonly RevisionSummary[],
  known: readonly RevisionSummary[],
): readonly RevisionSummary[] {
  const byRevision = new Map(known.map((summary) => [summary.revision, summary]));
  for (const summary of fresh) {
    const before = byRevision.get(summary.revision);
    if (before !== undefined && before.verdict !== null && summary.verdict === null) continue;
    byRevision.set(summary.revision, summary);
  }
  return [...byRevision.values()].sort((a, b) => b.revision - a.revision);
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
