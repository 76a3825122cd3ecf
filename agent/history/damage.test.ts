import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HotenvError } from "../../core/protocol/errors.ts";
import { randomRuns } from "../../test/support/random-runs.ts";
import { draftOf, rolloutOf, snapshotWith, type TemporaryPaths, temporaryPaths } from "./history.fixture.ts";
import { type History, openHistory } from "./history.ts";

const flips = 8 * randomRuns(3);
const headerBytes = 100;

/** Everything that can be asked, as text, question by question; what is damaged says so. */
function everything(history: History): string[] {
  const answer = (question: () => unknown): string => {
    try {
      return JSON.stringify(question() ?? null);
    } catch (error) {
      if (error instanceof HotenvError && error.code === "history-damaged") return "damaged";
      throw error;
    }
  };
  const numbers = [1, 2, 3, 4, 5, 6];
  return [
    answer(() => history.list()),
    answer(() => history.unfinished()),
    answer(() => history.lastGood()),
    answer(() => history.lastObserved()),
    answer(() => history.recall("note")),
    answer(() => history.audited(10)),
    ...numbers.map((n) => answer(() => history.show(n))),
    ...numbers.map((n) => answer(() => history.model(n))),
    ...numbers.map((n) =>
      answer(() => history.getSnapshot(history.snapshotOf(n))?.files.map((f) => [...(f.bytes ?? [])])),
    ),
  ];
}

describe("a damaged history", () => {
  let paths: TemporaryPaths;
  let whole: Buffer;
  let answers: string[];

  beforeEach(() => {
    paths = temporaryPaths();
    const history = openHistory(paths);
    for (let i = 1; i <= 6; i++) {
      const snapshot = snapshotWith(`A=${i}\nB=${randomBytes(1500).toString("hex")}\n`);
      history.putSnapshot(snapshot);
      const { revision } = history.begin(
        draftOf(snapshot, { model: randomBytes(1500).toString("hex"), rollout: rolloutOf(i) }),
      );
      history.intend(revision, 0, { phase: 0, service: "api", operation: { kind: "start" }, cleanup: false });
      if (i < 6)
        history.conclude(revision, { verdict: i % 2 === 0 ? "applied" : "failed", rollout: rolloutOf(i) });
      history.observed(snapshot.id);
    }
    history.keep("note", "kept");
    history.audit({ who: "Ada", client: "cli", what: "apply", detail: "all" });
    answers = everything(history);
    history.close();
    whole = readFileSync(paths.database);
  });
  afterEach(() => paths.remove());

  /** Puts these bytes in the database's place and opens it. */
  const openWith = (bytes: Buffer): History => {
    for (const suffix of ["-wal", "-shm"]) rmSync(paths.database + suffix, { force: true });
    writeFileSync(paths.database, bytes);
    return openHistory(paths);
  };
  const assertSetAside = (history: History, reason: RegExp, bytes: Buffer) => {
    try {
      assert.match(history.setAside?.reason ?? "", reason);
      const aside = history.setAside?.path ?? "";
      assert.match(aside, /history\.damaged-\d{8}T\d{9}Z(-\d+)?\.db$/);
      assert.ok(readFileSync(aside).equals(bytes), "it was set aside as it was found");
      assert.deepEqual(history.list(), []);
      const snapshot = snapshotWith("NEW=1\n");
      history.putSnapshot(snapshot);
      assert.equal(history.begin(draftOf(snapshot)).revision, 1);
    } finally {
      history.close();
    }
  };

  it(`never answers wrongly after a byte was flipped, in the header or at ${flips} random places: it names the damage`, function () {
    this.timeout((headerBytes + flips) * 200 + 60_000);
    const seen = { harmless: 0, named: 0, aside: 0, refused: 0 };
    for (let i = 0; i < headerBytes + flips; i++) {
      const offset = i < headerBytes ? i : randomInt(whole.length);
      const bytes = Buffer.from(whole);
      bytes[offset] = (bytes[offset] ?? 0) ^ (1 << randomInt(8));
      let history: History;
      try {
        history = openWith(bytes);
      } catch (error) {
        // The version's own bytes: a number above ours is a newer version as far as anybody can tell.
        assert.ok(
          error instanceof HotenvError && /newer/.test(error.message) && offset >= 60 && offset < 64,
          `${offset}: ${error}`,
        );
        seen.refused += 1;
        continue;
      }
      try {
        if (history.setAside) {
          assert.ok(existsSync(history.setAside.path));
          assert.deepEqual(history.list(), []);
          rmSync(history.setAside.path);
          seen.aside += 1;
          continue;
        }
        const now = everything(history);
        for (const [n, answer] of now.entries())
          assert.ok(
            answer === answers[n] || answer === "damaged",
            `byte ${offset}, question ${n}: ${answer}`,
          );
        seen[now.includes("damaged") ? "named" : "harmless"] += 1;
      } finally {
        history.close();
      }
    }
    assert.ok(seen.named > 0 && seen.aside > 0, JSON.stringify(seen));
  });

  it("is set aside, under a name that is said, when it is not a database", () => {
    const bytes = Buffer.from(
      "This is not a database, but it is long enough to look for a header in it.\n".repeat(20),
    );
    assertSetAside(openWith(bytes), /not a database/, bytes);
  });

  it("is set aside when it was cut off", () => {
    writeFileSync(paths.database, whole);
    truncateSync(paths.database, whole.length - 8192);
    const history = openHistory(paths);
    assert.match(history.setAside?.reason ?? "", /damaged/);
    history.close();
  });

  it("is set aside when it is another program's", () => {
    rmSync(paths.database);
    const other = new DatabaseSync(paths.database);
    other.exec("CREATE TABLE t (a); PRAGMA user_version = 1");
    other.close();
    const bytes = readFileSync(paths.database);
    const history = openHistory(paths);
    assert.match(history.setAside?.reason ?? "", /not a history of Hotenv/);
    assert.ok(bytes.length > 0);
    history.close();
  });

  it("is set aside when the key is another, and opens again when both are put back", () => {
    const key = readFileSync(paths.key);
    writeFileSync(paths.key, randomBytes(32));
    const history = openWith(whole);
    assert.match(history.setAside?.reason ?? "", /another key/);
    history.close();
    const aside = history.setAside?.path ?? "";
    rmSync(paths.database);
    renameSync(aside, paths.database);
    writeFileSync(paths.key, key);
    const back = openHistory(paths);
    assert.equal(back.setAside, undefined);
    assert.deepEqual(everything(back), answers);
    back.close();
  });

  it("keeps every one that was set aside, also within one millisecond", () => {
    const now = () => Date.UTC(2030, 0, 1);
    const names = [1, 2, 3].map((n) => {
      writeFileSync(paths.database, "x".repeat(5000 + n));
      const history = openHistory(paths, { now });
      history.close();
      return history.setAside?.path ?? "";
    });
    assert.deepEqual(
      names.map((name) => readFileSync(name).length),
      [5001, 5002, 5003],
    );
  });

  it("is left alone and refused when a newer Hotenv wrote it", () => {
    const newer = new DatabaseSync(paths.database);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    const bytes = readFileSync(paths.database);
    assert.throws(
      () => openHistory(paths),
      (error: unknown) =>
        error instanceof HotenvError &&
        error.code === "history-unwritable" &&
        error.message.includes("newer Hotenv (version 99; this one knows 2)") &&
        error.message.includes(paths.database),
    );
    assert.ok(readFileSync(paths.database).equals(bytes));
  });

  it("names a key file that holds no key, and touches neither it nor the database", () => {
    writeFileSync(paths.key, "short");
    assert.throws(() => openHistory(paths), {
      code: "history-damaged",
      message: /key file .* holds 5 bytes instead of 32/,
    });
    assert.equal(readFileSync(paths.key, "utf8"), "short");
    assert.ok(readFileSync(paths.database).equals(whole));
  });

  it("names a place where no directory can be made", () => {
    writeFileSync(`${paths.root}/file`, "");
    assert.throws(() => openHistory({ ...paths, database: `${paths.root}/file/state/history.db` }), {
      code: "history-unwritable",
      message: /file\/state/,
    });
    assert.ok(existsSync(dirname(paths.database)));
  });
});
