import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Change } from "../../core/protocol/words.ts";
import { draftOf, rolloutOf, type TemporaryPaths, temporaryPaths } from "../history/history.fixture.ts";
import { type History, openHistory } from "../history/history.ts";
import { snapshotOf } from "../watch/read-snapshot.ts";
import { exportHistory, importHistory } from "./archive-history.ts";
import type { Snapshot } from "./snapshot.ts";

const never = new AbortController().signal;
const secret = `hunter2-${randomBytes(6).toString("hex")}`;
const short = "s3!";
const old = `old-${randomBytes(6).toString("hex")}`;

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function project(env: string, more: Readonly<Record<string, Uint8Array | null>> = {}): Snapshot {
  const file = (path: string, role: "env" | "compose" | "file", content: Uint8Array | null) => ({
    path,
    role,
    hash: content && sha256(content),
    bytes: content && new Uint8Array(content),
  });
  return snapshotOf([
    file(".env", "env", Buffer.from(env)),
    file("compose.yaml", "compose", Buffer.from(`services: {api: {image: x, command: "run ${secret}"}}\n`)),
    ...Object.entries(more).map(([path, content]) => file(path, "file", content)),
  ]);
}

describe("an exported history", () => {
  let paths: TemporaryPaths;
  let other: TemporaryPaths;
  let history: History;
  let file = "";

  const change: Change = {
    severity: "minor",
    entries: [
      {
        kind: "modified",
        source: ".env",
        role: "env",
        key: "DB_PASSWORD",
        severity: "minor",
        // What was not known to be a secret then.
        sensitive: false,
        before: old,
        after: secret,
      },
    ],
  };
  const model = (password: string) =>
    JSON.stringify({
      version: 1,
      name: "p",
      services: [
        {
          name: "api",
          runtime: "compose",
          config: { environment: { DB_PASSWORD: password, SHORT_TOKEN: short }, command: `run ${password}` },
          dependsOn: [],
          files: [],
          configHash: "f".repeat(64),
        },
      ],
    });

  beforeEach(() => {
    paths = temporaryPaths();
    other = temporaryPaths();
    history = openHistory(paths);
    file = join(paths.root, "archive.hotenv");
    for (const [i, password] of [old, secret].entries()) {
      const snapshot = project(
        `DB_PASSWORD=${password}\nSHORT_TOKEN=${short}\nURL=http://x/?p=${password}\n`,
        {
          "logo.bin": Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(secret)]),
          gone: null,
        },
      );
      history.putSnapshot(snapshot);
      history.begin(
        draftOf(snapshot, {
          parent: i === 0 ? null : i,
          change,
          reason: `set it to ${secret}`,
          model: model(password),
          verdict: "applied",
          rollout: { ...rolloutOf(100, "applied"), log: [`cannot log in with ${old}`] },
        }),
      );
    }
    history.annotate(2, { note: `now ${secret}`, pinned: true });
    const running = project("A=1\n");
    history.putSnapshot(running);
    history.begin(draftOf(running));
  });
  afterEach(() => {
    history.close();
    paths.remove();
    other.remove();
  });

  /** All that the frames hold, unpacked. */
  const unpacked = () =>
    readFileSync(file, "latin1")
      .split("\n")
      .slice(1, -2)
      .map((frame) => gunzipSync(Buffer.from(frame, "base64")).toString())
      .join("\n");

  it("holds no secret, no hash over one, and nothing that only looks like text", async () => {
    const exported = await exportHistory(history, {}, { file }, never);
    assert.deepEqual([exported.revisions, exported.masked], [2, true]);
    assert.equal(statSync(file).mode & 0o77, 0);
    const text = unpacked();
    assert.match(text, /DB_PASSWORD=••••••/);
    const hashes = [1, 2].flatMap((n) => {
      const id = history.snapshotOf(n);
      return [id, ...(history.getSnapshot(id)?.files ?? []).map(({ hash }) => hash ?? id)];
    });
    for (const value of [
      secret,
      old,
      short,
      "f".repeat(64),
      Buffer.from(secret).toString("base64"),
      ...hashes,
    ])
      assert.ok(!text.includes(value) && !readFileSync(file).includes(value), value);
  });

  it("comes back whole into another state directory, with its passphrase and the same key", async () => {
    const { signer } = await exportHistory(history, {}, { file, passphrase: "correct horse" }, never);
    assert.throws(unpacked);
    const target = openHistory(other);
    try {
      const refusedFor = (options: { passphrase?: string; signer?: string }) =>
        assert.rejects(importHistory(target, { file, ...options }, never), { code: "archive-refused" });
      await refusedFor({ passphrase: "correct horse" });
      await refusedFor({ signer });
      await refusedFor({ signer, passphrase: "wrong horse" });
      assert.deepEqual(target.list(), []);
      const imported = await importHistory(target, { file, signer, passphrase: "correct horse" }, never);
      assert.deepEqual(imported, { first: 1, last: 2, revisions: 2, masked: false });
      for (const n of [1, 2]) {
        assert.equal(target.snapshotOf(n), history.snapshotOf(n));
        assert.deepEqual(
          target.getSnapshot(target.snapshotOf(n)),
          history.getSnapshot(history.snapshotOf(n)),
        );
        assert.equal(target.model(n), history.model(n));
        assert.deepEqual(target.show(n), { ...history.show(n), origin: "import" });
        assert.equal(target.isMasked(n), false);
      }
      assert.equal(target.current(), null, "nothing of it runs here");
      await assert.rejects(importHistory(target, { file, signer, passphrase: "correct horse" }, never), {
        code: "archive-refused",
        message: /imported already/,
      });
    } finally {
      target.close();
    }
  });

  it("stands behind this history's own revisions, none of it current, the masked ones marked", async () => {
    await exportHistory(history, {}, { file }, never);
    assert.deepEqual(await importHistory(history, { file }, never), {
      first: 4,
      last: 5,
      revisions: 2,
      masked: true,
    });
    assert.equal(history.lastGood(), 2);
    assert.equal(history.show(5)?.parent, 4);
    assert.deepEqual([history.isMasked(5), history.isMasked(2)], [true, false]);
    assert.deepEqual(
      history.list({ imported: false }).map(({ revision }) => revision),
      [3, 2, 1],
    );
    const [env] = history.getSnapshot(history.snapshotOf(5))?.files ?? [];
    assert.match(Buffer.from(env?.bytes ?? []).toString(), /^DB_PASSWORD=••••••\nSHORT_TOKEN=••••••\n/);
  });

  it("leaves nothing of an import that was given up, or that the agent did not survive", async () => {
    await exportHistory(history, {}, { file }, never);
    const before = history.list();
    const given = new AbortController();
    const giveUp: History = {
      ...history,
      beginImport: (...args) => {
        const real = history.beginImport(...args);
        return {
          ...real,
          add: (revisions) => {
            real.add(revisions);
            throw new Error("the disk is full");
          },
        };
      },
    };
    await assert.rejects(importHistory(giveUp, { file }, given.signal), /the disk is full/);
    assert.deepEqual(history.list(), before);

    const snapshot = project("LATE=1\n");
    const begun = history.beginImport(true, "an archive");
    const shown = history.show(1);
    assert.ok(shown);
    begun.add([{ revision: shown, snapshot, model: "{}" }]);
    history.putSnapshot(snapshot);
    const own = history.begin(draftOf(snapshot, { verdict: "applied" })).revision;
    begun.add([{ revision: { ...shown, revision: 2, parent: 1 }, snapshot, model: "{}" }]);
    history.close();
    history = openHistory(paths);
    assert.equal(history.undoInterruptedImports(), 1);
    assert.deepEqual(
      history.list().map(({ revision }) => revision),
      [own, ...before.map(({ revision }) => revision)],
      "what was saved meanwhile stays",
    );
    assert.ok(history.getSnapshot(history.snapshotOf(own)));
    assert.equal(history.undoInterruptedImports(), 0);
    assert.equal((await importHistory(history, { file }, never)).revisions, 2, "it can be imported now");
  });

  it("is not written over a file, and says what it cannot read", async () => {
    await exportHistory(history, {}, { file }, never);
    const before = readFileSync(file);
    await assert.rejects(exportHistory(history, {}, { file }, never), {
      code: "usage",
      message: /cannot be written/,
    });
    assert.ok(readFileSync(file).equals(before));
    await assert.rejects(importHistory(history, { file: `${file}.none` }, never), {
      code: "file-unreadable",
    });
    assert.ok(!existsSync(`${file}.none`));
  });
});
