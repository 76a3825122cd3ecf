/**
 * What a timeline page is told, and what it may ask: the agent's side of the conversation, without an
 * editor in sight. A page gets a snapshot when it is ready and after each reconnection, then events.
 */
import type { AgentSession, SessionState } from "../client/session.ts";
import { describeError } from "../core/protocol/errors.ts";
import type { AgentEvent } from "../core/protocol/messages.ts";
import {
  type HostMessage,
  type PageMessage,
  type PageMethod,
  type PageParams,
  type PageResult,
  pageMessageSchema,
} from "../core/protocol/page.ts";
import { Disposables, type Owned } from "./disposables.ts";
import { pageErrorOf } from "./page-error.ts";

/** What a page asks of the editor rather than of the agent. */
export type PageAction = Exclude<PageMessage, { type: "ready" } | { type: "request" } | { type: "abandon" }>;

export interface PageHost {
  readonly post: (message: HostMessage) => void;
  readonly act: (action: PageAction) => void;
  readonly report: (problem: string) => void;
}

export interface TimelineHost extends Owned {
  /** For whatever comes from the page. */
  readonly receive: (message: unknown) => void;
}

/** An agent that is to end is none to ask any more. */
const shownConnection = ({ connection, restarting }: SessionState): SessionState["connection"] =>
  connection === "online" && restarting ? "connecting" : connection;

/** Revisions of a snapshot; the page asks for older ones as it needs them. */
const firstRevisions = 100;

export function hostTimeline(session: AgentSession, { post, act, report }: PageHost): TimelineHost {
  const owned = new Disposables();
  let ready = false;
  /** Events that came while a snapshot was being made: they follow it. */
  let held: AgentEvent[] | undefined;
  let connection: SessionState["connection"] | undefined;
  /** Only the newest snapshot that was asked for is sent. */
  let wanted = 0;

  const sendSnapshot = async (): Promise<void> => {
    wanted += 1;
    const mine = wanted;
    held ??= [];
    const seq = session.seq;
    try {
      const revisions = await session.call("history/list", { limit: firstRevisions });
      const { status } = session.state;
      if (mine !== wanted || status === undefined) return;
      post({ type: "snapshot", seq, status, revisions });
    } catch (error) {
      // The connection's state tells the page more than this error could; a reconnection asks again.
      report(describeError(error));
    } finally {
      if (mine === wanted) {
        for (const event of held ?? []) post({ type: "event", event });
        held = undefined;
      }
    }
  };

  const sendConnection = (session: SessionState): void => {
    const { error } = session;
    const state = shownConnection(session);
    connection = state;
    post({ type: "connection", state, ...(error === undefined ? {} : { detail: describeError(error) }) });
    if (state === "online") void sendSnapshot();
  };

  owned.defer(
    session.onState((state) => {
      if (ready && shownConnection(state) !== connection) sendConnection(state);
    }),
  );
  owned.defer(
    session.onEvent((event) => {
      if (!ready) return;
      if (held === undefined) post({ type: "event", event });
      else held.push(event);
    }),
  );
  /** What the page waits for, by its number. */
  const asked = new Map<number, AbortController>();
  owned.defer(() => {
    ready = false;
    wanted += 1;
    for (const one of asked.values()) one.abort();
  });

  const answer = async <M extends PageMethod>(
    id: number,
    method: M,
    params: PageParams<M>,
  ): Promise<void> => {
    const controller = new AbortController();
    asked.set(id, controller);
    const reply = await session.call(method, params, { signal: controller.signal }).then(
      (result: PageResult<M>) => ({ ok: true, result }) as const,
      (error: unknown) => ({ ok: false, error: pageErrorOf(error) }) as const,
    );
    asked.delete(id);
    if (ready && !controller.signal.aborted) post({ type: "response", id, ...reply });
  };

  return {
    receive(message) {
      const parsed = pageMessageSchema.safeParse(message);
      if (!parsed.success) {
        report("a message that is none of the page's.");
        return;
      }
      const said = parsed.data;
      if (said.type === "ready") {
        ready = true;
        sendConnection(session.state);
      } else if (said.type === "request") void answer(said.id, said.method, said.params);
      else if (said.type === "abandon") asked.get(said.id)?.abort();
      else act(said);
    },
    dispose: () => owned.dispose(),
  };
}
