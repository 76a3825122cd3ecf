import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { contextOf } from "../../test/support/marked.ts";
import { randomEnv, shell } from "../../test/support/random-env.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { mend } from "./mend.ts";

const mended = (text: string): string => mend(parseDotenv(text), contextOf()).document.text;

describe("mending a file", () => {
  it("mends all that it can, and nothing else", () => {
    assert.equal(mended("A=1  \nB=$NOPE\nA=2\n  # kept  \nC='x' \n"), "B=$NOPE\nA=2\n  # kept  \nC='x'\n");
    assert.equal(mended("A=1\r\nA=1\r\nA=1\r\n"), "A=1\r\n");
  });

  it("says what it did, and where", () => {
    assert.deepEqual(mend(parseDotenv("A=1\nB=2 \nA=3\n"), contextOf()).fixes, [
      { code: "duplicate-key", line: 1, title: "Remove the earlier `A`" },
      { code: "trailing-space", line: 2, title: "Remove the white space" },
    ]);
  });

  it("leaves alone what a comment silences", () => {
    const text = "# hotenv-ignore duplicate-key\nA=1\nA=2\n";
    assert.equal(mended(text), text);
  });

  it("changes no value of any file, and leaves nothing to mend", () => {
    fc.assert(
      fc.property(randomEnv, (text) => {
        const context = contextOf({ shell });
        const { document } = mend(parseDotenv(text), context);
        const before = evaluate(parseDotenv(text), lookupIn(shell));
        const after = evaluate(document, lookupIn(shell));
        const values = ({ variables }: typeof before) =>
          [...variables].map(([key, { value }]) => `${key}=${value}`).sort();
        if (!before.refused) assert.deepEqual([after.refused, values(after)], [false, values(before)]);
        assert.equal(mend(document, context).fixes.length, 0);
      }),
      { numRuns: 300 },
    );
  });
});
