import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { ChangeEntry, Verdict } from "../../core/protocol/words.ts";
import { draftOf, rolloutOf, snapshotWith, type TemporaryPaths, temporaryPaths } from "./history.fixture.ts";
import { type History, openHistory, type RevisionDraft } from "./history.ts";

const hour = 3_600_000;
const start = Date.UTC(2030, 5, 1);
const at = (hours: number): string => new Date(start + hours * hour).toISOString();

describe("what can be done with a history", () => {
  let paths: TemporaryPaths;
  let history: History;
  let clock = start;

  const begin = (env: string, more: Partial<RevisionDraft> = {}): number => {
    const snapshot = snapshotWith(env);
    history.putSnapshot(snapshot);
    clock += hour;
    return history.begin(draftOf(snapshot, { verdict: "applied", ...more })).revision;
  };
  const changing = (key: string, more: Partial<ChangeEntry> = {}): Pick<RevisionDraft, "change"> => ({
    change: {
      severity: "minor",
      entries: [
        { kind: "modified", source: ".env", role: "env", key, severity: "minor", sensitive: false, ...more },
      ],
    },
  });
  const found = (options: Parameters<History["list"]>[0]) =>
    history.list(options).map(({ revision }) => revision);

  beforeEach(() => {
    paths = temporaryPaths();
    clock = start;
    history = openHistory(paths, { now: () => clock });
  });
  afterEach(() => {
    history.close();
    paths.remove();
  });

  it("lists by key, service, verdict, author, time and pin, alone and together, page by page", () => {
    const all = Array.from({ length: 24 }, (_, i) => {
      const verdict: Verdict = i % 4 === 0 ? "failed" : "applied";
      return {
        key: `KEY_${i % 3}`,
        service: `s${i % 2}`,
        author: i % 5 === 0 ? "Bob" : "Ada",
        verdict,
        time: at(i + 1),
      };
    }).map((facts, i) => ({
      ...facts,
      revision: begin(`A=${i}\n`, {
        ...changing(facts.key),
        services: [facts.service],
        author: { name: facts.author },
        verdict: facts.verdict,
      }),
    }));
    type Facts = (typeof all)[number];
    const cases: [Parameters<History["list"]>[0], (facts: Facts) => boolean][] = [
      [{ key: "KEY_1" }, ({ key }) => key === "KEY_1"],
      [{ service: "s0" }, ({ service }) => service === "s0"],
      [{ verdict: "failed" }, ({ verdict }) => verdict === "failed"],
      [{ author: "Bob" }, ({ author }) => author === "Bob"],
      [{ since: at(10) }, ({ time }) => time >= at(10)],
      [{ until: at(10) }, ({ time }) => time < at(10)],
      [{ key: "KEY_3" }, () => false],
      [
        { key: "KEY_0", service: "s1", verdict: "applied", author: "Ada", since: at(3), until: at(22) },
        (one) =>
          one.key === "KEY_0" &&
          one.service === "s1" &&
          one.verdict === "applied" &&
          one.author === "Ada" &&
          one.time >= at(3) &&
          one.time < at(22),
      ],
    ];
    for (const [options, admits] of cases) {
      const expected = all.filter(admits).map(({ revision }) => revision);
      const pages: number[] = [];
      for (let page = found({ ...options, limit: 3 }); page.length > 0; ) {
        pages.push(...page);
        page = found({ ...options, limit: 3, before: page.at(-1) });
      }
      assert.deepEqual(pages, expected.reverse(), JSON.stringify(options));
    }
    history.annotate(7, { pinned: true });
    assert.deepEqual(found({ pinned: true }), [7]);
    assert.equal(found({ pinned: false }).length, 23);
  });

  it("keeps notes and pins, and takes them away", () => {
    const revision = begin("A=1\n");
    history.annotate(revision, { note: "before the move" });
    history.annotate(revision, { pinned: true });
    history.close();
    history = openHistory(paths);
    assert.equal(history.show(revision)?.note, "before the move");
    assert.deepEqual(
      history.list().map(({ note, pinned }) => [note, pinned]),
      [["before the move", true]],
    );
    history.annotate(revision, { note: "", pinned: false });
    assert.deepEqual(Object.keys(history.show(revision) ?? {}).includes("pinned"), false);
    assert.throws(() => history.annotate(99, { pinned: true }), { code: "revision-unknown" });
    assert.equal(readFileSync(paths.database).includes("before the move"), false);
  });

  it("tells what became of one key, whatever changed beside it", () => {
    begin("A=1\n", changing("A", { kind: "added", after: "1" }));
    begin("A=1\nB=1\n", changing("B", { kind: "added", after: "1" }));
    begin("A=2\nB=1\n", { ...changing("A", { before: "1", after: "2" }), verdict: "rolled-back" });
    assert.deepEqual(history.keyHistory("A"), [
      {
        revision: 3,
        time: at(3),
        author: "Ada",
        origin: "editor",
        verdict: "rolled-back",
        kind: "modified",
        source: ".env",
        sensitive: false,
        before: "1",
        after: "2",
      },
      {
        revision: 1,
        time: at(1),
        author: "Ada",
        origin: "editor",
        verdict: "applied",
        kind: "added",
        source: ".env",
        sensitive: false,
        after: "1",
      },
    ]);
    assert.deepEqual(
      history.keyHistory("A", { limit: 1, before: 3 }).map((one) => one.revision),
      [1],
    );
    assert.deepEqual(history.keyHistory("C"), []);
  });

  it("prunes by count and by age, only where both let go, and never what is needed", () => {
    const texts = Array.from({ length: 200 }, (_, i) => `A=${i}\nFILL=${"x".repeat(i)}\n`);
    for (const [i, text] of texts.entries()) begin(text, { verdict: i > 100 ? "failed" : "applied" });
    const running = begin("A=running\n", { verdict: undefined });
    history.annotate(17, { pinned: true });
    assert.throws(() => history.prune({}), { code: "usage" });
    assert.deepEqual(history.prune({ keep: 10, before: at(50) }, true), { removed: 48, kept: 153 });
    assert.equal(history.list({ limit: 1000 }).length, 201);
    // Revision n began at hour n; 101 is the last good one.
    assert.deepEqual(history.prune({ keep: 10, before: at(50) }), { removed: 48, kept: 153 });
    assert.deepEqual(history.prune({ keep: 10 }), { removed: 141, kept: 12 });
    const left = [running, 200, 199, 198, 197, 196, 195, 194, 193, 192, 101, 17];
    assert.deepEqual(found({ limit: 1000 }), left);
    assert.equal(history.lastGood(), 101);
    for (const revision of left) {
      const [env] = history.getSnapshot(history.snapshotOf(revision))?.files ?? [];
      assert.equal(Buffer.from(env?.bytes ?? []).toString(), texts[revision - 1] ?? "A=running\n");
      assert.equal(history.model(revision), '{"services":{}}');
    }
    assert.equal(history.show(50), undefined);
    assert.deepEqual(found({ key: "API_URL", limit: 1000 }), left);
    const next = begin("A=next\n");
    assert.equal(next, running + 1);
  });

  it("gives pruned room back to the disk", () => {
    for (let i = 0; i < 300; i++)
      begin(`A=${i}\n`, {
        model: JSON.stringify({ i, fill: Array.from({ length: 60 }, (_, n) => (n * i) % 977) }),
      });
    history.prune({ keep: 1 });
    const { bytesBefore, bytesAfter } = history.vacuum();
    assert.ok(bytesAfter < bytesBefore / 2, `${bytesBefore} -> ${bytesAfter}`);
    assert.equal(found({}).length, 1);
  });

  it("copies itself while it is open; the copy opens with the same key", () => {
    const revision = begin("A=1\n");
    const file = join(paths.root, "copy.db");
    history.backup(file);
    begin("A=2\n");
    assert.equal(statSync(file).mode & 0o77, 0);
    assert.throws(() => history.backup(file), { code: "history-unwritable", message: /such a file already/ });
    const copy = openHistory({ ...paths, database: file });
    assert.equal(copy.setAside, undefined);
    assert.deepEqual(
      copy.list().map((one) => one.revision),
      [revision],
    );
    copy.close();
  });

  it("counts rollouts by service, changes by day, and keys that fail", () => {
    const rollOut = (key: string, ms: number, verdict: "applied" | "rolled-back") => {
      const rollout = rolloutOf(ms, verdict);
      const [step] = rollout.phases[0]?.steps ?? [];
      assert.ok(step);
      const state = verdict === "applied" ? "healthy" : "failed";
      const revision = begin(`A=${ms}\n`, { ...changing(key), verdict: undefined });
      history.conclude(revision, {
        verdict,
        rollout: { ...rollout, phases: [{ steps: [{ ...step, state }] }] },
      });
    };
    for (const ms of [100, 200, 300, 400]) rollOut("GOOD", ms, "applied");
    rollOut("BAD", 500, "rolled-back");
    clock += 24 * hour;
    rollOut("BAD", 600, "rolled-back");
    rollOut("WORSE", 700, "rolled-back");
    const all = history.statistics();
    assert.deepEqual(all.services, [
      { service: "api", rollouts: 7, applied: 4, failed: 3, successRate: 4 / 7, medianMs: 250, p95Ms: 400 },
    ]);
    assert.deepEqual(all.days, [
      { day: "2030-06-01", severity: "moderate", changes: 5 },
      { day: "2030-06-02", severity: "moderate", changes: 2 },
    ]);
    assert.deepEqual(all.failingKeys, [
      { key: "BAD", failures: 2, newest: 6 },
      { key: "WORSE", failures: 1, newest: 7 },
    ]);
    const recent = history.statistics({ since: "2030-06-02T00:00:00.000Z" });
    assert.equal(recent.services[0]?.rollouts, 2);
    assert.deepEqual(
      recent.failingKeys.map(({ key }) => key),
      ["WORSE", "BAD"],
    );
  });

  it("notes what git had checked out", () => {
    const git = { head: "a".repeat(40), branch: "main" };
    const revision = begin("A=1\n", { git });
    assert.deepEqual(history.show(revision)?.git, git);
  });
});
