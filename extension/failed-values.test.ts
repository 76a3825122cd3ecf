import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ChangeEntry, Rollout, Status } from "../core/protocol/words.ts";
import { failedRollout, failedValues } from "./failed-values.ts";

const rollout: Rollout = {
  id: "a",
  revision: 4,
  startedAt: "2026-01-02T12:00:00.000Z",
  phases: [],
  verdict: "rolled-back",
  reason: "api failed its health check.",
};

describe("the values that a rollout failed with", () => {
  const entry = (key: string | undefined, kind: ChangeEntry["kind"] = "modified"): ChangeEntry => ({
    kind,
    source: key === undefined ? "rules.txt" : ".env",
    role: key === undefined ? "file" : "env",
    severity: "minor",
    sensitive: false,
    ...(key === undefined ? {} : { key }),
  });
  /** Each as `what is underlined: message`. */
  const found = (text: string, entries: readonly ChangeEntry[], changes = entries.length): string[] =>
    failedValues(text, entries, rollout, changes, 3).map(
      ({ range, message }) => `${text.slice(range.start, range.end)}: ${message}`,
    );
  const failed = "api failed its health check. Revision 3 is running.";

  for (const [what, now, expected] of [
    [
      "a value is underlined",
      found("# notes\nWORKERS=1.5\nTITLE=x\n", [entry("WORKERS")]),
      [`1.5: With this value, ${failed}`],
    ],
    [
      "the last value of a key counts",
      found("WORKERS=1\nWORKERS='many'\n", [entry("WORKERS")]),
      [`'many': With this value, ${failed}`],
    ],
    [
      "an empty value is told at its key",
      found("WORKERS=\n", [entry("WORKERS", "added")]),
      [`WORKERS: With this value, ${failed}`],
    ],
    [
      "what is gone is told in the first line",
      found("# notes\nTITLE=x\n", [entry("WORKERS", "removed")]),
      [`# notes: Without \`WORKERS\`, ${failed}`],
    ],
    [
      "a Compose file is told in its first line",
      found("services:\r\n  api:\r\n", [{ ...entry(undefined), source: "compose.yaml", role: "compose" }]),
      [`services:: With this change, ${failed}`],
    ],
    [
      "a mounted file was put back and holds nothing that failed",
      found("allow all\n", [entry(undefined)]),
      [],
    ],
    [
      "none is accused alone of what several did",
      found("A=1\nB=2\n", [entry("A"), entry("B")], 3),
      [
        `1: With this value and 2 other changes, ${failed}`,
        `2: With this value and 2 other changes, ${failed}`,
      ],
    ],
  ] as const)
    it(what, () => {
      assert.deepEqual(now, expected);
    });
});

describe("the rollout whose changes are on disk and do not run", () => {
  const status = (state: Status["state"], verdict: Rollout["verdict"]): Status => ({
    project: { name: "shop", directory: "/shop" },
    state,
    detail: "",
    services: [],
    sources: [],
    problems: [],
    revision: 3,
    lastGood: 3,
    paused: false,
    rollout: verdict === undefined ? null : { ...rollout, verdict },
    agent: { version: "0", pid: 1, startedAt: "2026-01-02T12:00:00.000Z" },
  });
  for (const [state, verdict, expected] of [
    ["error", "rolled-back", "that"],
    ["error", "failed", "that"],
    ["error", "applied", "none"],
    ["stable", "applied", "none"],
    // The file was put right by hand: what runs is what it says again.
    ["stable", "rolled-back", "none"],
    ["restarting", "rolled-back", "unknown"],
    ["invalid", "rolled-back", "unknown"],
    ["error", undefined, "unknown"],
  ] as const)
    it(`is ${expected} where the state is ${state} and the last verdict ${verdict}`, () => {
      const found = failedRollout(status(state, verdict));
      assert.equal(found === undefined ? "none" : found === "unknown" ? found : "that", expected);
    });
});
