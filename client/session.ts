/**
 * A client's lasting tie to a project's agent: finds or starts the agent, keeps its status current,
 * comes back after every loss, and says so when it cannot.
 */
import { HotenvError, toHotenvError } from "../core/protocol/errors.ts";
import type { AgentEvent } from "../core/protocol/messages.ts";
import type { Status } from "../core/protocol/words.ts";
import { type Backoff, backoffMs, defaultBackoff } from "./backoff.ts";
import { type AgentClient, type Call, type ConnectOptions, connectAgent } from "./connect.ts";
import { follow } from "./follow.ts";
import type { ProjectPaths } from "./location.ts";

export interface SessionState {
  /** `offline`: several attempts failed in a row; the session goes on trying, slowly. */
  readonly connection: "connecting" | "online" | "offline";
  /** The newest that is known, even while there is no connection. */
  readonly status: Status | undefined;
  /** Why there is no connection, once an attempt has failed. */
  readonly error: HotenvError | undefined;
}

export interface AgentSession {
  readonly state: SessionState;
  /** Of the newest event that `state.status` includes; 0 before the first connection. */
  readonly seq: number;
  /** Waits for a connection that is being made. @throws what the agent threw; agent-unreachable when offline */
  readonly call: Call;
  onState(listener: (state: SessionState) => void): () => void;
  /** Events, each once and in order, across reconnections as far as the agent still has them. */
  onEvent(listener: (event: AgentEvent) => void): () => void;
  /** Resolves with a connection. @throws HotenvError agent-unreachable when offline, cancelled */
  online(signal?: AbortSignal): Promise<void>;
  /** Ends the agent (after its running rollout), where one runs, and starts a new one. */
  restart(signal?: AbortSignal): Promise<void>;
  /** Ends the session; the agent goes on. */
  dispose(): void;
}

export interface SessionOptions extends Pick<ConnectOptions, "client" | "report"> {
  readonly paths: ProjectPaths;
  /** Starts an agent where none runs; absent: a session that only waits for one. */
  readonly spawn?: ((signal: AbortSignal) => Promise<void>) | undefined;
  readonly backoff?: Backoff | undefined;
}

export function startSession(options: SessionOptions): AgentSession {
  const { backoff = defaultBackoff, report = () => {} } = options;
  const ended = new AbortController();
  const stateListeners = new Set<(state: SessionState) => void>();
  const eventListeners = new Set<(event: AgentEvent) => void>();
  let state: SessionState = { connection: "connecting", status: undefined, error: undefined };
  let client: AgentClient | undefined;
  let lastSeq: number | undefined;
  let failures = 0;
  /** Somebody ended the agent on purpose: it is not for this session to start another. */
  let stopped = false;
  let restarting = false;
  /** Ends the wait between two attempts. */
  let wake = (): void => {};

  const setState = (next: SessionState): void => {
    state = next;
    for (const listener of [...stateListeners]) listener(state);
  };

  const adopt = (connected: AgentClient): void => {
    const { seq, status } = connected.initial;
    // An agent with a younger history counts from anew.
    lastSeq = Math.min(lastSeq ?? seq, seq);
    stopped = false;
    client = connected;
    connected.onEvent((event) => {
      if (lastSeq !== undefined && event.seq <= lastSeq) return;
      lastSeq = event.seq;
      // What happened before `initialize` was answered is part of its status already.
      const known = state.status;
      if (event.seq > seq && known !== undefined) {
        const next = follow(known, event);
        if (next !== known) setState({ ...state, status: next });
      }
      for (const listener of [...eventListeners]) listener(event);
    });
    setState({ connection: "online", status, error: undefined });
  };

  const fail = (error: HotenvError): void => {
    failures += 1;
    report(`Attempt ${failures} to reach the agent failed: ${error.message}`);
    const hopeless = stopped || failures >= backoff.limit;
    setState({ ...state, connection: hopeless ? "offline" : "connecting", error });
  };

  const open = async (): Promise<AgentClient> => {
    const connect = (): Promise<AgentClient> =>
      connectAgent(options.paths, { client: options.client, report, lastSeq, signal: ended.signal });
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
      // Another window was faster.
      if (toHotenvError(error).code !== "agent-running") throw error;
    }
    return connect();
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
        if (ended.signal.aborted) return;
        // An agent that hangs up at once, again and again, must not be asked without pause.
        if (performance.now() - since >= backoff.settledMs) failures = 0;
        stopped = code === goingAway && !restarting;
        fail(
          stopped
            ? endedOnPurpose()
            : new HotenvError("agent-unreachable", `The connection to the agent was lost (code ${code}).`),
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
        settled.reject(new HotenvError("cancelled", "The operation was cancelled."));
      else if (state.connection === "online") settled.resolve();
      else if (state.connection === "offline")
        settled.reject(state.error ?? new HotenvError("agent-unreachable", "The agent cannot be reached."));
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
    get seq() {
      return lastSeq ?? 0;
    },
    async call(method, params, callOptions = {}) {
      await online(callOptions.signal);
      if (client === undefined)
        throw new HotenvError("agent-unreachable", "The connection to the agent was lost.");
      return client.call(method, params, callOptions);
    },
    onState(listener) {
      stateListeners.add(listener);
      return () => stateListeners.delete(listener);
    },
    onEvent(listener) {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    online,
    async restart(signal) {
      const running = client;
      restarting = true;
      try {
        if (running !== undefined) await end(running, signal);
      } finally {
        restarting = false;
      }
      retry();
      await online(signal);
    },
    dispose() {
      ended.abort();
      wake();
      client?.close();
      stateListeners.clear();
      eventListeners.clear();
    },
  };
}

/** Resolves when the agent has hung up. */
async function end(client: AgentClient, signal: AbortSignal | undefined): Promise<void> {
  const closed = closing(client);
  await client.call("stop", {}, { signal }).catch((error: unknown) => {
    // It may hang up before its answer is out: ended is what it should be.
    if (toHotenvError(error).code !== "agent-unreachable") throw error;
  });
  await closed;
}

const endedOnPurpose = (): HotenvError =>
  new HotenvError("agent-unreachable", "The agent was stopped.", {
    todo: "Restart it to have changes applied again.",
  });

/** WebSocket close code (RFC 6455, 7.4.1) of an agent that ends because it was told to. */
const goingAway = 1001;

function closing(client: AgentClient): Promise<number> {
  return new Promise((resolve) => client.onClose(resolve));
}
