import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { openLogFile } from "./log-file.ts";

describe("openLogFile", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "hotenv-log-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("appends, for its owner alone", () => {
    const path = join(directory, "agent.log");
    for (const line of ["one\n", "two\n"]) {
      using log = openLogFile(path);
      log.write(line);
    }
    assert.equal(readFileSync(path, "utf8"), "one\ntwo\n");
    if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it("begins anew when it has grown, and keeps the file before it", () => {
    const path = join(directory, "agent.log");
    using log = openLogFile(path, 100);
    for (let index = 0; index < 25; index += 1) log.write(`line ${String(index).padStart(3, "0")}\n`);
    assert.equal(readFileSync(path, "utf8").split("\n")[0], "line 022");
    assert.equal(readFileSync(`${path}.1`, "utf8").split("\n").length, 12);
  });
});
