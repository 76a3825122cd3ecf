/**
 * A project to look at: what an agent would have told about a small shop after some weeks of work. Screenshots
 * and tests of the page are made with it.
 */
import type { AgentEvent, RevisionSummary, Statistics } from "../core/protocol/messages.ts";
import type {
  Change,
  ChangeEntry,
  Moment,
  Problem,
  Revision,
  Rollout,
  RolloutStep,
  ServiceStatus,
  Severity,
  Status,
  StepState,
  Verdict,
} from "../core/protocol/words.ts";

/** The moment at which the demo is looked at. */
export const demoNow = Date.parse("2026-11-21T09:30:00.000Z");

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const iso = (ms: number): string => new Date(ms).toISOString();
const secret = "••••••";

const entry = (
  key: string,
  before: string | undefined,
  after: string | undefined,
  severity: Severity = "minor",
  source = ".env",
): ChangeEntry => ({
  kind: before === undefined ? "added" : after === undefined ? "removed" : "modified",
  source,
  role: "env",
  key,
  severity,
  sensitive: before === secret || after === secret,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});

const file = (source: string, role: ChangeEntry["role"], severity: Severity = "minor"): ChangeEntry => ({
  kind: "modified",
  source,
  role,
  severity,
  sensitive: false,
});

const weights = { minor: 0, moderate: 1, critical: 2 } as const;

function changeOf(entries: ChangeEntry[]): Change {
  const severity = entries.reduce<Severity>(
    (heaviest, each) => (weights[each.severity] > weights[heaviest] ? each.severity : heaviest),
    "minor",
  );
  return { entries, severity };
}

interface Told {
  readonly ago: number;
  readonly author?: string;
  readonly origin?: Revision["origin"];
  readonly reason: string;
  readonly entries: ChangeEntry[];
  /** Service, action, cause, begins after ms, lasts ms, ends as. */
  readonly steps?: readonly (readonly [
    string,
    RolloutStep["action"],
    string,
    number,
    number,
    StepState?,
    string?,
  ])[];
  readonly verdict?: Verdict;
  readonly why?: string;
  readonly log?: string[];
}

const failedLog = [
  "api-1  | 09:12:44.102 info  starting, 4 workers",
  "api-1  | 09:12:44.348 info  reading configuration",
  'api-1  | 09:12:44.351 error WORKERS must be a number, it is "many"',
  "api-1  | 09:12:44.352 error configuration is not usable, giving up",
  "api-1  | exited with code 1",
];

/** Newest first. */
const told: readonly Told[] = [
  {
    ago: 3 * minute,
    origin: "editor",
    reason: "Saved in the editor.",
    entries: [
      entry("API_URL", "http://127.0.0.1:3000", "https://api.shop.example/v2"),
      entry("DB_PASSWORD", secret, secret, "critical"),
      entry("SEARCH_INDEX", undefined, "products-2026-11", "moderate"),
    ],
    steps: [
      ["db", "recreate", "DB_PASSWORD changes environment.POSTGRES_PASSWORD", 0, 1_240],
      ["api", "recreate", "DB_PASSWORD and API_URL change its environment", 1_250, 1_830],
      ["web", "restart", "API_URL changes environment.UPSTREAM", 3_090, 610],
    ],
  },
  {
    ago: 17 * minute,
    origin: "editor",
    reason: "Saved in the editor.",
    entries: [entry("WORKERS", "4", "many", "moderate")],
    steps: [
      [
        "api",
        "recreate",
        "WORKERS changes environment.WORKERS",
        0,
        2_140,
        "rolled-back",
        "It exited with code 1 before it was healthy.",
      ],
    ],
    verdict: "rolled-back",
    why: "api exited with code 1 before it was healthy: WORKERS must be a number. Revision 21 runs again.",
    log: failedLog,
  },
  {
    ago: 2 * hour,
    author: "Grace Hopper",
    origin: "cli",
    reason: "Longer sessions, as agreed with support.",
    entries: [
      entry("SESSION_HOURS", "8", "24"),
      entry("LOG_LEVEL", "debug", "info"),
      entry("LEGACY_CART", "1", undefined),
    ],
    steps: [["api", "recreate", "SESSION_HOURS, LOG_LEVEL and LEGACY_CART change its environment", 0, 1_690]],
  },
  {
    ago: 5 * hour,
    origin: "rollback",
    reason: "Rolled back to revision 18.",
    entries: [entry("PUBLIC_PORT", "80", "8080", "moderate")],
    steps: [["web", "recreate", "PUBLIC_PORT changes ports", 0, 940]],
  },
  {
    ago: 5 * hour + 4 * minute,
    origin: "watcher",
    reason: "Changed on disk.",
    entries: [entry("PUBLIC_PORT", "8080", "80", "moderate")],
    steps: [
      [
        "web",
        "recreate",
        "PUBLIC_PORT changes ports",
        0,
        820,
        "failed",
        "The port 80 is taken on this machine.",
      ],
    ],
    verdict: "failed",
    why: "web could not be started: the port 80 is taken on this machine, and its old container could not be started again either.",
  },
  {
    ago: 26 * hour,
    origin: "editor",
    reason: "Saved in the editor.",
    entries: [file("nginx/rules.conf", "file"), file("compose.yaml", "compose", "moderate")],
    steps: [["web", "signal", "nginx/rules.conf is mounted", 0, 96]],
  },
  {
    ago: 2 * day,
    author: "Grace Hopper",
    origin: "offline",
    reason: "Changed while no agent ran.",
    entries: [
      entry("MAIL_FROM", "shop@example.com", "hello@shop.example"),
      entry("MAIL_HOST", "", "smtp.shop.example"),
    ],
    steps: [["worker", "restart", "MAIL_FROM and MAIL_HOST change its environment", 0, 380]],
  },
  {
    ago: 3 * day,
    origin: "editor",
    reason: "Saved in the editor.",
    entries: [entry("API_TOKEN", secret, secret, "critical")],
    verdict: "rejected",
    why: "The image shop/api:2.4 could not be pulled, so nothing was touched.",
    steps: [
      [
        "api",
        "rebuild",
        "API_TOKEN changes build.args",
        0,
        310,
        "failed",
        "The image shop/api:2.4 could not be pulled.",
      ],
    ],
  },
  {
    ago: 4 * day,
    origin: "editor",
    reason: "Saved in the editor.",
    entries: [entry("NOTE_TO_SELF", "a", "b")],
  },
];

const ordinary: Told = {
  ago: 0,
  reason: "Saved in the editor.",
  origin: "editor",
  entries: [entry("LOG_LEVEL", "info", "debug")],
  steps: [["api", "recreate", "LOG_LEVEL changes environment.LOG_LEVEL", 0, 1_510]],
};

/** All of the demo's revisions, newest first. */
export function demoRevisions(count = 23): readonly Revision[] {
  const oldestFirst: Revision[] = [];
  for (let revision = 1; revision <= count; revision += 1) {
    const index = count - revision;
    const parent = oldestFirst.findLast(({ verdict }) => verdict === "applied")?.revision ?? null;
    oldestFirst.push({ ...revisionOf(tellingOf(index, revision), revision), parent });
  }
  return oldestFirst.reverse();
}

const tellingOf = (index: number, revision: number): Told =>
  revision === 1 ? adopted(index) : (told[index] ?? { ...ordinary, ago: (index - 3) * day });

const adopted = (index: number): Told => ({
  ago: (index + 1) * day,
  origin: "adopted",
  reason: "What was there when Hotenv first saw the project.",
  entries: [],
});

function revisionOf(item: Told, revision: number): Revision {
  const at = demoNow - item.ago;
  const change = changeOf(item.entries);
  const verdict = item.verdict ?? "applied";
  const steps = item.steps ?? [];
  const rollout: Rollout = {
    id: `demo${revision}`,
    revision,
    startedAt: iso(at),
    endedAt: iso(at + Math.max(0, ...steps.map(([, , , begins, lasts]) => begins + lasts))),
    phases: steps.map(([service, action, cause, begins, lasts, state = "healthy", detail]) => ({
      steps: [
        {
          service,
          action,
          cause,
          state,
          startedAt: iso(at + begins),
          durationMs: lasts,
          trail: trailOf(at, begins, lasts, state),
          ...(detail === undefined ? {} : { detail }),
        },
      ],
    })),
    verdict,
    ...(item.why === undefined ? {} : { reason: item.why }),
    ...(item.log === undefined ? {} : { log: item.log }),
  };
  return {
    revision,
    parent: null,
    time: iso(at),
    author: { name: item.author ?? "Ada Byron" },
    origin: item.origin ?? "editor",
    reason: item.reason,
    severity: change.severity,
    verdict,
    change,
    services: steps.map(([service]) => service),
    ...(steps.length === 0 ? {} : { rollout }),
  };
}

export function summaryOf(revision: Revision): RevisionSummary {
  const { rollout } = revision;
  return {
    revision: revision.revision,
    time: revision.time,
    author: revision.author.name,
    origin: revision.origin,
    reason: revision.reason,
    severity: revision.severity,
    verdict: revision.verdict ?? null,
    keys: [...new Set(revision.change.entries.map(({ key, source }) => key ?? source))],
    services: revision.services,
    durationMs:
      rollout?.endedAt === undefined ? null : Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt),
    ...(rollout?.reason === undefined ? {} : { outcome: rollout.reason }),
    ...(revision.note === undefined ? {} : { note: revision.note }),
    ...(revision.pinned === undefined ? {} : { pinned: revision.pinned }),
  };
}

/** Prepared with all the others, then stopped, started and probed in its turn. */
function trailOf(at: number, begins: number, lasts: number, end: StepState): Moment[] {
  const moment = (state: StepState, ms: number): Moment => ({ state, at: iso(at + Math.round(ms)) });
  if (lasts < 200)
    return [
      moment("preparing", begins),
      moment("probing", begins + lasts * 0.6),
      moment(end, begins + lasts),
    ];
  const wentBack = end === "rolled-back";
  return [
    moment("preparing", begins),
    moment("stopping", begins + lasts * 0.06),
    moment("starting", begins + lasts * 0.2),
    moment("probing", begins + lasts * 0.42),
    ...(wentBack
      ? [moment("failed", begins + lasts * 0.7), moment("rolling-back", begins + lasts * 0.7)]
      : []),
    moment(end, begins + lasts),
  ];
}

const service = (name: string, more: Partial<ServiceStatus> = {}): ServiceStatus => ({
  service: name,
  runtime: "compose",
  state: "running",
  health: "healthy",
  since: iso(demoNow - 3 * minute),
  instances: ["3f9c1a7be204"],
  ...more,
});

export function demoStatus(more: Partial<Status> = {}): Status {
  return {
    project: { name: "shop", directory: "/home/ada/shop" },
    state: "stable",
    detail: "",
    services: [
      service("db"),
      service("api"),
      service("web"),
      service("worker", { runtime: "process", health: "none", instances: ["48213"] }),
      service("mailpit", { state: "stopped", health: "none", instances: [] }),
    ],
    sources: [
      { path: ".env", role: "env" },
      { path: "compose.yaml", role: "compose" },
      { path: "hotenv.yaml", role: "settings" },
    ],
    problems: [],
    revision: 23,
    lastGood: 23,
    paused: false,
    rollout: null,
    agent: { version: "0.1.0", pid: 4711, startedAt: iso(demoNow - 2 * day) },
    ...more,
  };
}

export const demoStatistics: Statistics = {
  services: [
    {
      service: "api",
      rollouts: 18,
      applied: 16,
      failed: 1,
      successRate: 16 / 18,
      medianMs: 1_640,
      p95Ms: 2_100,
    },
    { service: "db", rollouts: 1, applied: 1, failed: 0, successRate: 1, medianMs: 1_240, p95Ms: 1_240 },
    { service: "web", rollouts: 4, applied: 3, failed: 1, successRate: 0.75, medianMs: 610, p95Ms: 940 },
    { service: "worker", rollouts: 1, applied: 1, failed: 0, successRate: 1, medianMs: 380, p95Ms: 380 },
  ],
  days: [{ day: "2026-11-21", severity: "critical", changes: 1 }],
  failingKeys: [{ key: "WORKERS", failures: 1, newest: 22 }],
};

export const demoProblems: readonly Problem[] = [
  {
    file: ".env",
    line: 12,
    column: 9,
    endLine: 12,
    endColumn: 13,
    severity: "error",
    code: "schema-type",
    message: 'WORKERS must be a number, it is "many".',
  },
  {
    file: ".env",
    line: 31,
    column: 1,
    endLine: 31,
    endColumn: 20,
    severity: "error",
    code: "unterminated",
    message: "The double quote that begins here is never closed; Compose refuses the whole file.",
  },
  {
    file: "compose.yaml",
    line: 4,
    column: 14,
    endLine: 4,
    endColumn: 30,
    severity: "error",
    code: "unset",
    message: "DB_PASSWORD is needed here and set nowhere.",
  },
];

/** Numbered events, as an agent emits them. */
export function eventMaker(
  seq: number,
): <T extends AgentEvent["type"]>(
  type: T,
  data: Extract<AgentEvent, { type: T }>["data"],
  at: number,
) => AgentEvent {
  let last = seq;
  return (type, data, at) => {
    last += 1;
    // TypeScript cannot tie `data` to `type` inside a generic; the signature has done so.
    return { type, seq: last, timestamp: iso(at), data } as AgentEvent;
  };
}

const planned = (
  name: string,
  action: RolloutStep["action"],
  cause: string,
  expectedMs: number,
): RolloutStep => ({
  service: name,
  action,
  cause,
  expectedMs,
  state: "pending",
});

export interface LiveDemo {
  /** From the save to the moment the api is being probed. */
  readonly begin: readonly AgentEvent[];
  /** From there to the verdict `applied`. */
  readonly end: readonly AgentEvent[];
  /** The revision when all is over. */
  readonly revision: Revision;
}

/** A rollout of revision 24 that began `elapsedMs` before `now`. */
export function liveDemo(now: number, seq: number): LiveDemo {
  const event = eventMaker(seq);
  const start = now - 2_600;
  const change = changeOf([
    entry("CACHE_URL", "redis://127.0.0.1:6379/0", "redis://cache:6379/1", "moderate"),
    entry("CACHE_TTL", undefined, "90"),
  ]);
  const steps = {
    api: planned("api", "recreate", "CACHE_URL and CACHE_TTL change its environment", 1_800),
    web: planned("web", "restart", "depends on api, which is replaced", 700),
  };
  let rollout: Rollout = {
    id: "live0001",
    revision: 24,
    startedAt: iso(start),
    phases: [{ steps: [steps.api] }, { steps: [steps.web] }],
  };
  const status = (more: Partial<Status> = {}) => demoStatus({ state: "restarting", rollout, ...more });
  const move = (
    phase: 0 | 1,
    state: StepState,
    after: number,
    more: Partial<RolloutStep> = {},
  ): AgentEvent[] => {
    const name = phase === 0 ? "api" : "web";
    steps[name] = {
      ...steps[name],
      state,
      startedAt: steps[name].startedAt ?? iso(start + after),
      trail: [...(steps[name].trail ?? []), { state, at: iso(start + after) }],
      ...more,
    };
    const step = steps[name];
    rollout = { ...rollout, phases: [{ steps: [steps.api] }, { steps: [steps.web] }] };
    return [
      event("restart_progress", { rollout: rollout.id, revision: 24, phase, step }, start + after),
      event("status_update", status(), start + after),
    ];
  };
  const begin = [
    event("config_change", { change, origin: "editor" }, start),
    event("status_update", status(), start),
    event("restart_progress", { rollout: rollout.id, revision: 24 }, start),
    ...move(0, "preparing", 10),
    ...move(1, "preparing", 12),
    ...move(0, "stopping", 140),
    ...move(0, "starting", 420),
    ...move(0, "probing", 980),
  ];
  const end = [
    ...move(0, "healthy", 2_700, { durationMs: 2_690 }),
    ...move(1, "stopping", 2_710),
    ...move(1, "starting", 2_890),
    ...move(1, "probing", 3_060),
    ...move(1, "healthy", 3_420, { durationMs: 3_408 }),
  ];
  rollout = { ...rollout, endedAt: iso(start + 3_430), verdict: "applied" };
  const revision: Revision = {
    revision: 24,
    parent: 23,
    time: iso(start),
    author: { name: "Ada Byron" },
    origin: "editor",
    reason: "Saved in the editor.",
    severity: "moderate",
    verdict: "applied",
    change,
    services: ["api", "web"],
    rollout,
  };
  end.push(
    event("status_update", status({ state: "stable", revision: 24, lastGood: 24 }), start + 3_440),
    event("restart_completed", { rollout }, start + 3_440),
    event("verdict", { revision: summaryOf(revision), message: "Applied to api, web." }, start + 3_441),
  );
  return { begin, end, revision };
}
