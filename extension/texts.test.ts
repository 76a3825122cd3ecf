import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Outcome, RevisionSummary } from "../core/protocol/messages.ts";
import {
  type Action,
  type ChangeEntry,
  type Plan,
  type PlanStep,
  stepStates,
  type Verdict,
} from "../core/protocol/words.ts";
import { diffAddress, parseDiffAddress } from "./diff-address.ts";
import { userEnvironment } from "./environment.ts";
import { linked, withoutLinks } from "./message-text.ts";
import { goingBackText, planText, rolledBackKeyText, rolledBackText, stepText, toneOf } from "./outcome.ts";
import { keysText, revisionItems } from "./revision-items.ts";
import { ago, lasting, took } from "./time.ts";
import { timelinePage } from "./timeline-page.ts";

const now = Date.parse("2026-01-02T12:00:00.000Z");

describe("a notification's text", () => {
  it("has no link in what files say", () => {
    assert.equal(
      withoutLinks("A [x](command:evil) → [y](https://evil.test)"),
      "A [x] (command:evil) → [y] (https://evil.test)",
    );
    assert.equal(
      linked("A [x](command:evil)", "Yes", "hotenv.confirmRollback"),
      "A [x] (command:evil) [Yes](command:hotenv.confirmRollback)",
    );
  });

  it("keeps its own link, however long it is", () => {
    const text = linked("x".repeat(2_000), "Yes", "hotenv.confirmRollback");
    assert.equal(text.length, 1_000);
    assert.match(text, /x… \[Yes\]\(command:hotenv\.confirmRollback\)$/);
  });
});

describe("times for people", () => {
  for (const [ms, text] of [
    [0, "now"],
    [-5_000, "now"],
    [45_000, "45 seconds ago"],
    [60_000, "1 minute ago"],
    [3_599_000, "59 minutes ago"],
    [26 * 3_600_000, "yesterday"],
    [40 * 86_400_000, "last month"],
  ] as const)
    it(`calls ${ms} ms ago "${text}"`, () => {
      assert.equal(ago(now - ms, now), text);
    });

  for (const [ms, text] of [
    [0, "0s"],
    [8_900, "8s"],
    [60_000, "1m"],
    [312_000, "5m 12s"],
    [3 * 86_400_000 + 4 * 3_600_000 + 60_000, "3d 4h"],
  ] as const)
    it(`calls a life of ${ms} ms "${text}"`, () => {
      assert.equal(lasting(ms), text);
    });

  for (const [ms, text] of [
    [840.4, "840 ms"],
    [1_800, "1.8 s"],
    [125_000, "2m 5s"],
  ] as const)
    it(`calls a duration of ${ms} ms "${text}"`, () => {
      assert.equal(took(ms), text);
    });
});

describe("the list of revisions", () => {
  const summary = (revision: number, more: Partial<RevisionSummary> = {}): RevisionSummary => ({
    revision,
    time: "2026-01-02T11:58:00.000Z",
    author: "Ann",
    origin: "watcher",
    reason: "",
    severity: "minor",
    verdict: "applied",
    keys: ["API_URL"],
    services: ["api"],
    durationMs: 1_800,
    ...more,
  });

  it("says when, who, what and how it went, and leaves out what runs", () => {
    const items = revisionItems(
      [
        summary(9),
        summary(8, { verdict: "rolled-back", reason: "Saved.", keys: [], durationMs: null }),
        summary(7),
      ],
      { revision: 9, lastGood: 7 },
      now,
    );
    assert.deepEqual(items, [
      {
        label: "$(discard) Revision 8",
        description: "2 minutes ago · Ann",
        detail: "rolled-back · Saved.",
        revision: 8,
      },
      {
        label: "$(pass) Revision 7",
        description: "2 minutes ago · Ann · last good",
        detail: "API_URL · applied · 1.8 s",
        revision: 7,
      },
    ]);
  });

  it("counts the keys that it does not name", () => {
    assert.equal(keysText(["A", "B", "C", "D", "E", "F", "G"]), "A, B, C, D, E and 2 more");
  });
});

describe("what a command came to", () => {
  it("is told in the tone of its verdict", () => {
    const verdicts = ["applied", "rolled-back", "rejected"] as const;
    assert.deepEqual(verdicts.map(toneOf), ["info", "warning", "error"]);
  });

  it("is foretold in one sentence", () => {
    const step = (service: string, action: "recreate" | "none") => ({ service, action, cause: "A" });
    const plan = (...phases: Plan["phases"]): Plan => ({
      change: { entries: [], severity: "minor" },
      phases,
      notes: [],
    });
    assert.equal(
      planText(
        plan({ steps: [step("db", "recreate")] }, { steps: [step("api", "recreate"), step("web", "none")] }),
      ),
      "Recreate db, then recreate api.",
    );
    assert.equal(planText(plan({ steps: [step("web", "none")] })), "No service is touched.");
  });

  it("is told, after a rollback, by what was done to which services", () => {
    const step = (service: string, action: Action): PlanStep => ({ service, action, cause: "A" });
    const outcome = (verdict: Verdict, ...steps: PlanStep[]): Outcome => ({
      verdict,
      revision: 5,
      message: "api failed. Revision 4 runs again.",
      plan: { change: { entries: [], severity: "minor" }, phases: [{ steps }], notes: [] },
      rollout: null,
    });
    for (const [came, text] of [
      [outcome("applied", step("api", "recreate")), "Rolled back to revision 1: api recreated."],
      [
        outcome("applied", step("api", "restart"), step("db", "recreate"), step("web", "restart")),
        "Rolled back to revision 1: api, web restarted; db recreated.",
      ],
      [outcome("applied", step("web", "none")), "Rolled back to revision 1: no service had to be touched."],
      [
        outcome("rolled-back", step("api", "recreate")),
        "Revision 1 was not brought back. api failed. Revision 4 runs again.",
      ],
    ] as const)
      assert.equal(rolledBackText(1, came), text);
    assert.equal(
      rolledBackKeyText("WORKERS", 1, outcome("applied", step("api", "recreate"))),
      "WORKERS is what it was in revision 1: api recreated.",
    );
    assert.equal(
      rolledBackKeyText("WORKERS", 1, outcome("rolled-back", step("api", "recreate"))),
      "WORKERS was not put back. api failed. Revision 4 runs again.",
    );
  });

  it("is told while it goes on, without a colon: the progress's title ends in one", () => {
    for (const state of stepStates) assert.match(stepText({ service: "api", state }), /^[a-z ]*api[a-z ]*$/);
    assert.equal(stepText({ service: "api", state: "probing" }), "checking api");
  });
});

describe("what going back does", () => {
  const entry = (key: string | undefined, before?: string, after?: string): ChangeEntry => ({
    kind: "modified",
    source: key === undefined ? "rules.txt" : ".env",
    role: key === undefined ? "file" : "env",
    severity: "minor",
    sensitive: false,
    ...(key === undefined ? {} : { key }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
  for (const [entries, text] of [
    [[], ""],
    [[entry("WORKERS", "2", "3"), entry(undefined)], "WORKERS 3 → 2, rules.txt"],
    [[entry("NEW", undefined, "1"), entry("GONE", "1")], "NEW 1 → unset, GONE unset → 1"],
    [["A", "B", "C", "D", "E"].map((key) => entry(key, "0", "1")), "A 1 → 0, B 1 → 0, C 1 → 0 and 2 more"],
  ] as const)
    it(`is said as "${text}"`, () => {
      assert.equal(goingBackText(entries), text);
    });
});

describe("the address of a revision's file", () => {
  it("survives its way through a URI", () => {
    const address = {
      directory: "/a b/ü?#&",
      from: 3,
      to: null,
      side: "before",
      path: "rules/a&b.txt",
    } as const;
    assert.deepEqual(parseDiffAddress(diffAddress(address)), address);
  });

  it("is refused where somebody made it up", () => {
    for (const query of ["", "x", "{}", '{"from":1}']) assert.equal(parseDiffAddress(query), undefined);
  });
});

describe("the agent's environment", () => {
  it("is the user's without what belongs to the editor", () => {
    const environment = {
      PATH: "/bin",
      DOCKER_HOST: "unix:///x",
      VSCODE_PID: "1",
      ELECTRON_RUN_AS_NODE: "1",
      NODE_OPTIONS: "-r x",
    };
    assert.deepEqual(userEnvironment(environment), { PATH: "/bin", DOCKER_HOST: "unix:///x" });
  });
});

describe("the timeline's page", () => {
  const place = { script: "x://dist/webview.js", style: undefined, source: "x:", nonce: "abc" };

  it("runs its own script and nothing else", () => {
    const html = timelinePage({ ...place, language: "en", texts: undefined });
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'nonce-abc';/);
    assert(!policy.includes("unsafe"), policy);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.match(html, /<script type="module" src="x:\/\/dist\/webview\.js" nonce="abc">/);
    assert.match(html, /<html lang="en">/);
  });

  it("has the texts of another language in it, and no text can end them", () => {
    const texts = { Close: "关闭", Log: "</script><!--<script>", Note: 'a "quoted" \\ \u2028 one' };
    const html = timelinePage({ ...place, language: "zh-cn", texts });
    assert.match(html, /<html lang="zh-cn">/);
    assert.equal(html.match(/<script/g)?.length, 2);
    assert.equal(html.match(/<\/script>/g)?.length, 2);
    const [, written = ""] =
      /<script type="application\/json" id="hotenv-texts">(.*?)<\/script>/s.exec(html) ?? [];
    assert.deepEqual(JSON.parse(written), { language: "zh-cn", texts });
  });
});
