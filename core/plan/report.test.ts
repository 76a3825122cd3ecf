import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Plan } from "../protocol/words.ts";
import { changeReport } from "./report.ts";

const plan: Plan = {
  change: {
    severity: "critical",
    entries: [
      {
        kind: "modified",
        source: ".env",
        role: "env",
        key: "TOKEN",
        severity: "critical",
        sensitive: true,
        before: "••••••",
        after: "••••••",
      },
      {
        kind: "added",
        source: ".env",
        role: "env",
        key: "MODE",
        severity: "minor",
        sensitive: false,
        after: "a|b `c`",
      },
      { kind: "modified", source: "rules/a.conf", role: "file", severity: "moderate", sensitive: false },
    ],
  },
  phases: [
    {
      steps: [
        {
          service: "db",
          action: "recreate",
          cause: "TOKEN changes environment.DB_TOKEN",
          expectedMs: 1500,
          expectedFrom: 4,
          evidence: [{ file: "compose.yaml", line: 4, text: "DB_TOKEN: ${TOKEN}" }],
        },
      ],
    },
    {
      steps: [
        {
          service: "api",
          action: "restart",
          cause: "depends on db, which is replaced",
          expectedMs: 300,
          expectedFrom: 1,
        },
        { service: "web", action: "signal", cause: "rules/a.conf changed", expectedMs: 10, expectedFrom: 2 },
      ],
    },
  ],
  notes: ["worker is not running and stays so."],
};

describe("a change report", () => {
  it("says what changed, what it does, why and how long it takes", () => {
    assert.equal(
      changeReport(plan, { project: "shop", confirm: ["critical"] }),
      `# Change report: shop

3 changes, critical; recreates db (about 1.5 s) · restarts api (about 300 ms) · reloads web (about 10 ms). It waits for a yes before it is applied.

## Changes

| What | Where | Before | After | Severity |
|---|---|---|---|---|
| \`TOKEN\` | \`.env\` | \`••••••\` | \`••••••\` | critical |
| \`MODE\` | \`.env\` | (not set) | \`\` a\\|b \`c\` \`\` | minor |
| the file | \`rules/a.conf\` |  | modified | moderate |

## Plan

1. **db**: recreate, about 1.5 s (median of 4). TOKEN changes environment.DB_TOKEN
   - \`compose.yaml:4\` \`DB_TOKEN: \${TOKEN}\`
2. Side by side:
   - **api**: restart, about 300 ms (once before). depends on db, which is replaced
   - **web**: signal, about 10 ms (median of 2). rules/a.conf changed

## Notes

- worker is not running and stays so.
`,
    );
  });

  it("says so where nothing is to be done", () => {
    const nothing: Plan = { change: { entries: [], severity: "minor" }, phases: [], notes: [] };
    assert.equal(
      changeReport(nothing, { project: "a*b" }),
      "# Change report: a\\*b\n\nNo value changes; no service needs anything.\n",
    );
  });
});
