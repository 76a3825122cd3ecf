/**
 * A client's lasting tie to a project's agent: finds or starts the agent, keeps its status current,
 * comes back after every loss, and says so when it cannot.
 */
import { t } from "../core/l10n.ts";
import { HotenvError, toHotenvError } from "../core/protocol/errors.ts";
import type { AgentEvent } from "../core/protocol/messages.ts";
import { isUrgent } from "../core/protocol/urgent.ts";
import { isNewer } from "../core/protocol/versions.ts";
import type { Status } from "../core/protocol/words.ts";
import { type Backoff, backoffMs, defaultBackoff } from "./backoff.ts";
import {
  type AgentClient,
  type Call,
  type ConnectOptions,
  connectAgent,
  isOnce,
  withRequestId,
} from "./connect.ts";
import { follow } from "./follow.ts";
import { askForHandover, makeRoom } from "./handover.ts";
import { ConnectionLost } from "./json-rpc.ts";
import type { ProjectPaths } from "./location.ts";
import { findAgent } from "./rendezvous.ts";
import { closing, endAgent, endedOnPurpose, goingAway, replaced, serviceRestart } from "./session-end.ts";

export interface SessionState {
  /** `offline`: several attempts failed in a row; the session goes on trying, slowly. */
  readonly connection: "connecting" | "online" | "offline";
  /** The newest that is known, even while there is no connection. */
  readonly status: Status | undefined;
  /** Why there is no connection, once one was lost or an attempt has failed. */
  readonly error: HotenvError | undefined;
  /** When the connection was lost, in ms since 1970; undefined: there is one, or there was none yet. */
  readonly lostAt: number | undefined;
  /** Somebody asked for a new agent, and it is not there yet; the old one may still be ending. */
  readonly restarting: boolean;
}

/** How the connection has been doing since the session began. */
export interface SessionStatistics {
  /** Times that a connection was tried, and that one was had. */
  readonly attempts: number;
  readonly connections: number;
  /** Connections that ended without this session's doing. */
  readonly losses: number;
  /** Since when the present one lasts, in ms since 1970. */
  readonly connectedSince: number | undefined;
  /** Of the last ping, in ms. */
  readonly latencyMs: number | undefined;
  /** Times that events were missed for good and a status stood in for them. */
  readonly gaps: number;
}

export interface AgentSession {
  readonly state: SessionState;
  readonly statistics: SessionStatistics;
  /** Of the newest event that `state.status` includes; 0 before the first connection. */
  readonly seq: number;
  /**
   * Waits for a connection that is being made. What must not be done twice is asked again, under the same id,
   * when the connection is lost before the answer. @throws what the agent threw; agent-unreachable when offline
   */
  readonly call: Call;
  onState(listener: (state: SessionState) => void): () => void;
  /** Events, each once and in order, across reconnections and agents as far as they are remembered. */
  onEvent(listener: (event: AgentEvent) => void): () => void;
  /** Verdicts and errors, each once, as soon as the agent tells them: maybe before older events. */
  onUrgent(listener: (event: AgentEvent) => void): () => void;
  /** Events were missed that nobody remembers any more; `state.status` includes what they did. */
  onGap(listener: () => void): () => void;
  /** Resolves with a connection. @throws HotenvError agent-unreachable when offline, cancelled */
  online(signal?: AbortSignal): Promise<void>;
  /** Ends the agent (after its running rollout), where one runs, and starts a new one. */
  restart(signal?: AbortSignal): Promise<void>;
  /** Ends the session; the agent goes on. */
  dispose(): void;
}

export interface SessionOptions extends Pick<ConnectOptions, "client" | "report" | "heartbeatMs"> {
  readonly paths: ProjectPaths;
  /** This client's: an older agent that a program started is asked to make room for the one that `spawn` starts. */
  readonly version?: string | undefined;
  /** Starts an agent where none runs; absent: a session that only waits for one. */
  readonly spawn?: ((signal: AbortSignal) => Promise<void>) | undefined;
  readonly backoff?: Backoff | undefined;
}

export function startSession(options: SessionOptions): AgentSession {
  const { backoff = defaultBackoff, report = () => {} } = options;
  const ended = new AbortController();
  const stateListeners = new Set<(state: SessionState) => void>();
  const eventListeners = new Set<(event: AgentEvent) => void>();
  const urgentListeners = new Set<(event: AgentEvent) => void>();
  const gapListeners = new Set<() => void>();
  /** Urgent events that were told before their turn. */
  const toldAhead = new Set<number>();
  let state: SessionState = {
    connection: "connecting",
    status: undefined,
    error: undefined,
    lostAt: undefined,
    restarting: false,
  };
  let client: AgentClient | undefined;
  let lastSeq: number | undefined;
  let stream: string | undefined;
  let attempts = 0;
  let connections = 0;
  let losses = 0;
  let gaps = 0;
  let connectedSince: number | undefined;
  let failures = 0;
  /** The agent that was started for this session: as new as it gets. */
  let ownPid: number | undefined;
  /** Somebody ended the agent on purpose: it is not for this session to start another. */
  let stopped = false;
  /** The agent ends because this session asks it to. */
  let ending = false;
  /** Ends the wait between two attempts. */
  let wake = (): void => {};

  const setState = (next: SessionState): void => {
    state = next;
    for (const listener of [...stateListeners]) listener(state);
  };

  const tellUrgent = (event: AgentEvent): void => {
    for (const listener of [...urgentListeners]) listener(event);
  };
  const onGap = (): void => {
    gaps += 1;
    for (const listener of [...gapListeners]) listener();
  };

  const adopt = (connected: AgentClient): void => {
    const { seq, status, stream: theirs, resumed } = connected.initial;
    const isSame = theirs === stream || stream === undefined;
    const missed = lastSeq !== undefined && (resumed === false || !isSame);
    // What is not resumed is included in the status. An older agent does not say: it may count from anew.
    if (missed || lastSeq === undefined) lastSeq = seq;
    else if (resumed === undefined) lastSeq = Math.min(lastSeq, seq);
    stream = theirs;
    if (missed) toldAhead.clear();
    stopped = false;
    client = connected;
    connections += 1;
    connectedSince = Date.now();
    let includes = seq;
    connected.onEvent((event) => {
      if (lastSeq !== undefined && event.seq <= lastSeq) return;
      lastSeq = event.seq;
      // What happened before `initialize` was answered is part of its status already.
      const known = state.status;
      if (event.seq > includes && known !== undefined) {
        const next = follow(known, event);
        if (next !== known) setState({ ...state, status: next });
      }
      if (isUrgent(event) && !toldAhead.delete(event.seq)) tellUrgent(event);
      for (const listener of [...eventListeners]) listener(event);
    });
    connected.onAhead((event) => {
      if ((lastSeq !== undefined && event.seq <= lastSeq) || toldAhead.has(event.seq)) return;
      toldAhead.add(event.seq);
      tellUrgent(event);
    });
    connected.onSnapshot((snapshot) => {
      if (lastSeq !== undefined && snapshot.seq <= lastSeq) return;
      lastSeq = snapshot.seq;
      includes = snapshot.seq;
      toldAhead.clear();
      setState({ ...state, status: snapshot.status });
      onGap();
    });
    setState({ ...state, connection: "online", status, error: undefined, lostAt: undefined });
    if (missed) onGap();
    if (options.spawn !== undefined && outdates(connected.rendezvous))
      void askForHandover(connected, options.version ?? "").catch((error: unknown) =>
        report(`The agent of version ${connected.rendezvous.version} stays: ${toHotenvError(error).message}`),
      );
  };

  /** Whether that agent is one that this session would replace. */
  const outdates = ({ spawned, version, pid }: AgentClient["rendezvous"]): boolean =>
    spawned === true && pid !== ownPid && options.version !== undefined && isNewer(options.version, version);

  const fail = (error: HotenvError): void => {
    failures += 1;
    report(`Attempt ${failures} to reach the agent failed: ${error.message}`);
    const hopeless = stopped || failures >= backoff.limit;
    setState({ ...state, connection: hopeless ? "offline" : "connecting", error });
  };

  const open = async (): Promise<AgentClient> => {
    const connect = (): Promise<AgentClient> =>
      connectAgent(options.paths, {
        client: options.client,
        report,
        lastSeq,
        stream,
        heartbeatMs: options.heartbeatMs,
        signal: ended.signal,
      });
    attempts += 1;
    const { version, spawn } = options;
    if (version !== undefined && spawn !== undefined)
      await makeRoom(options.paths, version, {
        signal: ended.signal,
        report,
        heartbeatMs: options.heartbeatMs,
      });
    try {
      return await connect();
    } catch (error) {
      if (toHotenvError(error).code !== "agent-unreachable") throw error;
      if (stopped) throw endedOnPurpose();
      if (options.spawn === undefined) throw error;
    }
    try {
      await options.spawn(ended.signal);
    } catch (error) {
      if (toHotenvError(error).code !== "agent-running") throw error;
      // Another window was faster. Its agent can be found as soon as it listens.
      await appearance();
      return connect();
    }
    const own = await connect();
    ownPid = own.rendezvous.pid;
    return own;
  };

  /** Resolves when an agent can be found, or after a while. */
  const appearance = async (): Promise<void> => {
    const deadline = performance.now() + appearanceMs;
    while (!ended.signal.aborted && performance.now() < deadline) {
      if ((await findAgent(options.paths)).kind === "agent") return;
      await pause(appearancePauseMs);
    }
  };

  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        const connected = await open();
        if (ended.signal.aborted) {
          connected.close();
          return;
        }
        adopt(connected);
        const since = performance.now();
        const code = await closing(connected);
        client = undefined;
        connectedSince = undefined;
        if (ended.signal.aborted) return;
        losses += 1;
        // Told with what follows.
        state = { ...state, lostAt: Date.now() };
        if (code === serviceRestart) {
          // Whoever asked for it starts the newer one; the others leave it a moment to do so.
          failures = 0;
          setState({ ...state, connection: "connecting", error: replaced() });
          if (!outdates(connected.rendezvous)) await pause(handoverPauseMs);
          continue;
        }
        // An agent that hangs up at once, again and again, must not be asked without pause.
        if (performance.now() - since >= backoff.settledMs) failures = 0;
        stopped = code === goingAway && !ending;
        fail(
          stopped
            ? endedOnPurpose()
            : new HotenvError(
                "agent-unreachable",
                t("The connection to the agent was lost (code {0}).", code),
              ),
        );
      } catch (error) {
        if (ended.signal.aborted) return;
        fail(toHotenvError(error));
      }
      await pause(backoffMs(backoff, failures));
    }
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(wake, ms);
    });

  const online = (signal?: AbortSignal): Promise<void> => {
    const settled = Promise.withResolvers<void>();
    const check = (): void => {
      if (ended.signal.aborted || signal?.aborted)
        settled.reject(new HotenvError("cancelled", t("The operation was cancelled.")));
      else if (state.connection === "online") settled.resolve();
      else if (state.connection === "offline")
        settled.reject(
          state.error ?? new HotenvError("agent-unreachable", t("The agent cannot be reached.")),
        );
    };
    stateListeners.add(check);
    signal?.addEventListener("abort", check);
    ended.signal.addEventListener("abort", check);
    check();
    return settled.promise.finally(() => {
      stateListeners.delete(check);
      signal?.removeEventListener("abort", check);
      ended.signal.removeEventListener("abort", check);
    });
  };

  const retry = (): void => {
    failures = 0;
    stopped = false;
    if (state.connection === "offline") setState({ ...state, connection: "connecting" });
    wake();
  };

  // Never rejects: every failure is one of the states.
  void run();

  return {
    get state() {
      return state;
    },
    get statistics() {
      return { attempts, connections, losses, gaps, connectedSince, latencyMs: client?.latencyMs };
    },
    get seq() {
      return lastSeq ?? 0;
    },
    async call(method, params, callOptions = {}) {
      const same = withRequestId(method, params);
      for (;;) {
        await online(callOptions.signal);
        const asked = client;
        if (asked === undefined)
          throw new HotenvError("agent-unreachable", t("The connection to the agent was lost."));
        try {
          return await asked.call(method, same, callOptions);
        } catch (error) {
          // Lost before the answer: the agent knows by the id whether it has done it.
          const lost = error instanceof HotenvError && error.cause instanceof ConnectionLost;
          if (!(lost && isOnce(method)) || ended.signal.aborted || callOptions.signal?.aborted) throw error;
          await closing(asked);
        }
      }
    },
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onUrgent(listener) {
      urgentListeners.add(listener);
      return () => urgentListeners.delete(listener);
    },
    onGap(listener) {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    online,
    async restart(signal) {
      const running = client;
      setState({ ...state, restarting: true });
      try {
        ending = true;
        try {
          if (running !== undefined) await endAgent(running, signal);
        } finally {
          ending = false;
        }
        retry();
        await online(signal);
      } finally {
        setState({ ...state, restarting: false });
      }
    },
    dispose() {
      ended.abort();
      wake();
      client?.close();
      stateListeners.clear();
      eventListeners.clear();
      urgentListeners.clear();
      gapListeners.clear();
    },
  };
}

const handoverPauseMs = 1_000;
/** How long an agent that holds the project may take until it listens. What else may hold it is a command, for longer. */
const appearanceMs = 5_000;
const appearancePauseMs = 50;
