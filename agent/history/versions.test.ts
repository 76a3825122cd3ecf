import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { draftOf, rolloutOf, snapshotWith, type TemporaryPaths, temporaryPaths } from "./history.fixture.ts";
import { openHistory } from "./history.ts";

const day = 24 * 3_600_000;

describe("opening a history", () => {
  let paths: TemporaryPaths;
  beforeEach(() => {
    paths = temporaryPaths();
  });
  afterEach(() => paths.remove());

  it("takes over everything that version 1 wrote", () => {
    // Written by version 1: five revisions, the third rolled back, the fifth interrupted.
    mkdirSync(dirname(paths.database), { recursive: true });
    mkdirSync(dirname(paths.key), { recursive: true });
    writeFileSync(paths.key, Buffer.alloc(32, 7));
    copyFileSync(join(import.meta.dirname, "fixtures", "version-1.db"), paths.database);
    for (let opening = 0; opening < 2; opening++) {
      const history = openHistory(paths);
      assert.equal(history.setAside, undefined);
      assert.deepEqual(
        history.list().map(({ revision, reason, verdict }) => [revision, reason, verdict]),
        [
          [5, "reason 5", null],
          [4, "reason 4", "applied"],
          [3, "reason 3", "rolled-back"],
          [2, "reason 2", "applied"],
          [1, "reason 1", "applied"],
        ],
      );
      for (let n = 1; n <= 5; n++) {
        const expected = snapshotWith(`A=${n}\nPASS=secret-${n}\n`);
        assert.equal(history.snapshotOf(n), expected.id);
        assert.deepEqual(history.getSnapshot(expected.id), expected);
        assert.equal(history.model(n), `{"version":1,"name":"v1","services":[],"n":${n}}`);
        assert.equal(history.show(n)?.rollout?.phases[0]?.steps[0]?.durationMs, n * 100);
      }
      assert.deepEqual(history.medianDuration("api", "recreate"), { ms: 200, count: 3 });
      assert.equal(history.statistics().services[0]?.rollouts, 4);
      assert.equal(history.keyHistory("API_URL").length, 5);
      const [running] = history.unfinished();
      assert.deepEqual([running?.revision, running?.entries[0]?.operation], [5, { kind: "start" }]);
      assert.equal(history.recall("note"), "kept");
      assert.equal(history.audited(1)[0]?.detail, "all");
      history.close();
    }
    assert.equal(readFileSync(paths.database).includes("secret-"), false);
  });

  const write = (count: number) => {
    const history = openHistory(paths);
    for (let i = 0; i < count; i++) {
      const snapshot = snapshotWith(`A=${i}\n`);
      history.putSnapshot(snapshot);
      history.begin(draftOf(snapshot, { verdict: "applied", rollout: rolloutOf(i) }));
    }
    return history;
  };
  const note = () => JSON.parse(readFileSync(`${paths.database}.checked`, "utf8")) as { checkedAt: number };

  it("reads all of it after it was not closed, after a day, and after somebody else wrote it; else not", () => {
    const noted = Date.UTC(2030, 0, 1);
    openHistory(paths, { now: () => noted }).close();
    assert.equal(note().checkedAt, noted);
    openHistory(paths, { now: () => noted + day / 2 }).close();
    assert.equal(note().checkedAt, noted, "it was closed and nobody touched it");
    openHistory(paths, { now: () => noted + day }).close();
    assert.equal(note().checkedAt, noted + day);
    const { atimeMs, mtimeMs } = statSync(paths.database);
    utimesSync(paths.database, atimeMs / 1000, mtimeMs / 1000 + 5);
    openHistory(paths, { now: () => noted + day + 1 }).close();
    assert.equal(note().checkedAt, noted + day + 1, "its file was written by somebody");
    writeFileSync(`${paths.database}.checked`, "half of a no");
    openHistory(paths, { now: () => noted + day + 2 }).close();
    assert.equal(note().checkedAt, noted + day + 2);
    // Two have it open; the first to close leaves the log to the other.
    const [one, two] = [openHistory(paths, { now: () => noted + day + 3 }), write(1)];
    one.close();
    assert.ok(existsSync(`${paths.database}-wal`));
    two.close();
  });

  it("finds within a day what rots on the disk and leaves no trace in the file's time", () => {
    const now = Date.UTC(2030, 0, 1);
    openHistory(paths, { now: () => now }).close();
    write(20).close();
    const { atimeMs, mtimeMs } = statSync(paths.database);
    const bytes = readFileSync(paths.database);
    // The kind of the last page, whichever table's it is: no page is of this kind.
    const pageBytes = bytes.readUInt16BE(16);
    bytes[bytes.length - pageBytes] = 0x77;
    writeFileSync(paths.database, bytes);
    utimesSync(paths.database, atimeMs / 1000, Math.trunc(mtimeMs) / 1000);
    const history = openHistory(paths, { now: () => Date.now() + day });
    assert.match(history.setAside?.reason ?? "", /damaged/);
    assert.deepEqual(history.list(), []);
    history.close();
  });

  it("shares what contents have in common", () => {
    const fill = Array.from({ length: 200 }, (_, i) => `KEY_${i}=${"v".repeat(i % 17)}${i}\n`).join("");
    const history = openHistory(paths);
    const count = 300;
    for (let i = 0; i < count; i++) {
      const snapshot = snapshotWith(`${fill}CHANGED=${i}\n`);
      history.putSnapshot(snapshot);
      history.begin(draftOf(snapshot, { verdict: "applied", model: JSON.stringify({ fill, i }) }));
    }
    for (const revision of [1, 64, 65, 150, count]) {
      const [env] = history.getSnapshot(history.snapshotOf(revision))?.files ?? [];
      assert.equal(Buffer.from(env?.bytes ?? []).toString(), `${fill}CHANGED=${revision - 1}\n`);
      assert.equal(history.model(revision), JSON.stringify({ fill, i: revision - 1 }));
    }
    history.close();
    const each = statSync(paths.database).size / count;
    assert.ok(each < 1500, `${each} bytes a revision`);
  });
});
