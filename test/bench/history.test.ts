import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { compareWithGit } from "./history.ts";

describe("the benchmark of a long history", function () {
  this.timeout(120_000);

  it("reads the same from Hotenv and from git, and stays small, at a small size", async () => {
    const root = mkdtempSync(join(tmpdir(), "hotenv-bench-"));
    try {
      const revisions = 300;
      const lines = await compareWithGit(root, revisions, "smoke");
      const megabytes = lines.find(({ name }) => name === "on disk")?.hotenv[0] ?? Number.NaN;
      const bytesPerRevision = (megabytes * 1e6) / revisions;
      // 200 keys are 5 KB, their model is more; each kept whole would be six times this.
      assert.ok(bytesPerRevision < 2000, `${bytesPerRevision} bytes a revision`);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
