import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { compareWithGit } from "./history.ts";

describe("the benchmark of a long history", function () {
  this.timeout(120_000);

  it("reads the same from Hotenv and from git, and stays small, at a small size", () => {
    const root = mkdtempSync(join(tmpdir(), "hotenv-bench-"));
    try {
      const { rows, bytesPerRevision } = compareWithGit(root, 300, 2);
      assert.deepEqual(rows[0], ["what", "Hotenv", "git"]);
      // 200 keys are 5 KB, their model is more; each kept whole would be six times this.
      assert.ok(bytesPerRevision < 2000, `${bytesPerRevision} bytes a revision`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
