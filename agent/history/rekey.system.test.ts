import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import { randomRuns } from "../../test/support/random-runs.ts";
import { draftOf, rolloutOf, snapshotWith, type TemporaryPaths, temporaryPaths } from "./history.fixture.ts";
import { type History, openHistory } from "./history.ts";
import { forgetFormerKeys } from "./key-file.ts";

const runs = randomRuns(3);
const rekeyer = fileURLToPath(new URL("rekey.fixture.ts", import.meta.url));

describe("the key of a history", () => {
  let paths: TemporaryPaths;
  beforeEach(() => {
    paths = temporaryPaths();
  });
  afterEach(() => paths.remove());

  const fill = (history: History, revisions: number): void => {
    for (let i = 1; i <= revisions; i++) {
      const snapshot = snapshotWith(`A=${i}\nPASS=hunter2-${i}\n${"PAD=x\n".repeat(50)}`);
      history.putSnapshot(snapshot);
      const { revision } = history.begin(draftOf(snapshot, { model: `{"n":${i}}`, rollout: rolloutOf(i) }));
      history.intend(revision, 0, { phase: 0, service: "api", operation: { kind: "start" }, cleanup: false });
      if (i < revisions) history.conclude(revision, { verdict: "applied", rollout: rolloutOf(i, "applied") });
      history.observed(snapshot.id);
    }
    history.annotate(1, { note: "the first", pinned: true });
    history.keep("note", "kept");
    history.audit({ who: "Ada", client: "cli", what: "apply", detail: "all" });
  };
  const everything = (history: History) => {
    const numbers = history.list({ limit: 1000 }).map(({ revision }) => revision);
    return [
      history.list({ limit: 1000 }),
      history.list({ key: "API_URL" }),
      history.list({ author: "Ada", service: "api" }),
      history.keyHistory("API_URL"),
      history.unfinished(),
      history.lastObserved(),
      history.recall("note"),
      history.audited(10),
      history.statistics(),
      ...numbers.map((n) => [history.show(n), history.model(n), history.getSnapshot(history.snapshotOf(n))]),
    ];
  };
  const startRekeying = (): ChildProcess =>
    spawn(process.execPath, [rekeyer, paths.database, paths.key], { stdio: ["ignore", "pipe", "inherit"] });

  it("is changed: the same history, findable as before, and shut to the old key", () => {
    const history = openHistory(paths);
    fill(history, 70);
    const before = everything(history);
    const oldKey = readFileSync(paths.key);
    const { publicKey } = history.signers()[0];
    history.rekey();
    assert.deepEqual(everything(history), before);
    assert.ok(history.hasPresentKey());
    assert.notDeepEqual(history.signers()[0].publicKey, publicKey);
    assert.deepEqual(history.signers()[1]?.publicKey, publicKey, "archives of before are still one's own");
    const same = snapshotWith(`A=7\nPASS=hunter2-7\n${"PAD=x\n".repeat(50)}`);
    history.putSnapshot(same);
    assert.deepEqual(history.getSnapshot(same.id), same);
    history.conclude(70, { verdict: "applied", rollout: null });
    const after = everything(history);
    history.close();
    assert.equal(forgetFormerKeys(paths.key), 1);
    const again = openHistory(paths);
    assert.deepEqual(everything(again), after);
    again.close();

    writeFileSync(paths.key, oldKey);
    const shut = openHistory(paths);
    assert.match(shut.setAside?.reason ?? "", /another key/);
    shut.close();
  });

  it("stays what it was while somebody else has the history open, and can be changed afterwards", () => {
    const history = openHistory(paths);
    fill(history, 3);
    const before = everything(history);
    const reader = openHistory(paths);
    assert.throws(() => history.rekey(), { code: "history-unwritable", message: /Another process/ });
    assert.deepEqual([everything(history), everything(reader)], [before, before]);
    assert.equal(history.hasPresentKey(), false, "the new key waits in the file");
    reader.close();
    history.rekey();
    assert.equal(readFileSync(paths.key).length, 64, "the key that waited was taken");
    assert.ok(history.hasPresentKey());
    assert.deepEqual(everything(history), before);
    history.close();
  });

  it("leaves everything as it was where a record is damaged", () => {
    const history = openHistory(paths);
    fill(history, 3);
    history.close();
    const [, present] = [readFileSync(paths.key), readFileSync(paths.key)];
    const bytes = readFileSync(paths.database);
    const at = bytes.lastIndexOf(Buffer.from("Ada"));
    assert.ok(at > 0);
    bytes[at] = "E".charCodeAt(0);
    writeFileSync(paths.database, bytes);
    const damaged = openHistory(paths);
    assert.throws(() => damaged.rekey(), { code: "history-damaged" });
    damaged.close();
    assert.ok(readFileSync(paths.key).subarray(32).equals(present));
    assert.ok(!existsSync(`${paths.database}-journal`));
  });

  it(`is one or the other after kill -9, ${runs} times, and every record opens`, async function () {
    this.timeout(runs * 60_000);
    const history = openHistory(paths);
    fill(history, 40);
    const before = JSON.stringify(everything(history));
    history.close();
    let finished = 0;
    for (let run = 0; run < runs; run++) {
      const child = startRekeying();
      assert.ok(child.stdout);
      // "opened", then "changed": killed somewhere between, or just after.
      await once(child.stdout, "data");
      // The first at once, so that one at least does not get to its end.
      const timer = setTimeout(() => child.kill("SIGKILL"), run === 0 ? 0 : Math.random() * 60);
      const [code] = (await once(child, "close")) as [number | null];
      clearTimeout(timer);
      if (code === 0) finished += 1;
      const back = openHistory(paths);
      assert.equal(back.setAside, undefined);
      assert.equal(JSON.stringify(everything(back)), before);
      back.close();
    }
    assert.ok(finished < runs || runs < 5, "none was killed before it had ended");
  });

  it("can be an editor's: taken over from the file, refused without the editor, and given back", () => {
    const present = randomBytes(32);
    const history = openHistory(paths);
    fill(history, 3);
    const before = everything(history);
    history.close();
    const fromEditor = openHistory(paths, { handed: { present, former: [] } });
    assert.equal(fromEditor.hasPresentKey(), false);
    fromEditor.rekey();
    assert.ok(fromEditor.hasPresentKey());
    assert.deepEqual(everything(fromEditor), before);
    assert.throws(() => fromEditor.rekey(), { code: "usage", message: /kept by the editor/ });
    fromEditor.close();
    assert.equal(readFileSync(paths.key).length, 32, "it is not in the file");

    const bytes = readFileSync(paths.database);
    assert.throws(() => openHistory(paths), {
      code: "history-unwritable",
      message: /kept by the editor/,
    });
    assert.ok(readFileSync(paths.database).equals(bytes), "it was not set aside");

    const backToFile = openHistory(paths, { handed: { present: undefined, former: [present] } });
    backToFile.rekey();
    backToFile.close();
    const alone = openHistory(paths);
    assert.deepEqual(everything(alone), before);
    alone.close();
  });

  it("can be the next one of an editor", () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const begun = openHistory(paths, { handed: { present: first, former: [] } });
    fill(begun, 2);
    begun.close();
    const changed = openHistory(paths, { handed: { present: second, former: [first] } });
    changed.rekey();
    changed.close();
    copyFileSync(paths.database, `${paths.database}.copy`);
    const now = openHistory(paths, { handed: { present: second, former: [] } });
    assert.equal(now.list().length, 2);
    now.close();
  });
});
