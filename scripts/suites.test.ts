import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { type Suite, suites } from "../test/support/suites.ts";

const root = path.join(import.meta.dirname, "..");

/** What a suite runs: the patterns that mocha is given, or the tests beside the script that starts it. */
function patterns({ run }: Suite): readonly string[] {
  if (run.kind === "checks") return [];
  return run.kind === "mocha" ? run.files : [`${path.dirname(run.script)}/*.test.ts`];
}

const filesOf = (suite: Suite): readonly string[] =>
  patterns(suite).flatMap((glob) => globSync(glob, { cwd: root }));

describe("the suites of the test command", () => {
  const allFiles = (): readonly string[] =>
    globSync("*/**/*.test.ts", {
      cwd: root,
      exclude: (name) => ["node_modules", ".artifacts"].includes(name),
    });

  it("leave no test file out, and run each once", () => {
    const all = allFiles();
    const run = suites.filter(({ name }) => name !== "long" && name !== "electron").flatMap(filesOf);
    assert.deepEqual(run.toSorted(), all.toSorted());
    assert.ok(all.length > 0);
  });

  it("name no file that does not exist", () => {
    for (const { run } of suites)
      for (const glob of run.kind === "mocha" ? run.files : [])
        if (!glob.includes("**")) assert.notDeepEqual(globSync(glob, { cwd: root }), [], glob);
  });

  it("have no hooks outside of a describe: Mocha would run them around the tests of every file", () => {
    const loose = allFiles().filter((file) =>
      /^(before|after)(Each)?\(/m.test(readFileSync(path.join(root, file), "utf8")),
    );
    assert.deepEqual(loose, []);
  });
});
