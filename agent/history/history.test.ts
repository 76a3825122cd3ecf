import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "mocha";
import * as z from "zod/mini";
import { revisionSummarySchema } from "../../core/protocol/messages.ts";
import { revisionSchema } from "../../core/protocol/words.ts";
import { draftOf, rolloutOf, snapshotWith, type TemporaryPaths, temporaryPaths } from "./history.fixture.ts";
import { type History, openHistory, type RevisionDraft } from "./history.ts";

const time = Date.UTC(2030, 5, 1, 12);
const unknown = { name: "HotenvError", code: "revision-unknown" };

describe("the history", () => {
  let paths: TemporaryPaths;
  let history: History;
  const reopen = () => {
    history.close();
    history = openHistory(paths, { now: () => time });
  };
  const begin = (env: string, more: Partial<RevisionDraft> = {}): number => {
    const snapshot = snapshotWith(env);
    history.putSnapshot(snapshot);
    return history.begin(draftOf(snapshot, more)).revision;
  };

  beforeEach(() => {
    paths = temporaryPaths();
    history = openHistory(paths, { now: () => time });
  });
  afterEach(() => {
    history.close();
    paths.remove();
  });

  it("gives a snapshot back byte for byte after it was reopened, missing and empty files included", () => {
    const bytes = new Uint8Array(70_000).map((_, i) => (i * 7) % 256);
    const snapshot = {
      id: "1".repeat(64),
      files: [
        { path: "blob.bin", role: "file" as const, hash: "a".repeat(64), bytes },
        { path: "empty", role: "env" as const, hash: "b".repeat(64), bytes: new Uint8Array() },
        { path: "gone", role: "schema" as const, hash: null, bytes: null },
      ],
    };
    history.putSnapshot(snapshot);
    history.putSnapshot(snapshot);
    reopen();
    assert.deepEqual(history.getSnapshot(snapshot.id), snapshot);
    assert.equal(history.getSnapshot("2".repeat(64)), undefined);
  });

  it("shows a revision as it was begun, and lists it in one line", () => {
    const revision = begin("A=1\n", {
      verdict: "applied",
      rollout: rolloutOf(1200, "applied"),
      model: '{"m":1}',
    });
    reopen();
    const shown = history.show(revision);
    const { snapshot: _, model: __, rollout, ...draft } = draftOf(snapshotWith("A=1\n"));
    assert.equal(rollout, null);
    assert.deepEqual(shown, {
      ...draft,
      revision,
      time: new Date(time).toISOString(),
      verdict: "applied",
      rollout: { ...rolloutOf(1200, "applied"), revision },
    });
    assert.deepEqual(revisionSchema.parse(shown), shown);
    assert.deepEqual(history.list(), [
      {
        revision,
        time: new Date(time).toISOString(),
        author: "Ada",
        origin: "editor",
        reason: "because",
        verdict: "applied",
        keys: ["API_URL", "rules.yaml"],
        services: ["api"],
        severity: "moderate",
        durationMs: 1200,
      },
    ]);
    assert.deepEqual(z.array(revisionSummarySchema).parse(history.list()), history.list());
    assert.equal(history.model(revision), '{"m":1}');
    assert.equal(history.snapshotOf(revision), snapshotWith("A=1\n").id);
  });

  it("lists newest first, a page at a time", () => {
    const all = Array.from({ length: 7 }, (_, i) => begin(`A=${i}\n`)).reverse();
    const page = (before?: number) => history.list({ limit: 3, before }).map((summary) => summary.revision);
    assert.deepEqual([...page(), ...page(all[2]), ...page(all[5])], all);
    assert.equal(history.list()[0]?.verdict, null);
  });

  it("says that a revision is unknown instead of guessing", () => {
    assert.equal(history.show(1), undefined);
    assert.equal(history.model(1), undefined);
    assert.throws(() => history.snapshotOf(1), unknown);
    assert.throws(() => history.previousGood(1), unknown);
    assert.throws(() => history.conclude(1, { verdict: "applied", rollout: null }), unknown);
  });

  it("refuses a revision whose snapshot it does not have, and gives its number to the next", () => {
    assert.throws(() => history.begin(draftOf(snapshotWith("A=1\n"))), /a snapshot that is kept/);
    assert.deepEqual(history.list(), []);
    assert.equal(begin("A=1\n"), 1);
  });

  it("knows the last good revision, and the one before it that had other files", () => {
    assert.equal(history.lastGood(), null);
    const [one, two, same] = [
      begin("A=1\n", { verdict: "applied" }),
      begin("A=2\n", { verdict: "applied" }),
      begin("A=2\n", { verdict: "applied" }),
    ];
    for (const verdict of ["rolled-back", "failed", "rejected", "inconclusive", "superseded"] as const)
      begin(`A=${verdict}\n`, { verdict });
    const running = begin("A=3\n");
    reopen();
    assert.equal(history.lastGood(), same);
    assert.equal(history.current(), same);
    assert.equal(history.previousGood(same), one);
    assert.equal(history.previousGood(two), one);
    assert.equal(history.previousGood(running), same);
    assert.equal(history.previousGood(one), null);
  });

  it("keeps the journal of what runs until it is concluded", () => {
    const revision = begin("A=1\n", { rollout: rolloutOf(1) });
    const operation = { kind: "rename", shows: "stopping" as const, from: "a", environment: { PASS: "x" } };
    history.intend(revision, 2, { phase: 1, service: "web", operation: { kind: "start" }, cleanup: true });
    history.intend(revision, 1, { phase: 0, service: "api", operation, cleanup: false });
    history.mark(revision, 1, "performed");
    reopen();
    const entries = [
      { seq: 1, state: "performed", phase: 0, service: "api", operation, cleanup: false },
      { seq: 2, state: "intended", phase: 1, service: "web", operation: { kind: "start" }, cleanup: true },
    ];
    const expected = {
      revision,
      snapshot: snapshotWith("A=1\n").id,
      entries,
      committed: false,
      rollout: { ...rolloutOf(1), revision },
    };
    assert.deepEqual(history.unfinished(), [expected]);
    assert.equal(history.lastGood(), null);

    history.mark(revision, 1, "reverted");
    history.commitPoint(revision);
    reopen();
    assert.equal(history.unfinished()[0]?.committed, true);
    assert.equal(history.unfinished()[0]?.entries[0]?.state, "reverted");
    assert.equal(history.list()[0]?.verdict, null);

    history.conclude(revision, { verdict: "applied", rollout: rolloutOf(5, "applied") });
    reopen();
    assert.deepEqual(history.unfinished(), []);
    assert.equal(history.lastGood(), revision);
    assert.equal(history.show(revision)?.rollout?.verdict, "applied");
  });

  it("lets nothing be written to the journal of a revision that is concluded", () => {
    const revision = begin("A=1\n", { verdict: "rejected" });
    const intent = { phase: 0, service: "api", operation: { kind: "start" }, cleanup: false };
    assert.throws(() => history.intend(revision, 1, intent), /concluded/);
    assert.throws(() => history.mark(revision, 1, "performed"), /no journal entry/);
    assert.throws(() => history.commitPoint(revision), /concluded/);
    assert.throws(() => history.conclude(revision, { verdict: "applied", rollout: null }), /concluded/);
    assert.equal(history.show(revision)?.verdict, "rejected");
  });

  it("expects of a service the median of its last applied rollouts", () => {
    assert.equal(history.medianDuration("api", "recreate"), undefined);
    const rollOut = (ms: number, verdict: "applied" | "failed") =>
      history.conclude(begin(`A=${ms}\n`), { verdict, rollout: rolloutOf(ms, verdict) });
    rollOut(90_000, "failed");
    for (const ms of [300, 100, 200]) rollOut(ms, "applied");
    assert.deepEqual(history.medianDuration("api", "recreate"), { ms: 200, count: 3 });
    rollOut(500, "applied");
    assert.deepEqual(history.medianDuration("api", "recreate"), { ms: 250, count: 4 });
    assert.equal(history.medianDuration("api", "restart"), undefined);
    assert.equal(history.medianDuration("web", "recreate"), undefined);
  });

  it("remembers by name, what was observed last, and who did what", () => {
    assert.equal(history.recall("x"), undefined);
    assert.equal(history.lastObserved(), undefined);
    history.keep("x", '{"a":1}');
    history.keep("x", '{"a":2}');
    history.keep("y", "gone");
    history.keep("y", null);
    history.observed("s1");
    history.observed("s2");
    history.audit({ who: "Ada", client: "cli", what: "rollback", detail: "to revision 3" });
    history.audit({ who: "Bob", client: "page", what: "pause", detail: "it is not allowed", refused: true });
    reopen();
    assert.equal(history.recall("x"), '{"a":2}');
    assert.equal(history.recall("y"), undefined);
    assert.equal(history.lastObserved(), "s2");
    const at = new Date(time).toISOString();
    assert.deepEqual(history.audited(10), [
      {
        id: 2,
        time: at,
        who: "Bob",
        client: "page",
        what: "pause",
        detail: "it is not allowed",
        refused: true,
      },
      {
        id: 1,
        time: at,
        who: "Ada",
        client: "cli",
        what: "rollback",
        detail: "to revision 3",
        refused: false,
      },
    ]);
    assert.deepEqual(
      history.audited(10, 2).map(({ id }) => id),
      [1],
    );
  });

  it("keeps a content once, however many snapshots have it", () => {
    const content = randomBytes(100_000).toString("hex");
    const snapshot = snapshotWith(content);
    for (let i = 0; i < 50; i++) history.putSnapshot({ ...snapshot, id: `${i}`.padStart(64, "0") });
    history.close();
    const { size } = statSync(paths.database);
    assert.ok(size > content.length / 2 && size < 3 * content.length, `${size} bytes`);
    reopen();
    assert.equal(Buffer.from(history.getSnapshot("0".repeat(64))?.files[0]?.bytes ?? []).toString(), content);
  });
});
