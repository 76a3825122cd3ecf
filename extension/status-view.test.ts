import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { SessionState } from "../client/session.ts";
import { HotenvError } from "../core/protocol/errors.ts";
import type { Rollout, Status, StepState } from "../core/protocol/words.ts";
import { commands } from "./contract.ts";
import { changesInMs, escapeMarkdown, statusView } from "./status-view.ts";

const now = Date.parse("2026-01-01T12:00:00.000Z");

const status = (more: Partial<Status> = {}): Status => ({
  project: { name: "shop", directory: "/shop" },
  state: "stable",
  detail: "",
  services: [],
  sources: [],
  problems: [],
  revision: 12,
  lastGood: 12,
  paused: false,
  rollout: null,
  agent: { version: "0.1.0", pid: 7, startedAt: "2026-01-01T11:00:00.000Z" },
  ...more,
});
const online = (more: Partial<Status> = {}): SessionState => ({
  connection: "online",
  status: status(more),
  error: undefined,
  lostAt: undefined,
  restarting: false,
});
const lost = (agoMs: number, more: Partial<SessionState> = {}): SessionState => ({
  ...online(),
  connection: "connecting",
  error: new HotenvError("agent-unreachable", "The connection to the agent was lost (code 1006)."),
  lostAt: now - agoMs,
  ...more,
});
const rollout = (steps: readonly (readonly [string, StepState])[], more: Partial<Rollout> = {}): Rollout => ({
  id: "r1",
  revision: 13,
  startedAt: "2026-01-01T11:59:58.000Z",
  phases: steps.map(([service, state]) => ({
    steps: [{ service, state, action: "recreate", cause: "API_URL" }],
  })),
  ...more,
});
const running = (...steps: readonly (readonly [string, StepState])[]): SessionState =>
  online({ state: "restarting", rollout: rollout(steps) });
const view = (session: SessionState, name = "shop") => statusView([{ name, session }], now);

describe("the status bar's item", () => {
  const offline = new HotenvError("compose-missing", "There is no Compose plugin.", { todo: "Install it." });
  const cases: readonly [string, SessionState, string, "none" | "warning" | "error"][] = [
    ["a stable project", online(), "$(check) Hotenv: stable", "none"],
    ["an update", online({ state: "updating" }), "$(sync~spin) Hotenv: updating", "none"],
    ["a restart without steps", running(), "$(sync~spin) Hotenv: restarting", "none"],
    ["an error", online({ state: "error" }), "$(error) Hotenv: error", "error"],
    ["invalid files", online({ state: "invalid" }), "$(warning) Hotenv: invalid", "warning"],
    ["a change that waits for a yes", online({ state: "waiting" }), "$(question) Hotenv: waiting", "none"],
    ["a pause", online({ state: "paused", paused: true }), "$(debug-pause) Hotenv: paused", "none"],
    [
      "an agent that cannot be reached",
      { ...online(), connection: "offline", error: offline },
      "$(debug-disconnect) Hotenv: offline",
      "none",
    ],
    [
      "a first connection",
      { ...online(), connection: "connecting", status: undefined },
      "$(sync~spin) Hotenv: connecting",
      "none",
    ],
    ["a connection that was lost a moment ago", lost(999), "$(check) Hotenv: stable", "none"],
    ["a connection that stays away", lost(1_000), "$(sync~spin) Hotenv: connecting", "none"],
    [
      "an agent that is to be another one",
      { ...online(), restarting: true },
      "$(sync~spin) Hotenv: connecting",
      "none",
    ],
    [
      "an agent that ended to be another one",
      lost(0, { restarting: true }),
      "$(sync~spin) Hotenv: connecting",
      "none",
    ],
    [
      "a rollout that an agent ends with",
      { ...running(["api", "starting"]), restarting: true },
      "$(sync~spin) api 1/1",
      "none",
    ],
    [
      "a rollout whose agent has ended to be another one",
      { ...running(["api", "starting"]), ...lost(0, { restarting: true }) },
      "$(sync~spin) Hotenv: connecting",
      "none",
    ],
    [
      "a restart that came to nothing",
      lost(9_000, { connection: "offline", restarting: true }),
      "$(debug-disconnect) Hotenv: offline",
      "none",
    ],
  ];
  for (const [what, session, text, severity] of cases)
    it(`shows ${what} as "${text}"`, () => {
      const shown = view(session);
      assert.deepEqual([shown?.text, shown?.severity, shown?.command], [text, severity, commands.showMenu]);
    });

  const progress: readonly [readonly (readonly [string, StepState])[], string][] = [
    [
      [
        ["db", "pending"],
        ["api", "pending"],
      ],
      "db 1/2",
    ],
    [
      [
        ["db", "healthy"],
        ["api", "starting"],
        ["web", "pending"],
      ],
      "api 2/3",
    ],
    [
      [
        ["db", "healthy"],
        ["api", "pending"],
        ["web", "pending"],
      ],
      "api 2/3",
    ],
    [
      [
        ["db", "skipped"],
        ["api", "healthy"],
        ["web", "probing"],
      ],
      "web 3/3",
    ],
    [
      [
        ["db", "healthy"],
        ["api", "healthy"],
      ],
      "api 2/2",
    ],
    [
      [
        ["db", "rolling-back"],
        ["api", "rolled-back"],
      ],
      "db rolling back",
    ],
    [
      [
        ["db", "pending"],
        ["api", "probing"],
      ],
      "api 2/2",
    ],
  ];
  for (const [steps, text] of progress)
    it(`says "${text}" while ${steps.map((step) => step.join(" ")).join(", ")}`, () => {
      assert.equal(view(running(...steps))?.text, `$(sync~spin) ${text}`);
    });

  it("does not speak of a rollout that has ended", () => {
    const ended = rollout([["api", "healthy"]], { verdict: "applied" });
    assert.equal(view(online({ state: "updating", rollout: ended }))?.text, "$(sync~spin) Hotenv: updating");
  });

  it("is another one as soon as a loss is worth a word, and by time alone only then", () => {
    const changes = (...sessions: SessionState[]): number | undefined =>
      changesInMs(
        sessions.map((session) => ({ name: "shop", session })),
        now,
      );
    assert.equal(changes(online(), lost(400), lost(900)), 100);
    assert.equal(changes(online(), lost(1_000)), undefined);
    assert.equal(changes(), undefined);
  });

  it("is not there without a project", () => {
    assert.equal(statusView([], now), undefined);
  });

  it("shows the project that needs attention most, by its name", () => {
    const projects = [
      { name: "shop", session: online() },
      { name: "blog", session: online({ state: "invalid" }) },
      { name: "wiki", session: running(["api", "starting"]) },
    ];
    assert.equal(statusView(projects, now)?.text, "$(warning) blog: Hotenv: invalid");
    assert.equal(statusView(projects.toSpliced(1, 1), now)?.text, "$(sync~spin) wiki: api 1/1");
    assert.equal(statusView(projects.slice(0, 1), now)?.text, "$(check) Hotenv: stable");
  });

  it("has a label without icons for those who listen", () => {
    assert.equal(view(online())?.label, "Hotenv: stable");
    assert.equal(view(running(["api", "starting"]))?.label, "Hotenv: restarting, api 1/1");
  });
});

describe("the status bar's tooltip", () => {
  it("is a table of services with the last rollout, the last good and links", () => {
    const tooltip = view(
      online({
        detail: "api failed its health check.",
        lastGood: 11,
        services: [
          {
            service: "api",
            runtime: "compose",
            state: "running",
            health: "healthy",
            since: "2026-01-01T11:00:00.000Z",
            instances: ["ab"],
          },
          { service: "db", runtime: "compose", state: "exited", health: "none", instances: [] },
        ],
        rollout: rollout([["api", "rolled-back"]], {
          verdict: "rolled-back",
          endedAt: "2026-01-01T11:58:00.000Z",
          reason: "api was unhealthy",
        }),
      }),
    )?.tooltip;
    assert.equal(
      tooltip,
      [
        "**shop** stable",
        "api failed its health check.",
        "| Service&emsp; | State&emsp; | Up |\n|:--|:--|--:|\n| api&emsp; | healthy&emsp; | 1h |\n| db&emsp; | exited&emsp; |  |",
        "Last rollout: rolled-back, 2 minutes ago: api was unhealthy",
        "Revision 12 runs; the last good one is 11.",
        "[Show timeline](command:hotenv.showTimeline) · [Show services](command:hotenv.showServices) · [Pause](command:hotenv.pause) · " +
          "[Roll back](command:hotenv.rollbackConfig) · [Show log](command:hotenv.showLog)",
      ].join("\n\n"),
    );
  });

  it("names an engine that the tests have not seen", () => {
    const engine = { name: "Docker", version: "31.0.2", untested: "Docker 31.0: newer than what is tested." };
    assert.match(
      view(online({ engine }))?.tooltip ?? "",
      /\n\nDocker 31\.0: newer than what is tested\.\n\n/,
    );
  });

  it("says why there is no agent, and offers to start one", () => {
    const error = new HotenvError("compose-missing", "There is no Compose plugin.", { todo: "Install it." });
    const tooltip = view({ ...online(), connection: "offline", status: undefined, error })?.tooltip;
    assert.match(tooltip ?? "", /There is no Compose plugin\. Install it\./);
    assert.match(tooltip ?? "", /\[Start agent\]\(command:hotenv\.restartAgent\)/);
  });

  it("says why there is no connection, and that the rest may be out of date", () => {
    assert.deepEqual(view(lost(2_000))?.tooltip.split("\n\n"), [
      "**shop** connecting",
      "The connection to the agent was lost \\(code 1006\\).",
      "What follows may be out of date.",
      "Revision 12 runs.",
      "[Show timeline](command:hotenv.showTimeline) · [Show services](command:hotenv.showServices) · [Show log](command:hotenv.showLog)",
    ]);
    assert.match(view(lost(0, { restarting: true }))?.tooltip ?? "", /The agent is being restarted\./);
  });

  it("lets no text of a project become markup", () => {
    const evil = "[click](command:evil) <b>|`x`";
    const tooltip = view(online({ detail: evil }), evil)?.tooltip ?? "";
    assert(!tooltip.includes("(command:evil)"), tooltip);
    assert(!tooltip.includes("<b>"), tooltip);
    assert.equal(escapeMarkdown("a\n|b"), "a \\|b");
  });
});
