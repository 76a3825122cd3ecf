import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";
import { makeRoom } from "./handover.ts";
import { type AgentSession, startSession } from "./session.ts";
import {
  type Answer,
  type TestAgent,
  type TestProject,
  testAgent,
  testProject,
  testStatus,
} from "./test-agent.ts";

/** An agent of the time before this protocol, which a program started. */
const older = { protocolVersion: 0, version: "0.9.0", spawned: true };
const newer = "1.0.0";

describe("an agent of an older protocol", () => {
  let project: TestProject;
  let agent: TestAgent | undefined;
  let session: AgentSession | undefined;
  let reported: string[];
  beforeEach(() => {
    project = testProject();
    reported = [];
  });
  afterEach(async () => {
    session?.dispose();
    await agent?.stop();
    agent = session = undefined;
    project.remove();
  });
  const start = async (handover?: Answer, rendezvous = {}): Promise<TestAgent> => {
    agent = await testAgent(project.paths, {
      rendezvous: { ...older, ...rendezvous },
      answers: handover === undefined ? {} : { handover },
    });
    return agent;
  };
  const ask = (signal = new AbortController().signal): Promise<boolean> =>
    makeRoom(project.paths, newer, { signal, report: (problem) => void reported.push(problem) });

  it("is asked without a greeting, which it would not understand, and has made room when it hangs up", async () => {
    const asked = Promise.withResolvers<Record<string, unknown>>();
    const it = await start((params) => {
      asked.resolve(params);
      return {};
    });
    let over = false;
    const asking = ask().then((made) => {
      over = true;
      return made;
    });
    assert.deepEqual(await asked.promise, { version: newer });
    // Its rollout runs: some turns later the answer is here, and nobody has gone on.
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    assert.equal(over, false);
    assert.deepEqual(it.greetings, []);
    await it.stop();
    agent = undefined;
    assert.equal(await asking, true);
    assert.deepEqual(reported, []);
  });

  it("is replaced by the one that the newer session starts, whose events are another stream's", async () => {
    const old = await start(() => {
      setImmediate(() => void old.stop());
      return {};
    });
    const spawned: string[] = [];
    session = startSession({
      paths: project.paths,
      client: "extension",
      version: newer,
      spawn: async () => {
        spawned.push("newer");
        agent = await testAgent(project.paths, { status: testStatus(project.paths, { detail: "newer" }) });
      },
    });
    await session.online();
    assert.equal(session.state.status?.detail, "newer");
    assert.deepEqual(spawned, ["newer"]);
  });

  const refusals: Readonly<Record<string, Answer | undefined>> = {
    "says no": () => new ResponseError(ErrorCodes.InvalidRequest, "It was started by hand."),
    "does not know the question": undefined,
  };
  for (const [what, answer] of Object.entries(refusals))
    it(`that ${what} stays, and is told of`, async () => {
      await start(answer);
      assert.equal(await ask(), false);
      assert.equal(reported.length, 1);
      assert.match(reported[0] ?? "", /^The agent of version 0\.9\.0 stays: /);
    });

  const others: Readonly<Record<string, object>> = {
    "a person started": { spawned: false },
    "is newer": { version: "1.0.1" },
    "speaks this protocol": { protocolVersion: 1 },
  };
  for (const [what, rendezvous] of Object.entries(others))
    it(`is not asked where it is one that ${what}`, async () => {
      const { requests } = await start(() => assert.fail("asked"), rendezvous);
      assert.equal(await ask(), false);
      assert.equal(requests.length, 0);
    });

  it("that was killed, and whose number another process bears now, keeps nobody from starting a new one", async () => {
    await start();
    // A server that is closed takes its socket with it; the file of one that was killed stays.
    rmSync(project.paths.socket);
    assert.equal(await ask(), false);
    assert.match(reported[0] ?? "", /^The agent of version 0\.9\.0 stays: .* does not answer/);
    const dead = agent;
    session = startSession({
      paths: project.paths,
      client: "extension",
      version: newer,
      spawn: async () => {
        agent = await testAgent(project.paths);
      },
    });
    await session.online();
    assert.notEqual(agent, dead);
    session.dispose();
    await dead?.stop();
  });

  it("is not waited for by a session that has ended", async () => {
    const asked = Promise.withResolvers<void>();
    await start(() => {
      asked.resolve();
      return {};
    });
    const ended = new AbortController();
    const asking = ask(ended.signal);
    await asked.promise;
    ended.abort();
    await asking;
  });
});
