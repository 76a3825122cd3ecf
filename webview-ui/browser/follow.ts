/** Snapshots and events for the page: as the extension's host gives them, over the agent's own WebSocket. */
import type { HostMessage } from "../../core/protocol/page.ts";
import { t } from "../l10n.ts";
import type { BrowserAgent } from "./agent.ts";

export interface Following {
  /** Connects without waiting any longer. */
  now(): void;
  stop(): void;
}

type Event = Extract<HostMessage, { type: "event" }>["event"];
type Snapshot = Extract<HostMessage, { type: "snapshot" }>;

const firstRevisions = 100;
const firstWaitMs = 250;
const longestWaitMs = 10_000;
const uninvited = (): string =>
  t(
    "This page needs a new link from the agent, which has restarted or has never let this browser in. Run: {0}",
    "hotenv open",
  );
const gone = (): string =>
  t("The agent does not answer. It may have ended; this page goes on by itself when it is back.");

export function follow(agent: BrowserAgent, post: (message: HostMessage) => void): Following {
  let socket: WebSocket | undefined;
  let timer: number | undefined;
  let waitMs = firstWaitMs;
  let stopped = false;

  const connect = (): void => {
    clearTimeout(timer);
    socket?.close();
    const mine = agent.openEvents("");
    socket = mine;
    /** Events that come while the list of revisions is on its way: they follow the snapshot. */
    let held: Event[] | undefined = [];
    const begin = async (first: Event): Promise<void> => {
      const revisions = await agent.ask("history/list", { limit: firstRevisions });
      if (socket !== mine) return;
      if (!revisions.ok) {
        mine.close();
        return;
      }
      waitMs = firstWaitMs;
      post({ type: "connection", state: "online" });
      // The page itself parses it.
      const snapshot = { type: "snapshot", seq: first.seq, status: first.data, revisions: revisions.result };
      post(snapshot as Snapshot);
      for (const event of held ?? []) post({ type: "event", event });
      held = undefined;
    };
    let first: Event | undefined;
    mine.onmessage = ({ data }: MessageEvent<string>) => {
      const event: Event = JSON.parse(data);
      if (first === undefined) {
        first = event;
        void begin(event);
      } else if (held === undefined) post({ type: "event", event });
      else held.push(event);
    };
    mine.onclose = () => {
      if (socket === mine && !stopped) void lost();
    };
  };

  const lost = async (): Promise<void> => {
    const answer = await agent.ask("status", {});
    if (stopped) return;
    const detail = answer.ok ? undefined : answer.error.code === "unauthorized" ? uninvited() : gone();
    if (detail === undefined) post({ type: "connection", state: "connecting" });
    else post({ type: "connection", state: "offline", detail });
    timer = window.setTimeout(connect, waitMs * (0.5 + Math.random() / 2));
    waitMs = Math.min(2 * waitMs, longestWaitMs);
  };

  connect();
  return {
    now() {
      waitMs = firstWaitMs;
      connect();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
