import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { SessionState } from "../client/session.ts";
import type { ServiceStatus, Status } from "../core/protocol/words.ts";
import { commands } from "./contract.ts";
import { menuItems } from "./menu-items.ts";
import { conditionOf, lastRollouts, serviceRow } from "./services/service-view.ts";

const now = Date.parse("2026-01-01T12:00:00.000Z");
const api: ServiceStatus = {
  service: "api",
  runtime: "compose",
  state: "running",
  health: "healthy",
  since: "2026-01-01T11:00:00.000Z",
  instances: ["0123456789ab"],
};
const online = (more: Partial<Status> = {}): SessionState => ({
  connection: "online",
  error: undefined,
  lostAt: undefined,
  restarting: false,
  status: {
    project: { name: "shop", directory: "/shop" },
    state: "stable",
    detail: "",
    services: [api],
    sources: [],
    problems: [],
    revision: 2,
    lastGood: 2,
    paused: false,
    rollout: null,
    agent: { version: "0", pid: 1, startedAt: "2026-01-01T11:00:00.000Z" },
    ...more,
  },
});

describe("the menu behind the status bar", () => {
  const offered = (session: SessionState): string[] => menuItems(session, now).map(({ command }) => command);
  const cases: readonly [string, SessionState, string, string[]][] = [
    [
      "a stable project",
      online(),
      commands.showTimeline,
      [commands.applyNow, commands.pause, commands.rollbackConfig],
    ],
    [
      "an agent that is away",
      { ...online(), connection: "offline" },
      commands.restartAgent,
      [commands.showLog],
    ],
    [
      "a connection that stays away",
      { ...online(), connection: "connecting", lostAt: now - 5_000 },
      commands.showTimeline,
      [commands.restartAgent, commands.showLog],
    ],
    ["a pause", online({ state: "paused", paused: true }), commands.resume, [commands.showTimeline]],
    [
      "invalid files",
      online({ state: "invalid" }),
      "workbench.actions.view.problems",
      [commands.rollbackConfig],
    ],
    ["a failure", online({ state: "error" }), commands.applyNow, [commands.rollbackConfig, commands.showLog]],
    ["a rollout", online({ state: "restarting" }), commands.cancelRollout, [commands.showTimeline]],
    [
      "a project that is not up",
      online({ services: [{ ...api, state: "missing", health: "none" }] }),
      commands.startProject,
      [commands.showTimeline],
    ],
  ];
  for (const [what, session, first, others] of cases)
    it(`offers first what helps with ${what}`, () => {
      const all = offered(session);
      assert.equal(all[0], first);
      for (const command of others) assert(all.includes(command), `${command} is not offered.`);
    });

  it("offers nothing that makes no sense now", () => {
    assert(!offered(online({ state: "paused", paused: true })).includes(commands.pause));
    assert(!offered(online({ revision: null, lastGood: null })).includes(commands.rollbackConfig));
    assert(!offered(online()).includes(commands.startProject));
    assert(!offered({ ...online(), restarting: true }).includes(commands.restartAgent));
  });
});

describe("a service's row", () => {
  it("says how it is in a few words, the rest below", () => {
    const last = {
      revision: 2,
      time: "2026-01-01T11:58:00.000Z",
      author: "Ann",
      origin: "editor",
      reason: "",
      severity: "minor",
      verdict: "applied",
      keys: ["A"],
      services: ["api"],
      durationMs: 1_800,
    } as const;
    const row = serviceRow(api, { ...last, keys: [...last.keys], services: [...last.services] }, now);
    assert.equal(row.description, "healthy · 1h");
    assert.deepEqual(row.details, [
      ["Runtime", "Docker Compose"],
      ["State", "running"],
      ["Health", "healthy"],
      ["Up for", "1h"],
      ["Last rollout", "revision 2 · applied · 2 minutes ago · 1.8 s"],
      ["Rollouts", "takes part"],
      ["Containers", "0123456789ab"],
    ]);
  });

  it("says what menus ask for: whether it runs, where, and whether rollouts take it in", () => {
    assert.equal(serviceRow(api, undefined, now).context, "service;up;compose;in");
    const stopped: ServiceStatus = {
      ...api,
      runtime: "process",
      state: "missing",
      breaker: {
        state: "degraded",
        failures: 3,
        reason: "It failed 3 times.",
        retryAt: "2026-01-01T12:01:00.000Z",
      },
    };
    const row = serviceRow(stopped, undefined, now);
    assert.equal(row.context, "service;down;process;out");
    assert.equal(conditionOf(stopped), "not running, degraded");
    assert.deepEqual(
      row.details.find(([name]) => name === "Rollouts")?.[1],
      "It failed 3 times. Tried again in 1m.",
    );
  });

  it("knows the newest rollout of each service", () => {
    const summary = (revision: number, ...services: string[]) => ({
      revision,
      time: "2026-01-01T11:58:00.000Z",
      author: "Ann",
      origin: "editor" as const,
      reason: "",
      severity: "minor" as const,
      verdict: "applied" as const,
      keys: [],
      services,
      durationMs: null,
    });
    const found = lastRollouts([summary(3, "web"), summary(2, "api", "web"), summary(1, "api")]);
    assert.deepEqual(
      [...found].map(([service, { revision }]) => [service, revision]),
      [
        ["web", 3],
        ["api", 2],
      ],
    );
  });
});
