import assert from "node:assert/strict";
import { globSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { type Suite, suites } from "../test/support/suites.ts";

const root = path.join(import.meta.dirname, "..");

/** What a suite runs: the patterns that mocha is given, or the tests beside the script that starts it. */
function patterns({ run }: Suite): readonly string[] {
  if (run.kind === "checks") return [];
  const given = run.args.filter((arg) => arg.endsWith(".test.ts"));
  return given.length > 0 ? given : run.args.map((script) => `${path.dirname(script)}/*.test.ts`);
}

describe("the suites of the test command", () => {
  it("leave no test file out", () => {
    const all = globSync("*/**/*.test.ts", {
      cwd: root,
      exclude: (name) => ["node_modules", ".artifacts"].includes(name),
    });
    const run = new Set(
      suites.flatMap((suite) => patterns(suite).flatMap((glob) => globSync(glob, { cwd: root }))),
    );
    assert.deepEqual(
      all.filter((file) => !run.has(file)),
      [],
    );
    assert.ok(all.length > 0);
  });
});
