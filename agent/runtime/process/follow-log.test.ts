import assert from "node:assert/strict";
import { appendFile, mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { followLog } from "./follow-log.ts";

describe("a local service's log that is followed", () => {
  const never = new AbortController().signal;
  let directory: string;
  let file: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotenv-test-"));
    file = join(directory, "api.log");
  });
  after(() => rm(directory, { recursive: true, force: true }));

  it("begins empty where there is none yet, and waits for the first line", async () => {
    const first = await followLog(file, undefined, 10, never);
    assert.deepEqual(first, { lines: [], after: "0" });
    const waiting = followLog(file, first.after, 10, never);
    await appendFile(file, "one\n");
    assert.deepEqual(await waiting, { lines: ["one"], after: "4" });
  });

  it("gives whole lines, each once", async () => {
    const waiting = followLog(file, "4", 10, never);
    await appendFile(file, "tw");
    await appendFile(file, "o\nthr");
    assert.deepEqual(await waiting, { lines: ["two"], after: "8" });
    const rest = followLog(file, "8", 10, never);
    await appendFile(file, "ee\n");
    assert.deepEqual((await rest).lines, ["three"]);
  });

  it("goes on where the file was emptied", async () => {
    await truncate(file, 0);
    await appendFile(file, "new\n");
    assert.deepEqual((await followLog(file, "14", 10, never)).lines, ["new"]);
  });

  it("ends without lines, and without an error, when nobody waits any more", async () => {
    const abort = new AbortController();
    const waiting = followLog(file, "4", 10, abort.signal);
    abort.abort();
    assert.deepEqual(await waiting, { lines: [], after: "4" });
  });
});
