import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { AgentEvent } from "../core/protocol/messages.ts";
import type { Rollout, RolloutStep, ServiceStatus, Status } from "../core/protocol/words.ts";
import { follow } from "./follow.ts";

const time = "2026-01-01T00:00:00.000Z";
const service = (name: string, health: ServiceStatus["health"]): ServiceStatus => ({
  service: name,
  runtime: "compose",
  state: "running",
  health,
  instances: [],
});
const step = (name: string, state: RolloutStep["state"]): RolloutStep => ({
  service: name,
  action: "recreate",
  cause: "A",
  state,
});
const rollout: Rollout = {
  id: "r1",
  revision: 2,
  startedAt: time,
  phases: [{ steps: [step("db", "pending")] }, { steps: [step("api", "pending"), step("db", "pending")] }],
};
const status: Status = {
  project: { name: "shop", directory: "/shop" },
  state: "restarting",
  detail: "",
  services: [service("api", "healthy"), service("db", "healthy")],
  sources: [],
  problems: [],
  revision: 1,
  lastGood: 1,
  paused: false,
  rollout,
  agent: { version: "0.1.0", pid: 7, startedAt: time },
};
const followed = (event: Pick<AgentEvent, "type"> & { data: unknown }): Status =>
  follow(status, { timestamp: time, seq: 1, ...event } as AgentEvent);
const states = ({ rollout: shown }: Status): string[][] =>
  (shown?.phases ?? []).map(({ steps }) => steps.map((each) => `${each.service} ${each.state}`));

describe("a status that is followed", () => {
  it("is replaced by a newer one", () => {
    const newer = { ...status, revision: 2 };
    assert.equal(followed({ type: "status_update", data: newer }), newer);
  });

  it("takes the health of a service, known or new", () => {
    const sick = followed({ type: "health_update", data: service("db", "unhealthy") });
    assert.deepEqual(
      sick.services.map(({ service: name, health }) => `${name} ${health}`),
      ["api healthy", "db unhealthy"],
    );
    assert.equal(followed({ type: "health_update", data: service("web", "starting") }).services.length, 3);
  });

  it("takes a step to its phase", () => {
    const moved = followed({
      type: "restart_progress",
      data: { rollout: "r1", revision: 2, phase: 1, step: step("db", "starting") },
    });
    assert.deepEqual(states(moved), [["db pending"], ["api pending", "db starting"]]);
  });

  it("is left as it is by another rollout's step, and by what it does not show", () => {
    const data = { rollout: "r0", revision: 1, phase: 0, step: step("db", "starting") };
    assert.equal(followed({ type: "restart_progress", data }), status);
    assert.equal(followed({ type: "restart_progress", data: { rollout: "r1", revision: 2 } }), status);
    assert.equal(followed({ type: "log", data: { level: "info", message: "x" } }), status);
  });

  it("takes the rollout's end", () => {
    const ended = { ...rollout, verdict: "applied" as const };
    assert.equal(followed({ type: "restart_completed", data: { rollout: ended } }).rollout, ended);
  });
});
