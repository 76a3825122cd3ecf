/** One small project's life, as data: what the golden files are rendered from. */
import type {
  AgentEvent,
  KeyRevision,
  Outcome,
  RevisionSummary,
  Statistics,
} from "../../../core/protocol/messages.ts";
import type {
  Change,
  Engine,
  Plan,
  Problem,
  Revision,
  Rollout,
  RolloutStep,
  ServiceStatus,
  Status,
} from "../../../core/protocol/words.ts";

export const change: Change = {
  severity: "critical",
  entries: [
    {
      kind: "modified",
      source: ".env",
      role: "env",
      key: "API_URL",
      severity: "minor",
      sensitive: false,
      before: "http://a",
      after: "http://b",
    },
    {
      kind: "modified",
      source: ".env",
      role: "env",
      key: "DB_PASSWORD",
      severity: "critical",
      sensitive: true,
      before: "••••••••",
      after: "••••••••",
    },
    {
      kind: "added",
      source: ".env",
      role: "env",
      key: "GREETING",
      severity: "minor",
      sensitive: false,
      after: "two\nlines",
    },
    {
      kind: "removed",
      source: ".env",
      role: "env",
      key: "OLD_PORT",
      severity: "moderate",
      sensitive: false,
      before: "",
    },
  ],
};

export const oneEntry: Change = { severity: "minor", entries: change.entries.slice(0, 1) };

export const plan: Plan = {
  change,
  phases: [
    {
      steps: [
        {
          service: "db",
          action: "recreate",
          cause: "DB_PASSWORD changes environment.POSTGRES_PASSWORD",
          expectedMs: 1900,
        },
      ],
    },
    {
      steps: [
        {
          service: "api",
          action: "recreate",
          cause: "API_URL changes environment.API_URL",
          expectedMs: 1200,
        },
        { service: "proxy", action: "signal", cause: "rules/proxy.conf is mounted", expectedMs: 12 },
      ],
    },
  ],
  notes: ["worker is stopped and stays stopped."],
};

const step = (service: string, more: Partial<RolloutStep>): RolloutStep => ({
  service,
  action: "recreate",
  cause: "API_URL changes environment.API_URL",
  state: "healthy",
  ...more,
});

export const applied: Rollout = {
  id: "r12",
  revision: 12,
  startedAt: "2026-11-21T14:02:09.200Z",
  endedAt: "2026-11-21T14:02:11.000Z",
  verdict: "applied",
  phases: [
    { steps: [step("api", { durationMs: 1200 })] },
    { steps: [step("proxy", { action: "signal", durationMs: 9 })] },
  ],
};

export const rolledBack: Rollout = {
  id: "r13",
  revision: 13,
  startedAt: "2026-11-21T14:03:00.000Z",
  endedAt: "2026-11-21T14:03:04.310Z",
  verdict: "rolled-back",
  phases: [
    { steps: [step("db", { state: "rolled-back", durationMs: 2100 })] },
    { steps: [step("api", { state: "failed", durationMs: 1800, detail: "exited with code 1" })] },
    { steps: [step("web", { state: "skipped" })] },
  ],
  reason: "api exited with code 1 before it was healthy.",
  log: ["\u001b[31mError: getaddrinfo ENOTFOUND nowhere\u001b[0m", "    at connect (net.js:1:2)", ""],
};

export const running: Rollout = {
  id: "r14",
  revision: 14,
  startedAt: "2026-11-21T14:04:58.000Z",
  phases: [
    { steps: [step("db", { durationMs: 900 })] },
    { steps: [step("api", { state: "probing" }), step("web", { state: "pending" })] },
  ],
};

export const revision: Revision = {
  revision: 12,
  parent: 11,
  time: "2026-11-21T14:02:09.200Z",
  author: { name: "ada" },
  origin: "editor",
  reason: "Point the API at the new host",
  severity: "minor",
  verdict: "applied",
  change: oneEntry,
  services: ["api", "proxy"],
  rollout: applied,
};

export const failedRevision: Revision = {
  ...revision,
  revision: 13,
  parent: 12,
  origin: "watcher",
  reason: ".env was edited",
  verdict: "rolled-back",
  change,
  rollout: rolledBack,
};

export const outcome: Outcome = {
  verdict: "applied",
  revision: 12,
  message: "Revision 12 is applied.",
  plan: { change: oneEntry, phases: [], notes: [] },
  rollout: applied,
};

export const failedOutcome: Outcome = {
  verdict: "rolled-back",
  revision: 13,
  message: "api exited with code 1 before it was healthy. Revision 12 runs again.",
  plan: { ...plan, change: oneEntry },
  rollout: rolledBack,
};

export const nothingToDo: Outcome = {
  verdict: "applied",
  revision: null,
  message: "Nothing to do: what runs is what the files on disk say.",
  plan: { change: { entries: [], severity: "minor" }, phases: [], notes: [] },
  rollout: null,
};

export const dryRun: Outcome = {
  ...nothingToDo,
  message: "Going back to revision 11 would touch db, api, proxy.",
  plan,
};

export const noService: Outcome = {
  ...nothingToDo,
  revision: 13,
  message: "No service uses what changed; nothing was restarted.",
  plan: { change: oneEntry, phases: [], notes: [] },
};

export const rejected: Outcome = {
  ...nothingToDo,
  verdict: "rejected",
  message: "The files on disk are invalid, so nothing was touched: .env:3:1: Compose cannot read this line.",
};

export const summaries: RevisionSummary[] = [
  {
    revision: 13,
    time: "2026-11-21T14:03:00.000Z",
    author: "ada",
    origin: "watcher",
    reason: ".env was edited",
    severity: "minor",
    verdict: "rolled-back",
    keys: ["API_URL", "DB_PASSWORD", "GREETING", "OLD_PORT", "rules/a.yaml"],
    services: ["db", "api"],
    durationMs: 4310,
  },
  {
    revision: 12,
    time: "2026-11-21T14:02:09.200Z",
    author: "林 美",
    origin: "editor",
    reason: "Point the API at the new host",
    severity: "minor",
    verdict: "applied",
    keys: ["API_URL"],
    services: ["api"],
    durationMs: 1800,
  },
  {
    revision: 9,
    time: "2026-11-20T23:59:59.000Z",
    author: "Grace Hopper",
    origin: "adopted",
    reason: "What ran already",
    severity: "minor",
    verdict: "applied",
    keys: [],
    services: [],
    durationMs: null,
  },
];

export const runningSummary: RevisionSummary = {
  revision: 14,
  time: "2026-11-21T14:04:58.000Z",
  author: "ada",
  origin: "cli",
  reason: "hotenv apply",
  severity: "minor",
  verdict: null,
  keys: ["API_URL"],
  services: ["api"],
  durationMs: null,
};

export const keyHistory: KeyRevision[] = [
  {
    revision: 13,
    time: "2026-11-21T14:03:00.000Z",
    author: "ada",
    origin: "watcher",
    verdict: "rolled-back",
    kind: "removed",
    source: ".env",
    sensitive: false,
    before: "http://b",
  },
  {
    revision: 12,
    time: "2026-11-21T14:02:09.200Z",
    author: "林 美",
    origin: "editor",
    verdict: "applied",
    kind: "modified",
    source: ".env",
    sensitive: false,
    before: "http://a",
    after: "http://b",
  },
  {
    revision: 9,
    time: "2026-11-20T23:59:59.000Z",
    author: "Grace Hopper",
    origin: "cli",
    verdict: null,
    kind: "added",
    source: "config/.env.local",
    sensitive: false,
    after: "http://a",
  },
];

export const statistics: Statistics = {
  services: [
    {
      service: "api",
      rollouts: 120,
      applied: 117,
      failed: 2,
      successRate: 0.975,
      medianMs: 1200,
      p95Ms: 4310,
    },
    { service: "worker", rollouts: 1, applied: 0, failed: 1, successRate: 0, medianMs: null, p95Ms: null },
  ],
  days: [
    { day: "2026-11-20", severity: "critical", changes: 1 },
    { day: "2026-11-21", severity: "minor", changes: 12 },
  ],
  failingKeys: [{ key: "API_URL", failures: 2, newest: 13 }],
};

export const problem: Problem = {
  file: ".env",
  line: 3,
  column: 9,
  endLine: 3,
  endColumn: 14,
  severity: "error",
  code: "env-unterminated-quote",
  message: "The quote is never closed, so Compose refuses the whole file.",
};

const services: ServiceStatus[] = [
  {
    service: "db",
    runtime: "compose",
    state: "running",
    health: "healthy",
    since: "2026-11-21T09:00:00.000Z",
    instances: ["a1b2c3d4e5f6"],
  },
  {
    service: "api",
    runtime: "process",
    state: "running",
    health: "none",
    since: "2026-11-21T14:02:11.000Z",
    instances: ["4711"],
  },
  { service: "worker", runtime: "compose", state: "exited", health: "unhealthy", instances: [] },
];

export const status: Status = {
  project: { name: "quickstart", directory: "/home/ada/quickstart" },
  state: "stable",
  detail: "",
  services,
  sources: [
    { path: ".env", role: "env" },
    { path: "hotenv.yaml", role: "settings" },
    { path: "rules/a.yaml", role: "file" },
  ],
  problems: [],
  revision: 12,
  lastGood: 12,
  paused: false,
  rollout: applied,
  agent: { version: "0.1.0", pid: 4242, startedAt: "2026-11-21T13:58:02.000Z" },
};

export const untestedEngine: Engine = {
  name: "Docker",
  version: "31.0.2",
  compose: "6.1.0",
  untested:
    "Docker 31.0 with Compose 6.1: newer than what Hotenv is tested with (Docker 20.10, 28.5; Compose 2.26, 2.40, 5.6).",
};

const otherProblem: Problem = {
  ...problem,
  line: 5,
  endLine: 5,
  severity: "warning",
  code: "duplicate-key",
  message: "`A` is set twice.",
};

export const invalidStatus: Status = {
  ...status,
  state: "invalid",
  detail: `.env:3:9: ${problem.message} Correct it; what runs is left alone until then.`,
  problems: [problem, otherProblem],
  revision: 12,
  lastGood: 11,
  rollout: rolledBack,
};

const exitedDb: ServiceStatus = {
  service: "db",
  runtime: "compose",
  state: "exited",
  health: "none",
  instances: [],
};

const at = (second: number) => `2026-11-21T14:02:${String(second).padStart(2, "0")}.000Z`;

/** A good change, a bad one, a file that is invalid for a while, and a service that dies by itself. */
export const events: AgentEvent[] = [
  { type: "status_update", timestamp: at(1), seq: 1, data: status },
  { type: "config_change", timestamp: at(9), seq: 2, data: { change: oneEntry, origin: "editor" } },
  { type: "status_update", timestamp: at(9), seq: 3, data: { ...status, state: "restarting" } },
  { type: "restart_progress", timestamp: at(9), seq: 4, data: { rollout: "r12", revision: 12 } },
  {
    type: "restart_progress",
    timestamp: at(9),
    seq: 5,
    data: { rollout: "r12", revision: 12, phase: 0, step: step("api", { state: "starting" }) },
  },
  {
    type: "restart_progress",
    timestamp: at(10),
    seq: 6,
    data: { rollout: "r12", revision: 12, phase: 0, step: step("api", { durationMs: 1200 }) },
  },
  { type: "restart_completed", timestamp: at(11), seq: 7, data: { rollout: applied } },
  {
    type: "verdict",
    timestamp: at(11),
    seq: 8,
    data: { revision: summaries[1] ?? runningSummary, message: "Revision 12 is applied." },
  },
  { type: "status_update", timestamp: at(11), seq: 9, data: status },
  { type: "config_change", timestamp: at(20), seq: 10, data: { change, origin: "watcher" } },
  {
    type: "restart_progress",
    timestamp: at(21),
    seq: 11,
    data: {
      rollout: "r13",
      revision: 13,
      phase: 1,
      step: step("api", { state: "failed", detail: "exited with code 1" }),
    },
  },
  { type: "restart_completed", timestamp: at(24), seq: 12, data: { rollout: rolledBack } },
  {
    type: "verdict",
    timestamp: at(24),
    seq: 13,
    data: { revision: summaries[0] ?? runningSummary, message: failedOutcome.message },
  },
  { type: "status_update", timestamp: at(30), seq: 14, data: invalidStatus },
  { type: "status_update", timestamp: at(31), seq: 15, data: invalidStatus },
  { type: "log", timestamp: at(31), seq: 15, data: { level: "error", message: invalidStatus.detail } },
  { type: "status_update", timestamp: at(35), seq: 16, data: status },
  { type: "health_update", timestamp: at(40), seq: 17, data: exitedDb },
  {
    type: "log",
    timestamp: at(41),
    seq: 18,
    data: { level: "warn", message: "Docker does not answer.\u001b[2J" },
  },
  { type: "log", timestamp: at(41), seq: 19, data: { level: "debug", message: "rescan" } },
];
