import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Revision } from "../protocol/words.ts";
import { revisionReport } from "./revision-report.ts";

const revision: Revision = {
  revision: 22,
  parent: 21,
  time: "2026-11-21T09:13:00.000Z",
  author: { name: "Ada Byron", email: "ada@example.org" },
  origin: "editor",
  reason: "Saved in the editor.",
  severity: "critical",
  verdict: "rolled-back",
  change: {
    severity: "critical",
    entries: [
      {
        kind: "modified",
        source: ".env",
        role: "env",
        key: "A",
        severity: "minor",
        sensitive: false,
        before: "1",
        after: "a`b|c",
      },
      {
        kind: "modified",
        source: ".env",
        role: "env",
        key: "DB_PASSWORD",
        severity: "critical",
        sensitive: true,
        before: "••••••",
        after: "••••••",
      },
      {
        kind: "added",
        source: ".env",
        role: "env",
        key: "B",
        severity: "minor",
        sensitive: false,
        after: "",
      },
      { kind: "removed", source: "rules.conf", role: "file", severity: "minor", sensitive: false },
    ],
  },
  services: ["api"],
  rollout: {
    id: "x",
    revision: 22,
    startedAt: "2026-11-21T09:13:00.000Z",
    endedAt: "2026-11-21T09:13:02.140Z",
    phases: [
      {
        steps: [
          {
            service: "api",
            action: "recreate",
            cause: "A | changes",
            state: "rolled-back",
            durationMs: 2_140,
          },
        ],
      },
    ],
    verdict: "rolled-back",
    reason: "api exited with code 1.",
    log: ["api | boom", "api | exited"],
  },
  git: { head: "0123456789abcdef0123", branch: "main" },
  note: "Told Grace.",
};

describe("the report of a revision", () => {
  it("says all that a colleague asks for, and no secret", () => {
    assert.equal(
      revisionReport("shop", revision),
      `## shop: revision 22, rolled-back

2026-11-21T09:13:00.000Z, Ada Byron, editor, critical
git 0123456789ab (main)

Saved in the editor.

Note: Told Grace.

**api exited with code 1.**

### Changed

- ~ \`A\`: \`1\` → \`\`a\`b|c\`\` in \`.env\`, minor
- ~ \`DB_PASSWORD\`: \`••••••\` → \`••••••\` in \`.env\`, critical
- + \`B\`: (empty) in \`.env\`, minor
- - the whole file in \`rules.conf\`, minor

### Rollout

| service | action | state | took | why |
|---|---|---|---|---|
| api | recreate | rolled-back | 2.1 s | A \\| changes |

### Log

    api | boom
    api | exited
`,
    );
  });
});
