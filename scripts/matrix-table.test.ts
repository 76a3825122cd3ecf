import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Column, isPassed, matrixTable, withMatrix } from "../test/support/matrix-table.ts";

const tally = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped, failures: [] });
const columns: readonly Column[] = [
  {
    title: "Docker 1",
    byFile: new Map([
      ["b.test.ts", tally(2, 0, 1)],
      ["a.test.ts", tally(3)],
    ]),
  },
  { title: "Docker 2", byFile: new Map([["a.test.ts", tally(2, 1)]]) },
];

describe("the table of engines", () => {
  it("has a row for each file that ran anywhere, and says what did not pass", () => {
    assert.equal(
      matrixTable(columns),
      [
        "|  | Docker 1 | Docker 2 |",
        "| --- | --- | --- |",
        "| `a.test.ts` | 3 passed | 2 passed, **1 failed** |",
        "| `b.test.ts` | 2 passed, 1 skipped | not run |",
      ].join("\n"),
    );
  });

  it("is passed where every file ran everywhere and nothing failed", () => {
    assert.equal(isPassed(columns), false);
    assert.equal(isPassed(columns.slice(0, 1)), true);
    assert.equal(isPassed([{ title: "Docker 3", byFile: new Map([["a.test.ts", tally(0, 0, 4)]]) }]), false);
  });

  it("takes the place of the one before, and of nothing else", () => {
    const page = "# Engines\n\n<!-- matrix -->\n<!-- /matrix -->\n\nMore.\n";
    const first = withMatrix(page, "| one |");
    assert.equal(first, "# Engines\n\n<!-- matrix -->\n\n| one |\n\n<!-- /matrix -->\n\nMore.\n");
    assert.equal(withMatrix(withMatrix(page, "| other |"), "| one |"), first);
    assert.throws(() => withMatrix("# Engines\n", "| one |"), /has no <!-- matrix -->/);
  });
});
