/** What the page asks for by itself: details of open cards, older revisions, what the chart shows. */
import type { RevisionSummary, Statistics } from "../core/protocol/messages.ts";
import type { RevisionFilter } from "../core/protocol/search.ts";
import type { Requests } from "./requests.ts";
import { type PageFact, type PageState, shownList } from "./state.ts";

const minPage = 100;
/** The agent lists no more at once. */
const maxPage = 1000;
/** Rollouts that the chart has room for. */
const chartRuns = 120;

/** What the chart shows: the newest rollouts, newest first, and all of them counted. */
export interface Chart {
  readonly runs: readonly RevisionSummary[];
  readonly statistics: Statistics;
}

export interface Loader {
  detail(revision: number): Promise<void>;
  /** The next page, which is the longer the more there is already. */
  older(atLeast?: number): Promise<void>;
  /** Narrows the list; what was asked for an earlier filter is given up. */
  filter(filter: RevisionFilter): void;
  /** @throws an Error whose message is a sentence */
  chart(): Promise<Chart>;
  /** After a snapshot, or when the page goes: nothing that was asked before counts. */
  forget(): void;
}

/** A request fails with a sentence for the person. */
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function openLoader(
  requests: Requests,
  state: () => PageState,
  learn: (fact: PageFact) => void,
): Loader {
  /** Details that were asked for and have not come. */
  const asked = new Set<number>();
  let listing = new AbortController();

  const older = async (atLeast = 0): Promise<void> => {
    const { connection, filter, matches } = state();
    const { revisions, older: known } = shownList(state());
    if (known.state === "loading" || known.state === "end" || connection !== "online") return;
    const { signal } = listing;
    const before = matches === null ? revisions.at(-1)?.revision : matches.reach;
    const limit = Math.min(maxPage, Math.max(minPage, revisions.length, atLeast));
    learn({ type: "older-asked", filter });
    try {
      const params = { ...filter, limit, ...(before == null ? {} : { before }) };
      const found = await requests.ask("history/list", params, signal);
      learn({ type: "older", filter, revisions: found, limit });
    } catch (error) {
      if (!signal.aborted) learn({ type: "older-failed", filter, why: sentence(error) });
    }
  };

  return {
    older,
    async detail(revision) {
      if (asked.has(revision) || state().connection !== "online") return;
      asked.add(revision);
      try {
        learn({ type: "detail", revision: await requests.ask("history/show", { revision }) });
      } catch (error) {
        learn({ type: "detail-failed", revision, why: sentence(error) });
      } finally {
        asked.delete(revision);
      }
    },
    filter(filter) {
      listing.abort();
      listing = new AbortController();
      learn({ type: "filter", filter });
    },
    async chart() {
      const [runs, statistics] = await Promise.all([
        requests.ask("history/list", { ...state().filter, limit: chartRuns }),
        requests.ask("history/stats", {}),
      ]);
      return { runs, statistics };
    },
    forget() {
      listing.abort();
      listing = new AbortController();
      asked.clear();
    },
  };
}
