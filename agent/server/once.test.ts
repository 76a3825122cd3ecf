import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type TestProject, testProject } from "../../client/test-agent.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi } from "../../core/protocol/messages.ts";
import { onceEach } from "./once.ts";
import { outcome, plainApi } from "./server.fixture.ts";

const never = new AbortController().signal;
const requestId = "0000-0001";

describe("a request with an id", () => {
  let project: TestProject;
  let kept: string | undefined;
  let runs: number;
  const store = {
    recall: () => kept,
    keep: (text: string) => {
      kept = text;
    },
  };
  beforeEach(() => {
    project = testProject();
    kept = undefined;
    runs = 0;
  });
  afterEach(() => project.remove());

  const agent = (rollback: AgentApi["rollback"]): AgentApi =>
    onceEach(
      plainApi(project.paths, {
        rollback(params, signal) {
          runs += 1;
          return rollback(params, signal);
        },
      }),
      store,
    );

  it("is done once, and answered as often as it is asked: while it runs, later, and by the next agent", async () => {
    const ended = Promise.withResolvers<typeof outcome>();
    const api = agent(() => ended.promise);
    const both = [api.rollback({ requestId }, never), api.rollback({ requestId }, never)];
    ended.resolve(outcome);
    assert.deepEqual(await Promise.all(both), [outcome, outcome]);
    assert.deepEqual(await api.rollback({ requestId }, never), outcome);
    assert.deepEqual(await agent(async () => outcome).rollback({ requestId }, never), outcome);
    assert.equal(runs, 1);
  });

  it("is not begun again by the agent that comes after one that was killed at it", async () => {
    void agent(() => new Promise(() => {})).rollback({ requestId }, never);
    await assert.rejects(agent(async () => outcome).rollback({ requestId }, never), {
      code: "cancelled",
      message: "The agent was ended in the middle of this rollback.",
    });
    assert.equal(runs, 1);
  });

  it("may be tried again where it failed", async () => {
    const api = agent(async () => {
      throw new HotenvError("paused", "Hotenv is paused.");
    });
    await assert.rejects(api.rollback({ requestId }, never), { code: "paused" });
    await assert.rejects(api.rollback({ requestId }, never), { code: "paused" });
    assert.deepEqual(await agent(async () => outcome).rollback({ requestId }, never), outcome);
    assert.equal(runs, 2);
  });

  it("is refused where the id stood for something else", async () => {
    const api = agent(async () => outcome);
    await api.rollback({ requestId, revision: 3 }, never);
    await assert.rejects(api.rollback({ requestId, revision: 4 }, never), { code: "usage" });
    await assert.rejects(api.apply({ requestId }, never), { code: "usage" });
  });

  it("is cancelled by any of those who asked", async () => {
    const api = agent(
      (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    );
    const second = new AbortController();
    const both = [api.rollback({ requestId }, never), api.rollback({ requestId }, second.signal)];
    second.abort();
    for (const each of both) await assert.rejects(each, { name: "AbortError" });
  });

  it("is different from one without: that is done each time", async () => {
    const api = agent(async () => outcome);
    await api.rollback({}, never);
    await api.rollback({}, never);
    assert.equal(runs, 2);
    assert.equal(kept, undefined);
  });

  it("keeps no more than the newest, and begins anew where they cannot be read", async () => {
    kept = "{";
    const api = agent(async () => outcome);
    for (let i = 0; i < 60; i++) await api.rollback({ requestId: `request ${i}` }, never);
    assert.ok((kept?.length ?? 0) < 20 * 1000);
    await agent(async () => outcome).rollback({ requestId: "request 59" }, never);
    assert.equal(runs, 60);
  });
});
