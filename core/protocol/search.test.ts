import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { RevisionSummary } from "./messages.ts";
import { admits, type RevisionFilter } from "./search.ts";

const summary: RevisionSummary = {
  revision: 12,
  time: "2026-01-01T00:00:00.000Z",
  author: "Grace Hopper",
  origin: "editor",
  reason: "Longer sessions, as agreed with support.",
  severity: "moderate",
  verdict: "rolled-back",
  keys: ["SESSION_HOURS", "nginx/rules.conf"],
  services: ["api", "web"],
  durationMs: 100,
  outcome: "api exited with code 1.",
  note: "Ask Ada first",
};

describe("a filter of revisions", () => {
  for (const [filter, admitted] of [
    [{}, true],
    [{ text: "  " }, true],
    [{ text: "SUPPORT grace" }, true],
    [{ text: "session_h" }, true],
    [{ text: "code 1" }, true],
    [{ text: "ada" }, true],
    [{ text: "#12" }, true],
    [{ text: "support linus" }, false],
    [{ key: "SESSION_HOURS", service: "api", verdict: "rolled-back" }, true],
    [{ key: "nginx/rules.conf" }, true],
    [{ key: "SESSION" }, false],
    [{ service: "db" }, false],
    [{ verdict: "applied" }, false],
    [{ service: "api", text: "linus" }, false],
  ] as const satisfies readonly (readonly [RevisionFilter, boolean])[])
    it(`${JSON.stringify(filter)} ${admitted ? "lets it through" : "holds it back"}`, () => {
      assert.equal(admits(filter, summary), admitted);
    });
});
