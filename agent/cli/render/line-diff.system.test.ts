import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Hunk, lineDiff } from "./line-diff.ts";

const line = fc.constantFrom("A=1", "B=2", "C=3", "", "# note");
const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.map((each) => `${each}\n`).join(""));

function unified(hunks: readonly Hunk[]): string {
  const marks = { same: " ", removed: "-", added: "+" };
  return hunks
    .map(
      ({ beforeStart, beforeCount, afterStart, afterCount, lines }) =>
        `@@ -${beforeStart},${beforeCount} +${afterStart},${afterCount} @@\n${lines.map((each) => `${marks[each.kind]}${each.text}\n`).join("")}`,
    )
    .join("");
}

describe("lineDiff", () => {
  it("makes a patch that turns one text into the other, as `patch` understands it", function () {
    if (spawnSync("patch", ["--version"]).error !== undefined) return this.skip();
    this.timeout(60_000);
    const directory = mkdtempSync(join(tmpdir(), "hotenv-diff-"));
    try {
      fc.assert(
        fc.property(text, text, fc.integer({ min: 0, max: 3 }), (before, after, context) => {
          fc.pre(before !== "" && after !== "" && before !== after);
          const file = join(directory, "file");
          writeFileSync(file, before);
          const patch = `--- file\n+++ file\n${unified(lineDiff(before, after, context))}`;
          const { status, stdout } = spawnSync("patch", ["--fuzz=0", "-o", "-", file], {
            input: patch,
            encoding: "utf8",
          });
          assert.equal(status, 0, stdout);
          assert.equal(stdout, after);
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("keeps both texts whole where everything is shown", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after, 1000).flatMap((hunk) => hunk.lines);
        const side = (kind: "removed" | "added") =>
          lines
            .filter((each) => each.kind === "same" || each.kind === kind)
            .map((each) => `${each.text}\n`)
            .join("");
        if (before === after) assert.deepEqual(lines, []);
        else assert.deepEqual([side("removed"), side("added")], [before, after]);
      }),
    );
  });

  it("shows three lines around a difference, and joins hunks that touch", () => {
    const numbers = Array.from({ length: 30 }, (_, index) => `${index}`);
    const changed = numbers.with(10, "ten").with(16, "sixteen").with(29, "last");
    const hunks = lineDiff(numbers.join("\n"), changed.join("\n"));
    assert.deepEqual(
      hunks.map(({ beforeStart, beforeCount }) => [beforeStart, beforeCount]),
      [
        [8, 13],
        [27, 4],
      ],
    );
  });

  it("copes with texts too large for a table, showing the middle as replaced", () => {
    const many = (prefix: string) =>
      Array.from({ length: 3000 }, (_, index) => `${prefix}${index}\n`).join("");
    const [hunk] = lineDiff(`same\n${many("a")}`, `same\n${many("b")}`);
    assert.equal(hunk?.beforeCount, 3001);
    assert.equal(hunk?.afterCount, 3001);
  });
});
