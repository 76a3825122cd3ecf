import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { draftOf, rolloutOf, snapshotWith, type TemporaryPaths, temporaryPaths } from "./history.fixture.ts";
import { type History, openHistory } from "./history.ts";
import { addKey } from "./key-file.ts";

describe("a copy of a history, put back", () => {
  let paths: TemporaryPaths;
  let history: History;
  let copy: string;
  const add = (value: string, concluded = true): number => {
    const snapshot = snapshotWith(`A=${value}\n`);
    history.putSnapshot(snapshot);
    const { revision } = history.begin(draftOf(snapshot, { reason: value, rollout: rolloutOf(1) }));
    history.intend(revision, 0, { phase: 0, service: "api", operation: { kind: "start" }, cleanup: false });
    if (concluded) history.conclude(revision, { verdict: "applied", rollout: rolloutOf(1, "applied") });
    return revision;
  };
  const reasons = (of: History): string[] => of.list().map(({ reason }) => reason);

  beforeEach(() => {
    paths = temporaryPaths();
    history = openHistory(paths);
    copy = join(paths.root, "copy.db");
    add("one");
    add("two");
  });
  afterEach(() => {
    history.close();
    paths.remove();
  });

  it("stands in the place of what was there, which is set aside and whole", () => {
    history.backup(copy);
    add("three");
    const before = readFileSync(copy);
    const { aside, ...restored } = history.restore(copy);
    assert.deepEqual(restored, { revisions: 2, lastGood: 2 });
    assert.deepEqual(reasons(history), ["two", "one"]);
    assert.match(aside ?? "", /history\.replaced-\d{8}T\d{9}Z\.db$/);
    assert.equal(add("four"), 3, "it goes on from there");
    assert.ok(readFileSync(copy).equals(before));
    const other = openHistory({ database: aside ?? "", key: paths.key });
    assert.deepEqual(reasons(other), ["three", "two", "one"]);
    other.close();
    history.close();
    history = openHistory(paths);
    assert.deepEqual(reasons(history), ["four", "two", "one"]);
  });

  it("does not go on with a rollout that ran when it was made", () => {
    add("running", false);
    history.backup(copy);
    history.conclude(3, { verdict: "applied", rollout: null });
    history.restore(copy);
    assert.deepEqual(history.unfinished(), []);
    assert.equal(history.show(3)?.verdict, "inconclusive");
  });

  it("is refused, and nothing changes, where it is not whole, not one, or another key's", () => {
    history.backup(copy);
    const whole = readFileSync(copy);
    const present = reasons(history);
    const refuse = (bytes: Uint8Array | undefined, why: RegExp): void => {
      if (bytes !== undefined) writeFileSync(copy, bytes);
      assert.throws(() => history.restore(copy), { code: "archive-refused", message: why });
      assert.deepEqual(reasons(history), present);
      assert.deepEqual(
        readdirSync(dirname(paths.database)).filter((name) => /restoring|replaced/.test(name)),
        [],
      );
    };
    const altered = Buffer.from(whole);
    const at = altered.lastIndexOf(Buffer.from("Ada"));
    altered[at] = "E".charCodeAt(0);
    refuse(altered, /altered/);
    refuse(whole.subarray(0, whole.length - 4096), /damaged/);
    refuse(Buffer.from("no database at all ".repeat(100)), /not a database/);
    refuse(Buffer.alloc(0), /empty/);
    const other = openHistory({ database: join(paths.root, "other", "history.db"), key: `${paths.key}2` });
    other.backup(`${copy}2`);
    other.close();
    refuse(readFileSync(`${copy}2`), /another key/);
    writeFileSync(copy, whole);
    assert.equal(history.restore(copy).revisions, 2);
  });

  it("is not put in while somebody else has the present one open", () => {
    history.backup(copy);
    add("three");
    const reader = openHistory(paths);
    assert.throws(() => history.restore(copy), { code: "history-unwritable", message: /Another process/ });
    assert.deepEqual(reasons(reader), ["three", "two", "one"]);
    reader.close();
    history.restore(copy);
    assert.deepEqual(reasons(history), ["two", "one"]);
  });

  it("may be of before the key was changed", () => {
    history.backup(copy);
    addKey(paths.key);
    history.close();
    history = openHistory(paths);
    history.rekey();
    add("three");
    history.restore(copy);
    assert.deepEqual(reasons(history), ["two", "one"]);
    assert.equal(history.hasPresentKey(), false);
    history.rekey();
    assert.deepEqual(reasons(history), ["two", "one"]);
  });

  it("can be put where there is no history, or a damaged one", () => {
    history.backup(copy);
    history.close();
    writeFileSync(paths.database, "x".repeat(9000));
    history = openHistory(paths);
    assert.ok(history.setAside);
    history.restore(copy);
    assert.deepEqual(reasons(history), ["two", "one"]);
    assert.ok(existsSync(history.setAside.path));
  });
});
