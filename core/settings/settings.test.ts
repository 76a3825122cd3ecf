import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { defaultSettings, parseSettings } from "./settings.ts";

/** What design.md shows. */
const example = `watch: [rules/**, templates/**]
severity:
  critical: [CLASH_SECRET, COMPOSE_PROJECT_NAME]
  moderate: ["*_PASSWORD", "*_PORT"]
policy:
  onFailure: rollback-services
  confirm: [critical]
  debounce: { quiet: 50ms, max: 500ms }
  cooldown: 0s
  stability: 2s
services:
  clash:
    reload: { http: { method: PUT, url: "http://127.0.0.1:9090/configs?force=true" } }
    verify: [{ http: { url: "http://127.0.0.1:9090/version", status: 200 } }]
  api:
    command: node server.js
    env_file: [.env]
    depends_on: [db]
    healthcheck: { test: ["CMD", "curl", "-f", "http://127.0.0.1:3000/health"], interval: 1s }
`;

/** `line:column-endColumn severity message`, as far as one line goes. */
function problemsOf(text: string): string[] {
  return parseSettings(text, "hotenv.yaml").problems.map(
    ({ line, column, endColumn, severity, message }) =>
      `${line}:${column}-${endColumn} ${severity} ${message}`,
  );
}

describe("parseSettings", () => {
  it("reads the example of the design page", () => {
    const { settings, problems } = parseSettings(example, "hotenv.yaml");
    assert.deepEqual(problems, []);
    assert.deepEqual(settings.watch, ["rules/**", "templates/**"]);
    assert.deepEqual(settings.severity.moderate, ["*_PASSWORD", "*_PORT"]);
    assert.deepEqual(settings.policy, {
      onFailure: "rollback-services",
      confirm: ["critical"],
      strategy: "affected",
      quietMs: 50,
      maxMs: 500,
      cooldownMs: 0,
      stabilityMs: 2000,
      breaker: { failures: 2, retryMs: 30_000 },
    });
    const clash = settings.services.get("clash");
    assert.equal(clash?.local, undefined);
    assert.deepEqual(clash?.reload?.http, { method: "PUT", url: "http://127.0.0.1:9090/configs?force=true" });
    assert.deepEqual(clash?.verify[0]?.http?.status, [200]);
    const api = settings.services.get("api")?.local;
    assert.deepEqual(api?.envFiles, [{ path: ".env", required: true, format: undefined }]);
    assert.deepEqual(api?.dependsOn, [{ service: "db", condition: "service_started", restart: false }]);
    assert.equal(api?.healthcheck?.interval, 1000);
    assert.deepEqual(api?.healthcheck?.test, ["CMD", "curl", "-f", "http://127.0.0.1:3000/health"]);
  });

  it("gives an empty file the defaults", () => {
    for (const text of ["", "# nothing yet\n", "---\n"]) {
      const { settings, problems } = parseSettings(text, "hotenv.yaml");
      assert.deepEqual(settings, defaultSettings);
      assert.deepEqual(problems, []);
    }
    assert.equal(defaultSettings.policy.onFailure, "rollback-services");
    assert.deepEqual(defaultSettings.policy.confirm, []);
  });

  it("takes a local service's other spellings as Compose does", () => {
    const { settings, problems } = parseSettings(
      `services:
  api:
    command: [node, server.js, 8080]
    env_file: { path: .env, required: false }
    environment: { A: 1, B: true, C: "", D: }
    depends_on: { db: { condition: service_healthy, restart: true } }
    healthcheck: { test: curl -f localhost, interval: 1m30s, start_period: 500ms }
    working_dir: app
    stop_grace_period: 3s
    stop_signal: INT
  web:
    command: node web.js
    env_file: [a.env, { path: b.env, format: raw }]
    environment: [A=b=c, D]
`,
      "hotenv.yaml",
    );
    assert.deepEqual(problems, []);
    const api = settings.services.get("api")?.local;
    assert.deepEqual(api?.command, ["node", "server.js", "8080"]);
    assert.deepEqual(api?.envFiles, [{ path: ".env", required: false }]);
    assert.deepEqual(api?.environment, [
      ["A", "1"],
      ["B", "true"],
      ["C", ""],
      ["D", null],
    ]);
    assert.deepEqual(api?.dependsOn, [{ service: "db", condition: "service_healthy", restart: true }]);
    assert.deepEqual(api?.healthcheck?.test, ["CMD-SHELL", "curl -f localhost"]);
    assert.equal(api?.healthcheck?.interval, 90_000);
    assert.equal(api?.healthcheck?.start_period, 500);
    assert.equal(api?.workingDirectory, "app");
    assert.equal(api?.stopGraceMs, 3000);
    assert.equal(api?.stopSignal, "SIGINT");
    const web = settings.services.get("web")?.local;
    assert.deepEqual(web?.environment, [
      ["A", "b=c"],
      ["D", null],
    ]);
    assert.deepEqual(
      web?.envFiles.map(({ path, format }) => [path, format]),
      [
        ["a.env", undefined],
        ["b.env", "raw"],
      ],
    );
  });

  it("names an unknown key, the nearest known one, and uses the rest of the file", () => {
    const text = "polcy: {}\npolicy: { cooldwn: 1s, stability: 7s }\nservices:\n  x: { verfy: [] }\n";
    assert.deepEqual(problemsOf(text), [
      "1:1-6 warning polcy is no setting and is ignored. Did you mean policy?",
      "2:11-18 warning policy.cooldwn is no setting and is ignored. Did you mean cooldown?",
      "4:8-13 warning services.x.verfy is no setting and is ignored. Did you mean verify?",
    ]);
    assert.equal(parseSettings(text, "hotenv.yaml").settings.policy.stabilityMs, 7000);
  });

  it("lists what is known where no known key is near", () => {
    assert.deepEqual(problemsOf("policy: { zzz: 1 }\n"), [
      "1:11-14 warning policy.zzz is no setting and is ignored. Known here: onFailure, confirm, strategy, debounce, cooldown, stability, breaker.",
    ]);
  });

  const wrong: readonly (readonly [text: string, ...expected: string[]])[] = [
    ["- a\n", "1:1-1 error The file must be a map of settings."],
    ["watch: [a, 3]\n", "1:12-13 error watch[1] must be text."],
    ["watch: a\n", "1:8-9 error watch must be a list of paths and globs."],
    [
      "policy: { onFailure: undo }\n",
      "1:22-26 error policy.onFailure must be rollback-services, rollback-all or keep.",
    ],
    ["policy: { confirm: [loud] }\n", "1:21-25 error policy.confirm[0] must be critical, moderate or minor."],
    [
      "policy: { stability: 5 }\n",
      "1:22-23 error policy.stability must be a duration such as 50ms, 2s or 1m30s.",
    ],
    [
      "policy: { stability: soon }\n",
      "1:22-26 error policy.stability must be a duration such as 50ms, 2s or 1m30s.",
    ],
    [
      "policy:\n  debounce: { quiet: 2s, max: 1s }\n",
      "2:3-11 error policy.debounce must have a quiet that is no longer than max.",
    ],
    ["services: { a: }\n", "1:13-14 error services.a must be a map."],
    [
      "services: { a: { environment: [X] } }\n",
      "1:18-29 error services.a.environment belongs to a local service: add a command, or move it into the Compose file.",
    ],
    [
      "services: { a: { reload: { signal: HUP, exec: x } } }\n",
      "1:18-24 error services.a.reload must have exactly one of signal, http and exec.",
    ],
    [
      "services: { a: { reload: { signal: hang up } } }\n",
      "1:36-43 error services.a.reload.signal must be the name of a signal such as SIGHUP.",
    ],
    ["services: { a: { command: [] } }\n", "1:18-25 error services.a.command must not be empty."],
    [
      "services: { a: { command: x, environment: { B: [1] } } }\n",
      "1:45-46 error services.a.environment.B must be text, a number or true/false.",
    ],
    [
      "services: { a: { command: x, environment: [=1] } }\n",
      "1:44-46 error services.a.environment[0] must be KEY=value or KEY.",
    ],
    [
      "services: { a: { command: x, healthcheck: { test: [curl] } } }\n",
      "1:45-49 error services.a.healthcheck.test must begin with CMD (then the words of a command), CMD-SHELL (then one line of shell) or NONE.",
    ],
    [
      "services: { a: { command: x, healthcheck: { test: y, retries: 0 } } }\n",
      "1:63-64 error services.a.healthcheck.retries must be at least 1.",
    ],
    [
      "services: { a: { command: x, depends_on: { b: { condition: up } } } }\n",
      "1:60-62 error services.a.depends_on.b.condition must be service_started, service_healthy or service_completed_successfully.",
    ],
    [
      "services: { a: { verify: [{ http: { url: 'http://x', status: 7 } }] } }\n",
      "1:62-63 error services.a.verify[0].http.status must be an HTTP status such as 200, or a list of them.",
    ],
  ];
  for (const [text, ...expected] of wrong)
    it(`says what is wrong with ${JSON.stringify(text.trim())}`, () => {
      assert.deepEqual(problemsOf(text), expected);
      assert.equal(parseSettings(text, "hotenv.yaml").settings, defaultSettings);
    });

  it("reports broken YAML with its line, several faults at once", () => {
    const problems = parseSettings(
      "policy:\n  stability: 2s\n bad: [\nservices: {}\nservices: {}\n",
      "hotenv.yaml",
    ).problems;
    assert.ok(problems.length >= 1);
    for (const { code, severity, message } of problems) {
      assert.equal(code, "settings-yaml");
      assert.equal(severity, "error");
      assert.match(message, /^This is no valid YAML: .+\.$/);
    }
    assert.equal(problems[0]?.line, 3);
  });

  it("names a key that stands twice", () => {
    assert.deepEqual(problemsOf("watch: []\nwatch: []\n"), [
      "2:1-2 error This is no valid YAML: Map keys must be unique.",
    ]);
  });

  it("follows anchors and merges, and leaves x- keys alone", () => {
    const text = `x-base: &base { command: node a.js, stop_grace_period: 1s }
services:
  a: { <<: *base }
  b: { <<: *base, stop_grace_period: 2s }
`;
    const { settings, problems } = parseSettings(text, "hotenv.yaml");
    assert.deepEqual(problems, []);
    assert.equal(settings.services.get("a")?.local?.stopGraceMs, 1000);
    assert.equal(settings.services.get("b")?.local?.stopGraceMs, 2000);
  });

  it("refuses an alias that leads nowhere and one that multiplies without end", () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [from, to] of ["ab", "bc", "cd", "de", "ef"])
      bomb.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(",")}]`);
    for (const text of ["watch: *nobody\n", bomb.join("\n")])
      assert.equal(parseSettings(text, "hotenv.yaml").problems[0]?.code, "settings-yaml");
  });

  it("tells where a setting stands", () => {
    const { locate } = parseSettings(example, "hotenv.yaml");
    assert.deepEqual(locate(["services", "api", "command"]), {
      line: 16,
      column: 14,
      endLine: 16,
      endColumn: 28,
    });
    assert.deepEqual(locate(["services", "api"]), { line: 15, column: 3, endLine: 15, endColumn: 6 });
    assert.deepEqual(locate(["services", "api", "environment"]), {
      line: 15,
      column: 3,
      endLine: 15,
      endColumn: 6,
    });
  });
});
