import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import { randomRuns } from "../../test/support/random-runs.ts";
import { snapshotWith, type TemporaryPaths, temporaryPaths } from "./history.fixture.ts";
import { openHistory } from "./history.ts";

const runs = randomRuns(3);
const writer = fileURLToPath(new URL("writer.fixture.ts", import.meta.url));
const nobody = 65_534;

describe("the history, written by processes of their own", () => {
  let paths: TemporaryPaths;

  const startWriter = (count: number, tag: string, secret = "s", uid?: number): ChildProcess => {
    // A user without rights could not write the coverage either.
    const { NODE_V8_COVERAGE, ...environment } = process.env;
    return spawn(process.execPath, [writer, paths.database, paths.key, String(count), tag, secret], {
      stdio: ["ignore", "pipe", "inherit"],
      env: uid === undefined && NODE_V8_COVERAGE !== undefined ? process.env : environment,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
  };
  const linesOf = (child: ChildProcess, onLine: (line: string) => void = () => {}): Promise<string[]> => {
    const lines: string[] = [];
    assert.ok(child.stdout);
    createInterface(child.stdout).on("line", (line) => {
      lines.push(line);
      onLine(line);
    });
    return once(child, "close").then(() => lines);
  };
  /** Every acknowledged revision, "NUMBER REASON", is there with its journal entry or its verdict. */
  const assertAcknowledged = (acknowledged: readonly string[], secret = "s") => {
    const history = openHistory(paths);
    try {
      assert.equal(history.setAside, undefined);
      const running = new Map(history.unfinished().map((one) => [one.revision, one.entries]));
      for (const line of acknowledged) {
        const [number = "", reason = ""] = line.split(" ");
        const revision = Number(number);
        const shown = history.show(revision);
        assert.equal(shown?.reason, `${reason} ${secret}`);
        if (shown.verdict === undefined) assert.equal(running.get(revision)?.length, 1);
        else assert.equal(shown.verdict, "applied");
        assert.ok(history.getSnapshot(history.snapshotOf(revision)));
      }
    } finally {
      history.close();
    }
  };

  beforeEach(() => {
    paths = temporaryPaths();
  });
  afterEach(() => paths.remove());

  it(`has every acknowledged revision after kill -9, ${runs} times, each on top of the last`, async function () {
    this.timeout(60_000 + runs * 10_000);
    const acknowledged: string[] = [];
    for (let run = 0; run < runs; run++) {
      const killAfter = randomInt(1, 40);
      let seen = 0;
      const child = startWriter(100_000, `run${run}`);
      const lines = linesOf(child, () => {
        seen += 1;
        // Within the writing of a following revision, at a moment that nobody chose.
        if (seen === killAfter) setTimeout(() => child.kill("SIGKILL"), Math.random() * 3);
      });
      acknowledged.push(...(await lines));
      assert.equal(child.signalCode, "SIGKILL");
      assert.ok(seen >= killAfter);
      assertAcknowledged(acknowledged.slice(-200));
    }
    assertAcknowledged(acknowledged);
  });

  it("gives ten processes that begin at once one key, one database and revisions of their own", async function () {
    this.timeout(60_000);
    const children = Array.from({ length: 10 }, (_, i) => startWriter(12, `p${i}`));
    const lines = (await Promise.all(children.map((child) => linesOf(child)))).flat();
    assert.deepEqual(
      lines.filter((line) => line.startsWith("{")),
      [],
    );
    assert.deepEqual(
      lines.map((line) => Number(line.split(" ")[0])).sort((a, b) => a - b),
      Array.from({ length: 120 }, (_, i) => i + 1),
    );
    assertAcknowledged(lines);
    assert.deepEqual(readdirSync(dirname(paths.key)), ["key"]);
  });

  it("leaves no value readable: not in the database, its log, its index, nor as a plain hash", async function () {
    this.timeout(60_000);
    const secret = `hunter2-${randomBytes(6).toString("hex")}`;
    const child = startWriter(100_000, "x", secret);
    let seen = 0;
    await linesOf(child, () => {
      seen += 1;
      if (seen === 30) child.kill("SIGKILL");
    });
    const names = readdirSync(dirname(paths.database));
    assert.ok(names.includes("history.db-wal") && names.includes("history.db-shm"), names.join());
    const snapshot = snapshotWith(`PASS=${secret}\nA=x-1\n`);
    const digest = createHash("sha256").update(secret).digest();
    const hashes = [
      snapshot.id,
      snapshot.files[0]?.hash ?? "",
      digest.toString("hex"),
      digest.toString("base64"),
    ];
    const needles = [
      Buffer.from(secret),
      Buffer.from(Buffer.from(secret).toString("base64").slice(0, 16)),
      ...hashes.flatMap((hash) => [Buffer.from(hash), Buffer.from(hash, "hex")]),
    ].filter((needle) => needle.length >= 16);
    assert.ok(needles.length >= 8);
    for (const name of names) {
      const bytes = readFileSync(join(dirname(paths.database), name));
      for (const needle of needles)
        assert.equal(bytes.indexOf(needle), -1, `${name} holds ${needle.toString("latin1")}`);
    }
    assertAcknowledged(["1 x-0"], secret);
  });

  it("keeps directories 0700 and files 0600, and tightens those that are not", async function () {
    if (process.platform === "win32") return this.skip();
    this.timeout(60_000);
    mkdirSync(dirname(paths.database), { mode: 0o755 });
    mkdirSync(dirname(paths.key), { mode: 0o755 });
    writeFileSync(paths.key, randomBytes(32), { mode: 0o644 });
    const child = startWriter(100_000, "x");
    await linesOf(child, () => child.kill("SIGKILL"));
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
    for (const directory of [dirname(paths.database), dirname(paths.key)]) {
      assert.equal(modeOf(directory), "700");
      for (const name of readdirSync(directory)) assert.equal(modeOf(join(directory, name)), "600", name);
    }
  });

  it("says clearly that it cannot write to a directory without permission", async function () {
    if (process.platform === "win32") return this.skip();
    this.timeout(60_000);
    const uid = process.getuid?.() === 0 ? nobody : undefined;
    for (const directory of [dirname(paths.database), dirname(paths.key)]) mkdirSync(directory);
    if (uid !== undefined)
      for (const path of [paths.root, dirname(paths.database), dirname(paths.key)]) chownSync(path, uid, uid);
    chmodSync(dirname(paths.database), 0o500);
    const child = startWriter(1, "x", "s", uid);
    const [line = ""] = await linesOf(child);
    chmodSync(dirname(paths.database), 0o700);
    assert.equal(child.exitCode, 1);
    const error: { code: string; message: string; todo: string } = JSON.parse(line);
    assert.equal(error.code, "history-unwritable");
    assert.ok(
      error.message.includes(dirname(paths.database)) && error.message.includes("EACCES"),
      error.message,
    );
    assert.match(error.todo, /--state-dir/);
  });
});
