import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { randomEnv, shell } from "../../test/support/random-env.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { applyChanges } from "../dotenv/edits.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import type { Dialect } from "../dotenv/pieces.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { formatDocument } from "./format.ts";

const formatted = (text: string, dialect: Dialect = "compose"): string =>
  applyChanges(text, formatDocument(parseDotenv(text, { dialect })));

describe("formatting", () => {
  const cases: Readonly<Record<string, string>> = {
    "\n\nA=1  \n\n\n\n  B=2": "A=1\n\nB=2\n",
    "A=1\r\n\r\n\r\nB=2 \r\n\r\n": "A=1\r\n\r\nB=2\r\n",
    "  # indented\n\tA='x  \n\n\n y'\n": "# indented\nA='x  \n\n\n y'\n",
    'A="x"  B=2\n': 'A="x"  B=2\n',
    "\uFEFF\n\nA=1\n": "\uFEFFA=1\n",
    "A = 1 # c  \n": "A = 1 # c\n",
    "# c\r\n\r\n\r\nA=1": "# c\r\n\r\nA=1\r\n",
    "": "",
    // A line break at the end would give the key another meaning.
    "A=1  \nB": "A=1  \nB",
  };
  for (const [text, wanted] of Object.entries(cases))
    it(`makes ${JSON.stringify(wanted)} of ${JSON.stringify(text)}`, () => {
      assert.equal(formatted(text), wanted);
    });

  it("changes no value in any dialect, and has nothing to do twice", () => {
    fc.assert(
      fc.property(randomEnv, fc.constantFrom<Dialect>("compose", "dotenv", "raw"), (text, dialect) => {
        const once = formatted(text, dialect);
        const values = (source: string) =>
          [...evaluate(parseDotenv(source, { dialect }), lookupIn(shell)).variables].map(
            ([key, { value }]) => `${key}=${value}`,
          );
        assert.deepEqual(values(once), values(text));
        assert.equal(formatted(once, dialect), once);
      }),
      { numRuns: 1000 },
    );
  });
});
