import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import { errorTable, HotenvError } from "../core/protocol/errors.ts";
import type { AgentEvent } from "../core/protocol/messages.ts";
import { type AgentClient, connectAgent } from "./connect.ts";
import {
  type TestAgent,
  type TestAgentOptions,
  type TestProject,
  testAgent,
  testProject,
  testStatus,
} from "./test-agent.ts";

const time = "2026-01-01T00:00:00.000Z";
const logEvent = (seq: number): AgentEvent => ({
  type: "log",
  timestamp: time,
  seq,
  data: { level: "info", message: `line ${seq}` },
});

describe("connectAgent", () => {
  let project: TestProject;
  let agent: TestAgent | undefined;
  let client: AgentClient | undefined;
  beforeEach(() => {
    project = testProject();
  });
  afterEach(async () => {
    client?.close();
    await agent?.stop();
    agent = client = undefined;
    project.remove();
  });

  const start = async (options: TestAgentOptions = {}): Promise<TestAgent> => {
    agent = await testAgent(project.paths, options);
    return agent;
  };
  const connect = async (more: { lastSeq?: number; signal?: AbortSignal } = {}): Promise<AgentClient> => {
    client = await connectAgent(project.paths, { client: "cli", ...more });
    return client;
  };

  it("greets the agent first, with its token in a header and not in the URL", async () => {
    const { greetings, requests } = await start({ seq: 7 });
    const connected = await connect({ lastSeq: 5 });
    assert.deepEqual(greetings, [{ protocolVersion: 1, client: "cli", lastSeq: 5 }]);
    assert.equal(requests[0]?.url, "/rpc");
    assert.equal(requests[0]?.headers.authorization, `Bearer ${connected.rendezvous.token}`);
    assert.equal(requests[0]?.headers.host, "localhost");
    assert.equal(connected.initial.seq, 7);
  });

  it("returns what the agent answers", async () => {
    await start({ answers: { logs: ({ service }) => [`${service} is up`] } });
    assert.deepEqual(await (await connect()).call("logs", { service: "api" }), ["api is up"]);
  });

  it("hears every event that follows its greeting, in order", async () => {
    await start({ replay: [logEvent(1), logEvent(2), logEvent(3)] });
    const connected = await connect();
    const seen: number[] = [];
    await new Promise<void>((resolve) =>
      connected.onEvent(({ seq }) => {
        seen.push(seq);
        if (seq === 3) resolve();
      }),
    );
    assert.deepEqual(seen, [1, 2, 3]);
  });

  it("throws the agent's own error, with code, place and advice", async () => {
    const location = { file: "compose.yaml", line: 3, column: 5 };
    await start({
      answers: {
        apply: () =>
          new ResponseError(errorTable["compose-invalid"].rpc, "The Compose file is broken.", {
            code: "compose-invalid",
            location,
            todo: "Close the bracket.",
          }),
      },
    });
    const connected = await connect();
    await assert.rejects(connected.call("apply", {}), (error) => {
      assert(error instanceof HotenvError);
      assert.equal(error.code, "compose-invalid");
      assert.equal(error.message, "The Compose file is broken.");
      assert.deepEqual(error.location, location);
      assert.equal(error.todo, "Close the bracket.");
      return true;
    });
  });

  for (const [what, answer, code] of [
    ["an error without our data", () => new ResponseError(ErrorCodes.InternalError, "Boom."), "internal"],
    ["a result of another shape", () => ({ nonsense: true }), "agent-unreachable"],
  ] as const)
    it(`turns ${what} into "${code}"`, async () => {
      await start({ answers: { plan: answer } });
      await assert.rejects((await connect()).call("plan", {}), { name: "HotenvError", code });
    });

  it("passes a cancellation on", async () => {
    const abort = new AbortController();
    await start({
      answers: {
        apply: (_params, token) =>
          new Promise((resolve) => {
            token.onCancellationRequested(() =>
              resolve(new ResponseError(-32800, "Cancelled.", { code: "cancelled" })),
            );
            abort.abort();
          }),
      },
    });
    await assert.rejects((await connect()).call("apply", {}, { signal: abort.signal }), {
      code: "cancelled",
    });
  });

  it("sends nothing for a call that was cancelled before", async () => {
    let asked = 0;
    await start({ answers: { status: () => ++asked } });
    await assert.rejects((await connect()).call("status", {}, { signal: AbortSignal.abort() }), {
      code: "cancelled",
    });
    assert.equal(asked, 0);
  });

  it("rejects what waits when the connection is lost, and says so once", async () => {
    const { cut } = await start({ answers: { apply: () => new Promise(() => cut()) } });
    const connected = await connect();
    const codes: number[] = [];
    connected.onClose((code) => codes.push(code));
    await assert.rejects(connected.call("apply", {}), { code: "agent-unreachable" });
    await assert.rejects(connected.call("status", {}), { code: "agent-unreachable" });
    assert.deepEqual(codes, [1006]);
  });

  it("hears an answer that is sent right before the agent hangs up", async () => {
    const running = await start({
      answers: {
        stop: () => {
          setImmediate(() => running.cut());
          for (let seq = 1; seq <= 20; seq += 1) running.send(logEvent(seq));
          return {};
        },
      },
    });
    const connected = await connect();
    let seen = 0;
    connected.onEvent(() => (seen += 1));
    assert.deepEqual(await connected.call("stop", {}), {});
    assert.equal(seen, 20);
  });

  it("passes over an event that it does not know", async () => {
    const strange = { type: "eclipse", timestamp: time, seq: 1, data: {} } as unknown as AgentEvent;
    await start({ replay: [strange, logEvent(2)] });
    const problems: string[] = [];
    client = await connectAgent(project.paths, {
      client: "cli",
      report: (problem) => problems.push(problem),
    });
    const first = await new Promise<AgentEvent>((resolve) => client?.onEvent(resolve));
    assert.equal(first.seq, 2);
    assert.equal(problems.length, 1);
  });

  it("says that no agent runs where there is no rendezvous file", async () => {
    await assert.rejects(connect(), { code: "agent-unreachable", message: /^No agent runs for / });
  });

  it("recognises a rendezvous file whose socket nobody serves", async () => {
    const { stop } = await start();
    rmSync(project.paths.socket, { force: true });
    await assert.rejects(connect(), { code: "agent-unreachable", message: /does not answer/ });
    await stop().then(() => (agent = undefined));
  });

  it("is refused with a token that is not the agent's", async () => {
    await start({ rendezvous: { token: "ff".repeat(32) } });
    await assert.rejects(connect(), { code: "unauthorized" });
  });

  it("gives up when it is cancelled while the agent is silent", async () => {
    const abort = new AbortController();
    await start({
      status: testStatus(project.paths),
      answers: {
        initialize: () =>
          new Promise(() => {
            abort.abort();
          }),
      },
    });
    await assert.rejects(connect({ signal: abort.signal }), { code: "cancelled" });
  });
});
