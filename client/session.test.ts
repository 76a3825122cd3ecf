import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HotenvError } from "../core/protocol/errors.ts";
import type { AgentEvent } from "../core/protocol/messages.ts";
import type { Backoff } from "./backoff.ts";
import { backoffMs, defaultBackoff } from "./backoff.ts";
import { type AgentSession, type SessionOptions, type SessionState, startSession } from "./session.ts";
import { type TestAgent, type TestProject, testAgent, testProject, testStatus } from "./test-agent.ts";

const time = "2026-01-01T00:00:00.000Z";
const quick: Backoff = { firstMs: 5, maxMs: 20, limit: 3, slowMs: 40, settledMs: 0 };

describe("an agent session", () => {
  let project: TestProject;
  let agent: TestAgent | undefined;
  let session: AgentSession | undefined;
  beforeEach(() => {
    project = testProject();
  });
  afterEach(async () => {
    session?.dispose();
    await agent?.stop();
    agent = session = undefined;
    project.remove();
  });

  const start = (more: Partial<SessionOptions> = {}): AgentSession => {
    session = startSession({ paths: project.paths, client: "extension", backoff: quick, ...more });
    return session;
  };
  const until = (holds: (state: SessionState) => boolean): Promise<SessionState> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (session !== undefined && holds(session.state)) resolve(session.state);
      };
      session?.onState(check);
      check();
    });
  const statusEvent = (seq: number, detail: string): AgentEvent => ({
    type: "status_update",
    timestamp: time,
    seq,
    data: testStatus(project.paths, { detail }),
  });

  it("finds a running agent and shows its status", async () => {
    agent = await testAgent(project.paths, { status: testStatus(project.paths, { revision: 12 }) });
    await start().online();
    assert.equal(session?.state.connection, "online");
    assert.equal(session?.state.status?.revision, 12);
  });

  it("starts an agent where none runs, once", async () => {
    let spawned = 0;
    const spawn = async (): Promise<void> => {
      spawned += 1;
      agent = await testAgent(project.paths);
    };
    await start({ spawn }).online();
    assert.equal(spawned, 1);
  });

  it("takes an agent that another window started meanwhile", async () => {
    const spawn = async (): Promise<void> => {
      agent = await testAgent(project.paths);
      throw new HotenvError("agent-running", "An agent runs already.");
    };
    await start({ spawn }).online();
  });

  it("waits for the agent that another window starts, however long that takes, and starts no other", async () => {
    let spawned = 0;
    const spawn = async (): Promise<void> => {
      spawned += 1;
      // Longer than all attempts of this session's backoff together.
      if (spawned === 1)
        setTimeout(async () => {
          agent = await testAgent(project.paths);
        }, 300);
      throw new HotenvError("agent-running", "An agent runs already.");
    };
    const seen: string[] = [];
    start({ spawn }).onState(({ connection }) => seen.push(connection));
    await session?.online();
    assert.deepEqual([spawned, seen], [1, ["online"]]);
  });

  it("goes offline after a limit, with the reason, and comes back when there is an agent", async () => {
    start({
      spawn: async () => {
        if (agent === undefined) throw new HotenvError("settings-invalid", "hotenv.yaml is broken.");
      },
    });
    const offline = await until(({ connection }) => connection === "offline");
    assert.equal(offline.error?.code, "settings-invalid");
    await assert.rejects(session?.call("status", {}) ?? Promise.resolve(), { code: "settings-invalid" });
    agent = await testAgent(project.paths);
    const back = await until(({ connection }) => connection === "online");
    assert.equal(back.error, undefined);
  });

  it("reconnects after a loss, says what it saw last, and hears each event once", async () => {
    const newest = [1, 3];
    agent = await testAgent(project.paths, {
      seq: () => newest.shift() ?? 3,
      replay: [statusEvent(1, "old"), statusEvent(2, "two"), statusEvent(3, "three")],
    });
    start();
    const seen: number[] = [];
    session?.onEvent(({ seq }) => seen.push(seq));
    await until(({ status }) => status?.detail === "three");
    const cutAt = Date.now();
    agent.cut();
    await until(({ connection }) => connection === "connecting");
    const { status, lostAt = 0, error } = session?.state ?? {};
    assert.equal(status?.detail, "three", "the last status stays while there is no connection");
    assert.ok(lostAt >= cutAt && lostAt <= Date.now());
    assert.match(error?.message ?? "", /connection to the agent was lost/);
    const back = await until(({ connection }) => connection === "online");
    assert.equal(back.lostAt, undefined);
    // The agent has replayed 1 to 3 once more: nothing of it is news.
    agent.send(statusEvent(4, "four"));
    await until(({ status }) => status?.detail === "four");
    assert.deepEqual(
      agent.greetings.map(({ lastSeq }) => lastSeq),
      [undefined, 3],
    );
    assert.deepEqual(seen, [2, 3, 4]);
  });

  it("does not let the events before a greeting overwrite the greeting's status", async () => {
    agent = await testAgent(project.paths, { seq: 2 });
    await start().online();
    await agent.stop();
    agent = await testAgent(project.paths, {
      seq: 4,
      status: testStatus(project.paths, { detail: "now" }),
      replay: [
        statusEvent(3, "then"),
        statusEvent(4, "now"),
        { type: "log", timestamp: time, seq: 5, data: { level: "info", message: "x" } },
      ],
    });
    const seen: number[] = [];
    const details = new Set<string | undefined>();
    session?.onState(({ connection, status }) => connection === "online" && details.add(status?.detail));
    await new Promise<void>((resolve) =>
      session?.onEvent(({ seq }) => {
        seen.push(seq);
        if (seq === 5) resolve();
      }),
    );
    assert.deepEqual(seen, [3, 4, 5]);
    assert.deepEqual([...details], ["now"]);
  });

  it("listens to an agent that counts from anew", async () => {
    agent = await testAgent(project.paths, { seq: 900 });
    await start().online();
    await agent.stop();
    agent = await testAgent(project.paths, { seq: 0, replay: [statusEvent(1, "fresh")] });
    await until(({ status }) => status?.detail === "fresh");
  });

  it("asks again under the same id what must not be done twice, when the connection is lost before the answer", async () => {
    const asked: unknown[] = [];
    agent = await testAgent(project.paths, {
      answers: {
        rollback: (params) => {
          asked.push(params);
          if (asked.length === 1) {
            agent?.cut();
            return new Promise(() => {});
          }
          return {
            verdict: "applied",
            revision: 2,
            message: "",
            plan: { change: { entries: [], severity: "minor" }, phases: [], notes: [] },
            rollout: null,
          };
        },
        pause: () => {
          agent?.cut();
          return new Promise(() => {});
        },
      },
    });
    const outcome = await start().call("rollback", { revision: 1 });
    assert.equal(outcome.revision, 2);
    assert.equal(asked.length, 2);
    assert.deepEqual(asked[0], asked[1]);
    assert.equal(Object.hasOwn(Object(asked[0]), "requestId"), true);
    await assert.rejects(session?.call("pause", {}) ?? Promise.resolve(), { code: "agent-unreachable" });
    const { attempts, connections, losses } = session?.statistics ?? {};
    assert.ok((attempts ?? 0) >= 2 && (connections ?? 0) >= 2 && (losses ?? 0) >= 1);
  });

  it("says of another stream of events that some were missed, and counts as that stream does", async () => {
    agent = await testAgent(project.paths, { seq: 7, stream: "one" });
    await start().online();
    await agent.stop();
    agent = await testAgent(project.paths, {
      seq: 20,
      stream: "other",
      resumed: false,
      replay: [statusEvent(21, "fresh")],
    });
    let gaps = 0;
    session?.onGap(() => {
      gaps += 1;
    });
    const seen: number[] = [];
    session?.onEvent(({ seq }) => seen.push(seq));
    await until(({ status }) => status?.detail === "fresh");
    assert.deepEqual([gaps, seen, agent.greetings[0]?.stream], [1, [21], "one"]);
  });

  it("tells a verdict that overtakes at once, and not again in its turn; the order of events stays", async () => {
    const log = (seq: number, level: "info" | "error"): AgentEvent => ({
      type: "log",
      timestamp: time,
      seq,
      data: { level, message: "x" },
    });
    agent = await testAgent(project.paths);
    await start().online();
    const [urgent, ordered]: number[][] = [[], []];
    session?.onUrgent(({ seq }) => urgent?.push(seq));
    const through = new Promise<void>((resolve) =>
      session?.onEvent(({ seq }) => {
        ordered?.push(seq);
        if (seq === 4) resolve();
      }),
    );
    agent.send(log(3, "error"), "event/ahead");
    for (const [seq, level] of [
      [1, "info"],
      [2, "error"],
      [3, "error"],
      [4, "info"],
    ] as const)
      agent.send(log(seq, level));
    await through;
    assert.deepEqual(
      [urgent, ordered],
      [
        [3, 2],
        [1, 2, 3, 4],
      ],
    );
  });

  it("starts no other agent where somebody stopped it, until it is asked to", async () => {
    let spawned = 0;
    const spawn = async (): Promise<void> => {
      spawned += 1;
      agent = await testAgent(project.paths);
    };
    await start({ spawn }).online();
    await agent?.stop();
    const { error } = await until(({ connection }) => connection === "offline");
    assert.equal(error?.message, "The agent was stopped.");
    const again: SessionState[] = [];
    await new Promise<void>((resolve) => session?.onState((state) => again.push(state) === 2 && resolve()));
    assert.deepEqual([spawned, again.map(({ connection }) => connection)], [1, ["offline", "offline"]]);
    await session?.restart();
    assert.equal(spawned, 2);
  });

  it("takes the agent that somebody started again", async () => {
    agent = await testAgent(project.paths);
    await start({ spawn: () => Promise.reject(new Error("not wanted")) }).online();
    await agent.stop();
    await until(({ connection }) => connection === "offline");
    agent = await testAgent(project.paths);
    await until(({ connection }) => connection === "online");
  });

  it("restarts the agent when asked to, and is restarting from then on until the new one is there", async () => {
    let spawned = 0;
    const spawn = async (): Promise<void> => {
      spawned += 1;
      const born = await testAgent(project.paths, {
        answers: {
          stop: () => {
            setImmediate(() => born.stop());
            return {};
          },
        },
      });
      agent = born;
    };
    await start({ spawn }).online();
    const seen = new Set<string>();
    session?.onState(({ connection, restarting, lostAt }) =>
      seen.add(
        [connection, restarting ? "restarting" : "", lostAt === undefined ? "" : "lost"].join(" ").trim(),
      ),
    );
    await session?.restart();
    assert.equal(spawned, 2);
    assert.deepEqual([...seen], ["online restarting", "connecting restarting lost", "online"]);
  });

  it("lets a call wait for the connection, and ends it with its signal", async () => {
    start({ spawn: () => new Promise(() => {}) });
    const abort = new AbortController();
    const call = session?.call("status", {}, { signal: abort.signal }) ?? Promise.resolve();
    abort.abort();
    await assert.rejects(call, { code: "cancelled" });
  });

  it("ends what it was doing when it is disposed", async () => {
    const began = Promise.withResolvers<void>();
    const aborted = new Promise<void>((resolve) =>
      start({
        spawn: (signal) =>
          new Promise((_, reject) => {
            began.resolve();
            signal.addEventListener("abort", () => {
              resolve();
              reject(signal.reason);
            });
          }),
      }),
    );
    const waiting = session?.online() ?? Promise.resolve();
    await began.promise;
    session?.dispose();
    await assert.rejects(waiting, { code: "cancelled" });
    await aborted;
  });
});

describe("the wait between attempts", () => {
  for (const [failures, random, ms] of [
    [1, 0, 50],
    [1, 1, 100],
    [2, 1, 200],
    [3, 1, 400],
    [5, 1, 1_600],
    [6, 1, 30_000],
    [60, 0, 15_000],
  ] as const)
    it(`is ${ms} ms after ${failures} failures where chance says ${random}`, () => {
      assert.equal(backoffMs(defaultBackoff, failures, random), ms);
    });
});
