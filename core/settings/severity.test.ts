import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseDuration } from "./duration.ts";
import { nearestWord } from "./nearest.ts";
import { defaultSettings, severityOf } from "./settings.ts";
import { matchesPattern } from "./severity.ts";

describe("severityOf", () => {
  it("judges by the name where no rule speaks", () => {
    const expected = {
      critical: [
        "COMPOSE_PROJECT_NAME",
        "COMPOSE_FILE",
        "COMPOSE_PROFILES",
        "DB_PASSWORD",
        "API_TOKEN",
        "jwtSecret",
      ],
      moderate: ["API_PORT", "PORT", "DB_HOST", "API_URL", "PUBLIC_DOMAIN"],
      minor: ["GREETING", "LOG_LEVEL", "REPORT", "PORTRAIT", "COMPOSE_ANSI", ""],
    } as const;
    for (const [severity, keys] of Object.entries(expected))
      for (const key of keys) assert.equal(severityOf(key, defaultSettings), severity, key);
  });

  it("lets the project's rules win over the name", () => {
    const settings = { severity: { critical: ["GREETING"], moderate: ["LOG_*"], minor: ["*_PASSWORD"] } };
    assert.equal(severityOf("GREETING", settings), "critical");
    assert.equal(severityOf("LOG_LEVEL", settings), "moderate");
    assert.equal(severityOf("DB_PASSWORD", settings), "minor");
    assert.equal(severityOf("API_PORT", settings), "moderate");
  });

  it("lets an exact name beat a pattern, and the pattern that says more the other", () => {
    const settings = {
      severity: { critical: ["*", "*_KEY"], moderate: ["APP_*"], minor: ["APP_KEY", "APP_LOG_*"] },
    };
    assert.equal(severityOf("APP_KEY", settings), "minor");
    assert.equal(severityOf("APP_LOG_LEVEL", settings), "minor");
    assert.equal(severityOf("APP_NAME", settings), "moderate");
    assert.equal(severityOf("OTHER", settings), "critical");
    assert.equal(severityOf("ABCD_KEY", settings), "critical");
  });

  it("takes the heavier of two patterns that say as much", () => {
    assert.equal(
      severityOf("A_B", { severity: { critical: ["*_B"], moderate: [], minor: ["A_*"] } }),
      "critical",
    );
  });
});

describe("matchesPattern", () => {
  const cases: readonly (readonly [pattern: string, name: string, matches: boolean])[] = [
    ["A", "A", true],
    ["A", "AB", false],
    ["*", "", true],
    ["*_PORT", "API_PORT", true],
    ["*_PORT", "PORT", false],
    ["*_PORT", "API_PORTS", false],
    ["A*B*C", "AxBBxC", true],
    ["A*B*C", "AxC", false],
    ["A*A", "A", false],
    ["A**A", "AA", true],
    ["*AB*AB*", "xABx", false],
    ["A.B", "AxB", false],
  ];
  for (const [pattern, name, matches] of cases)
    it(`${pattern} ${matches ? "matches" : "does not match"} ${JSON.stringify(name)}`, () => {
      assert.equal(matchesPattern(pattern, name), matches);
    });
});

describe("parseDuration", () => {
  const cases: readonly (readonly [text: string, ms: number | undefined])[] = [
    ["50ms", 50],
    ["2s", 2000],
    ["2.5s", 2500],
    ["1m30s", 90_000],
    ["5h34m56s", 20_096_000],
    ["1500us", 1.5],
    ["0", 0],
    ["0s", 0],
    ["1d", 86_400_000],
    ["5", undefined],
    ["", undefined],
    ["-1s", undefined],
    ["1 s", undefined],
    ["1s ago", undefined],
    ["fast", undefined],
  ];
  for (const [text, ms] of cases)
    it(`reads ${JSON.stringify(text)} as ${ms ?? "nothing"}`, () => {
      assert.equal(parseDuration(text), ms);
    });
});

describe("nearestWord", () => {
  const known = ["severity", "services", "env_file", "environment", "onFailure"];
  const cases: readonly (readonly [word: string, nearest: string | undefined])[] = [
    ["severty", "severity"],
    ["service", "services"],
    ["envfile", "env_file"],
    ["env-file", "env_file"],
    ["enviroment", "environment"],
    ["on_failure", "onFailure"],
    ["zzz", undefined],
  ];
  for (const [word, nearest] of cases)
    it(`takes ${word} for ${nearest ?? "none of the known"}`, () => {
      assert.equal(nearestWord(word, known), nearest);
    });
});
