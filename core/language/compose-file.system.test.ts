import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { compose } from "../../test/support/compose-cli.ts";
import { oracleFolder } from "../../test/support/oracle-folder.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { diagnoseCompose } from "./compose-file.ts";

const context = { uri: "file:///p/compose.yaml", lookup: lookupIn({ SET: "1" }) };

/** Each diagnostic as its code and the text that it underlines. */
function told(text: string): string[] {
  const lines = text.split("\n");
  return diagnoseCompose(text, context).map(({ code, range }) => {
    assert.equal(range.start.line, range.end.line);
    return `${String(code)} ${lines[range.start.line]?.slice(range.start.character, range.end.character)}`;
  });
}

const image = (value: string): string => `services:\n  a:\n    image: x\n    labels:\n      l: ${value}\n`;

describe("a Compose file", () => {
  const cases: readonly [yaml: string, expected: readonly string[]][] = [
    ["plain ${NO} ${SET}", ["undefined-reference ${NO}"]],
    ["'it''s ${NO}'", ["undefined-reference ${NO}"]],
    ['"tab \\t \\"q\\" ${NO} $NO2"', ["undefined-reference ${NO}", "undefined-reference $NO2"]],
    ["|\n        two\n        lines $NO\n        $SET", ["undefined-reference $NO"]],
    [">-\n        folded\n        ${NO:?say so}", ["required-reference ${NO:?say so}"]],
    ["a ${1} b", ["invalid-reference ${1}"]],
    ["$$NO ${NO:-d} ${NO-}", []],
    ["5", []],
  ];
  for (const [yaml, expected] of cases)
    it(`underlines what is wrong in ${JSON.stringify(yaml)}`, () =>
      assert.deepEqual(told(image(yaml)), expected));

  it("is refused exactly where Compose refuses it", async () => {
    await using folder = await oracleFolder();
    const { directory } = folder;
    for (const [yaml] of cases) {
      await writeFile(join(directory, "compose.yaml"), image(yaml));
      const { ok } = await compose(["config", "-q"], { cwd: directory, environment: { SET: "1" } });
      assert.equal(ok, !diagnoseCompose(image(yaml), context).some(({ severity }) => severity === 1), yaml);
    }
  });

  it("may hold what looks like a reference in a key: Compose does not interpolate keys", () => {
    assert.deepEqual(told("services:\n  a:\n    image: x\n    labels:\n      ${NO}: 1\n"), []);
  });

  it("names what an anchor refers to once", () => {
    assert.deepEqual(told("x-a: &a\n  image: x:${NO}\nservices:\n  a: *a\n  b:\n    <<: *a\n"), [
      "undefined-reference ${NO}",
    ]);
  });
});
