import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type AgentClient, connectAgent } from "../../client/connect.ts";
import { type TestProject, testProject, testStatus } from "../../client/test-agent.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import { type AgentApi, rendezvousSchema } from "../../core/protocol/messages.ts";
import { openEventFile } from "./event-file.ts";
import { EventLog } from "./event-log.ts";
import { bareClient, outcome, plainApi, serverOptions } from "./server.fixture.ts";
import { type Server, type ServerOptions, startServer } from "./server.ts";

const line = (message: string) => ({ level: "info" as const, message });

describe("the server", () => {
  let project: TestProject;
  let server: Server | undefined;
  let logged: string[];
  const clients: AgentClient[] = [];

  beforeEach(() => {
    project = testProject();
    logged = [];
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server?.close();
    server = undefined;
    project.remove();
  });
  const start = async (more: Partial<ServerOptions> = {}): Promise<Server> => {
    server = await startServer(serverOptions(project.paths, { log: (text) => logged.push(text), ...more }));
    return server;
  };
  const startWith = (api: Partial<AgentApi>, more: Partial<ServerOptions> = {}) =>
    start({ api: plainApi(project.paths, api), ...more });
  const connect = async (lastSeq?: number, stream?: string): Promise<AgentClient> => {
    const client = await connectAgent(project.paths, {
      client: "cli",
      report: (problem) => logged.push(problem),
      ...(lastSeq === undefined ? {} : { lastSeq }),
      ...(stream === undefined ? {} : { stream }),
    });
    clients.push(client);
    return client;
  };

  it("answers what it is asked, with the params parsed", async () => {
    await start();
    const client = await connect();
    assert.deepEqual(client.initial.status, testStatus(project.paths));
    assert.deepEqual(await client.call("logs", { service: "api", tail: 3 }), ["api is up"]);
    assert.deepEqual(await client.call("apply", {}), outcome);
    assert.deepEqual(await client.call("history/list", { limit: 5 }), []);
  });

  it("answers many requests at once, each when it is ready", async () => {
    const first = Promise.withResolvers<string[]>();
    await startWith({
      logs: ({ service }) => (service === "slow" ? first.promise : Promise.resolve([service])),
    });
    const client = await connect();
    const slow = client.call("logs", { service: "slow" });
    const fast = await Promise.all(["a", "b", "c"].map((service) => client.call("logs", { service })));
    assert.deepEqual(fast, [["a"], ["b"], ["c"]]);
    first.resolve(["slow"]);
    assert.deepEqual(await slow, ["slow"]);
  });

  it("gives an error with its code, place and advice, and does not log it", async () => {
    const location = { file: "compose.yaml", line: 3 };
    await startWith({
      apply: async () => {
        throw new HotenvError("compose-invalid", "It is broken.", { location, todo: "Mend it." });
      },
    });
    await assert.rejects((await connect()).call("apply", {}), {
      code: "compose-invalid",
      message: "It is broken.",
      location,
      todo: "Mend it.",
    });
    assert.deepEqual(logged, []);
  });

  it("gives a defect as `internal`, logs where it was, and goes on", async () => {
    await startWith({
      plan: async () => {
        throw new TypeError("x is not a function");
      },
    });
    const client = await connect();
    await assert.rejects(client.call("plan", {}), { code: "internal", message: /x is not a function/ });
    assert.match(logged.join("\n"), /"plan" failed: TypeError: x is not a function\n {4}at /);
    assert.deepEqual(await client.call("apply", {}), outcome);
  });

  it("cancels what a client cancels", async () => {
    const abort = new AbortController();
    await startWith({
      apply: (_params, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          abort.abort();
        }),
    });
    await assert.rejects((await connect()).call("apply", {}, { signal: abort.signal }), {
      code: "cancelled",
    });
  });

  it("does not cancel what a client began that has gone", async () => {
    const began = Promise.withResolvers<AbortSignal>();
    const ended = Promise.withResolvers<void>();
    await startWith({
      apply: async (_params, signal) => {
        began.resolve(signal);
        await ended.promise;
        return outcome;
      },
    });
    const client = await connect();
    const call = client.call("apply", {});
    const signal = await began.promise;
    const gone = new Promise((resolve) => client.onClose(resolve));
    client.close();
    await assert.rejects(call, { code: "agent-unreachable" });
    await gone;
    await (await connect()).call("logs", { service: "api" });
    assert.equal(signal.aborted, false);
    ended.resolve();
  });

  describe("events", () => {
    const seqsUpTo = (client: AgentClient, last: number): Promise<number[]> => {
      const seqs: number[] = [];
      return new Promise((resolve) => {
        client.onEvent(({ seq }) => {
          seqs.push(seq);
          if (seq === last) resolve(seqs);
        });
      });
    };
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const emit = (events: EventLog, count: number) => {
      for (let i = 0; i < count; i++) events.emit("log", line(`${i}`));
    };

    it("flow from the greeting on", async () => {
      const events = new EventLog();
      await start({ events });
      emit(events, 5);
      const client = await connect();
      assert.equal(client.initial.seq, 5);
      const seen = seqsUpTo(client, 8);
      emit(events, 3);
      assert.deepEqual(await seen, [6, 7, 8]);
    });

    it("that a client missed come first, then the new ones", async () => {
      const events = new EventLog();
      await start({ events });
      emit(events, 50);
      const client = await connect(20);
      const seen = seqsUpTo(client, 60);
      emit(events, 10);
      assert.deepEqual(await seen, range(21, 60));
    });

    for (const [what, lastSeq] of [
      ["are no longer remembered", 3],
      ["are of another log", 9000],
    ] as const)
      it(`that ${what} are stood in for by the status`, async () => {
        const events = new EventLog({ capacity: 10 });
        await start({ events });
        emit(events, 50);
        const client = await connect(lastSeq);
        assert.equal(client.initial.seq, 50);
        const seen = seqsUpTo(client, 52);
        emit(events, 2);
        assert.deepEqual(await seen, [51, 52]);
      });

    it("that happen while the status is made, and all the time, are neither lost nor doubled", async function () {
      this.timeout(60_000);
      const events = new EventLog({ capacity: 100_000 });
      const statusOf = async () => {
        emit(events, 3);
        await new Promise((resolve) => setImmediate(resolve));
        emit(events, 3);
        return testStatus(project.paths);
      };
      await start({ events, statusOf });
      const pump = setInterval(() => emit(events, 2), 1);
      try {
        const all = Array.from({ length: 30 }, async (_, i) => {
          const lastSeq = i % 2 === 0 ? undefined : events.seq;
          const client = await connect(lastSeq);
          const first = (lastSeq ?? client.initial.seq) + 1;
          assert.deepEqual(await seqsUpTo(client, first + 500), range(first, first + 500));
        });
        await Promise.all(all);
      } finally {
        clearInterval(pump);
      }
    });

    it("go on where a client stood, over a restart of the agent, by the number and the name of the stream", async () => {
      const { events: file } = project.paths;
      const kept = () =>
        new EventLog({
          store: openEventFile(
            { events: file, key: `${project.stateDir}/key` },
            { onFailure: (why) => assert.fail(why) },
          ),
        });
      const before = kept();
      const first = await start({ events: before });
      emit(before, 4);
      const stream = (await connect()).initial.stream;
      await first.close();
      const after = kept();
      await start({ events: after });
      emit(after, 3);
      const client = await connect(2, stream);
      assert.deepEqual([client.initial.resumed, client.initial.seq], [true, 7]);
      assert.deepEqual(await seqsUpTo(client, 7), range(3, 7));
      const stranger = await connect(2, "of another machine");
      assert.deepEqual([stranger.initial.resumed, stranger.initial.seq], [false, 7]);
    });

    it("reach a client that paused to the last, however many there are to share the room for what is unread", async () => {
      const key = `${project.stateDir}/key`;
      const store = openEventFile({ events: project.paths.events, key }, { onFailure: assert.fail });
      const events = new EventLog({ store });
      for (let others = 0; others < 3000; others += 1) events.on(() => {});
      const { rendezvous } = await start({ events });
      const client = bareClient(project.paths.socket, { Authorization: `Bearer ${rendezvous.token}` });
      await once(client, "open");
      const params = { protocolVersion: 1, client: "page" };
      client.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params }));
      await once(client, "message");
      const count = 5000;
      const seqs: number[] = [];
      const all = Promise.withResolvers<void>();
      client.on("message", (data) => {
        const seq = Number(/"seq":(\d+)/.exec(String(data))?.[1]);
        seqs.push(seq);
        if (seq === count) all.resolve();
      });
      client.pause();
      for (let told = 0; told < count; told += 50) {
        emit(events, 50);
        await new Promise(setImmediate);
      }
      client.resume();
      await all.promise;
      assert.deepEqual(seqs, range(1, count));
      client.terminate();
    });

    it("that a slow client has lost for good are stood in for by a status, and verdicts overtake the rest", async () => {
      const events = new EventLog({ capacity: 50 });
      const { rendezvous } = await start({ events });
      const slow = bareClient(project.paths.socket, { Authorization: `Bearer ${rendezvous.token}` });
      await once(slow, "open");
      const params = { protocolVersion: 1, client: "page" };
      slow.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params }));
      await once(slow, "message");
      const told: { method: string; seq: number }[] = [];
      const through = new Promise<void>((resolve) =>
        slow.on("message", (data) => {
          const { method, params: sent } = JSON.parse(data.toString());
          told.push({ method, seq: sent.seq });
          if (method === "event" && sent.seq === 301) resolve();
        }),
      );
      slow.pause();
      for (let i = 0; i < 299; i++) {
        events.emit("log", line("x".repeat(50_000)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      const urgent = events.emit("log", { level: "error", message: "urgent" });
      slow.resume();
      const gap = told.length;
      await new Promise<void>((resolve) => {
        slow.on("message", () => told.some(({ method }) => method === "snapshot") && resolve());
      });
      emit(events, 1);
      await through;
      const ordered = told.filter(({ method }) => method === "event").map(({ seq }) => seq);
      const snapshot = told.find(({ method }) => method === "snapshot");
      const lost = ordered.findIndex((seq, index) => seq !== index + 1);
      assert.equal(gap, 0);
      assert.ok(lost > 0 && ordered[lost] === (snapshot?.seq ?? 0) + 1, `${ordered} ${snapshot?.seq}`);
      const early = told.findIndex(({ method, seq }) => method === "event/ahead" && seq === urgent.seq);
      assert.ok(early >= 0 && early < told.findIndex(({ method }) => method === "snapshot"));
      slow.terminate();
    });

    it("do not wait without bound for a client that reads too slowly, nor hold up the others", async function () {
      this.timeout(60_000);
      const events = new EventLog();
      const { rendezvous } = await start({ events });
      const slow = bareClient(project.paths.socket, { Authorization: `Bearer ${rendezvous.token}` });
      await once(slow, "open");
      slow.send(
        JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "initialize",
          params: { protocolVersion: 1, client: "page" },
        }),
      );
      await once(slow, "message");
      const client = await connect();
      slow.pause();
      const seen = seqsUpTo(client, 200);
      // 20 MB: more than the kernel's and our own buffers for one client.
      for (let i = 0; i < 200; i++) {
        events.emit("log", line("x".repeat(100_000)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(await seen, range(1, 200));
      // It comes to nobody's memory what the slow one has not read: it reads on from where it stands.
      const late: number[] = [];
      const caughtUp = new Promise<void>((resolve) =>
        slow.on("message", (data) => {
          late.push(JSON.parse(data.toString()).params.seq);
          if (late.length === 200) resolve();
        }),
      );
      slow.resume();
      await caughtUp;
      assert.deepEqual(late, range(1, 200));
      slow.terminate();
    });
  });

  it("says who is connected, since when and how well, and how many were refused", async () => {
    const { rendezvous } = await start();
    const [first, second] = [await connect(), await connect()];
    const refused = bareClient(project.paths.socket, { Authorization: "Bearer wrong" });
    await once(refused, "unexpected-response");
    refused.terminate();
    const silent = bareClient(project.paths.socket, { Authorization: `Bearer ${rendezvous.token}` });
    await once(silent, "open");
    let told = await first.call("connections", {});
    assert.deepEqual([told.accepted, told.refused], [3, 1]);
    assert.deepEqual(
      told.clients.map(({ client, behind, latencyMs }) => [client, behind, latencyMs]),
      [
        ["cli", 0, null],
        ["cli", 0, null],
      ],
      "the one that has not greeted is nobody yet",
    );
    for (const { since } of told.clients)
      assert.ok(Date.parse(since) >= Date.parse(rendezvous.startedAt) - 1000);
    assert.ok(told.uptimeMs > 0);
    const gone = new Promise((resolve) => second.onClose(resolve));
    second.close();
    await gone;
    while (told.clients.length > 1) told = await first.call("connections", {});
    assert.equal(told.accepted, 3);
    silent.terminate();
  });

  it("hangs up on a client that does not answer its pings, and on no other", async function () {
    this.timeout(60_000);
    const { rendezvous } = await start({ heartbeatMs: 100 });
    const dead = bareClient(
      project.paths.socket,
      { Authorization: `Bearer ${rendezvous.token}` },
      { autoPong: false },
    );
    await once(dead, "open");
    const alive = await connect();
    let aliveEnded = false;
    alive.onClose(() => {
      aliveEnded = true;
    });
    await once(dead, "close");
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(aliveEnded, false);
  });

  it("writes a rendezvous file that only its user can read, and a socket in a directory of its own", async () => {
    const { rendezvous } = await start();
    assert.deepEqual(
      rendezvousSchema.parse(JSON.parse(readFileSync(project.paths.rendezvous, "utf8"))),
      rendezvous,
    );
    assert.match(rendezvous.token, /^[0-9a-f]{64}$/);
    if (process.platform === "win32") return;
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    assert.equal(modeOf(project.paths.rendezvous), "600");
    assert.equal(modeOf(project.paths.socket), "600");
    assert.equal(modeOf(dirname(project.paths.socket)), "700");
    assert.deepEqual(readdirSync(project.paths.stateDirectory).sort(), [
      "agent.json",
      "agent.lock",
      "agent.sock",
    ]);
  });

  it("lets requests in flight end when it closes, then says goodbye and leaves nothing behind", async () => {
    const began = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const { close } = await startWith({
      apply: async () => {
        began.resolve();
        await ended.promise;
        return outcome;
      },
    });
    const client = await connect();
    const codes = new Promise((resolve) => client.onClose(resolve));
    const call = client.call("apply", {});
    await began.promise;
    const closed = close();
    assert.equal(existsSync(project.paths.rendezvous), false);
    ended.resolve();
    assert.deepEqual(await call, outcome);
    assert.equal(await codes, 1001);
    await closed;
    await close();
    assert.deepEqual(readdirSync(project.paths.stateDirectory), ["agent.lock"]);
  });

  it("waits no longer than its limit for a request that does not end", async () => {
    const began = Promise.withResolvers<void>();
    await startWith(
      {
        apply: () => {
          began.resolve();
          return new Promise(() => {});
        },
      },
      { closeMs: 50 },
    );
    const client = await connect();
    const call = client.call("apply", {});
    await began.promise;
    await Promise.all([server?.close(), assert.rejects(call, { code: "agent-unreachable" })]);
  });

  it("has a new token at each start", async () => {
    const first = (await start()).rendezvous.token;
    await server?.close();
    const second = (await start()).rendezvous.token;
    assert.notEqual(first, second);
  });
});
