import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ServiceModel } from "../../core/compose/model.ts";
import type { Rollout } from "../../core/protocol/words.ts";
import { type Breakers, disable, enable, judgeRollout, leftOut, nextRetry, withBreakers } from "./breaker.ts";

const policy = { failures: 2, retryMs: 30_000 };
const minuteMs = 60_000;

const project = (value: string): ReadonlyMap<string, ServiceModel> =>
  new Map(
    ["api", "web"].map((name) => [
      name,
      {
        name,
        runtime: "compose",
        config: { environment: { VALUE: name === "api" ? value : "" } },
        dependsOn: [],
        files: [],
      },
    ]),
  );

const rollout = (verdict: "applied" | "rolled-back", failed?: string): Rollout => ({
  id: "r",
  revision: 1,
  startedAt: new Date(0).toISOString(),
  phases: [{ steps: [{ service: "api", action: "recreate", cause: "", state: "healthy" }] }],
  verdict,
  reason: "api is ill.",
  ...(failed === undefined ? {} : { failed }),
});
const failing = (breakers: Breakers, value: string, now: number) =>
  judgeRollout(breakers, rollout("rolled-back", "api"), project(value), policy, now);

describe("The circuit breaker of a service", () => {
  it("opens when the same configuration has failed often enough, and waits twice as long each time", () => {
    let breakers: Breakers = new Map();
    breakers = failing(breakers, "bad", 0);
    assert.deepEqual([...leftOut(breakers, project("bad"), false, 0)], []);
    let now = 0;
    for (const waitMs of [30_000, 60_000, 120_000]) {
      breakers = failing(breakers, "bad", now);
      assert.deepEqual([...leftOut(breakers, project("bad"), false, now)], ["api"]);
      assert.equal(nextRetry(breakers, now), now + waitMs);
      now += waitMs;
      assert.deepEqual([...leftOut(breakers, project("bad"), false, now)], [], "tried again");
    }
    for (let time = 0; time < 20; time += 1) breakers = failing(breakers, "bad", now);
    assert.equal(nextRetry(breakers, now), now + 30 * minuteMs, "never longer than half an hour");
  });

  it("holds back what has failed, not what is new", () => {
    let breakers: Breakers = new Map();
    breakers = failing(breakers, "bad", 0);
    breakers = failing(breakers, "worse", 0);
    assert.deepEqual([...leftOut(breakers, project("worse"), false, 0)], [], "each has failed once");
    breakers = failing(breakers, "worse", 0);
    assert.deepEqual([...leftOut(breakers, project("worse"), false, 0)], ["api"]);
    assert.deepEqual([...leftOut(breakers, project("mended"), false, 0)], []);
    assert.deepEqual([...leftOut(breakers, project("worse"), true, 0)], [], "a person asks for it");
  });

  it("closes when the service is applied", () => {
    const breakers = failing(failing(new Map(), "bad", 0), "bad", 0);
    assert.equal(judgeRollout(breakers, rollout("applied"), project("bad"), policy, 0).size, 0);
  });

  it("obeys a person before anything else", () => {
    const breakers = disable(new Map(), "web");
    assert.deepEqual([...leftOut(breakers, project("good"), true, 0)], ["web"]);
    assert.equal(nextRetry(breakers, 0), undefined);
    const [status] = withBreakers(
      [{ service: "web", runtime: "compose", state: "running", health: "none", instances: [] }],
      breakers,
    );
    assert.equal(status?.breaker?.state, "disabled");
    assert.equal(enable(breakers, "web").size, 0);
  });
});
