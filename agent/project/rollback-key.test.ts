import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { withKeyOf } from "./rollback-key.ts";

describe("one key put back into a text", () => {
  const cases: [what: string, now: string, before: string | null, expected: string | undefined][] = [
    ["its value", "A=2\nB=2\n", "A=1\nB=1\n", "A=1\nB=2\n"],
    [
      "as it was written, quotes and references included",
      "A=2 # why\n",
      'A="${B}-1"\n',
      'A="${B}-1" # why\n',
    ],
    ["a value of several lines", "A=x\nB=2\n", "A='one\ntwo'\nB=1\n", "A='one\ntwo'\nB=2\n"],
    ["where it is gone", "B=2\n", "A=1\n", "B=2\nA=1\n"],
    ["away where it was not there", "# a\nA=2\nB=2\n", "B=1\n", "# a\nB=2\n"],
    ["away where there was no file", "A=2\nB=2\n", null, "B=2\n"],
    ["to no value", "A=2\nB=2\n", "A\nB=1\n", "A\nB=2\n"],
    ["from no value", "A\nB=2\n", "A=1\n", "A=1\nB=2\n"],
    ["where it counts: its last entry", "A=1\nA=3\n", "A=2\n", "A=1\nA=2\n"],
    ["not at all where it is the same", "B=1\nA=1\n", "A=1\n", "B=1\nA=1\n"],
    ["keeping line ends", "A=2\r\nB=2\r\n", "A=1\n", "A=1\r\nB=2\r\n"],
    ["not where a comment would become the value", "A=2 # why\n", "A=\n", undefined],
  ];
  for (const [what, now, before, expected] of cases)
    it(`puts back ${what}`, () => assert.equal(withKeyOf(now, before, "A"), expected));

  it("in a file of format raw leaves quotes, hashes and dollars as the service reads them", () => {
    const raw = { present: "raw", past: "raw" } as const;
    // Compose would take the comment off, and the quotes.
    assert.equal(withKeyOf("A=2 # two\nB=2\n", "A='$x' # one\n", "A", raw), "A='$x' # one\nB=2\n");
    assert.equal(withKeyOf("B='\nA=2\n", 'A="\n', "A", raw), "B='\nA=\"\n");
    assert.equal(withKeyOf("A=2 # why\n", "A=\n", "A", raw), "A=\n");
  });

  it("in a file that is read otherwise since then means the same value, or is refused", () => {
    const since = { present: "raw", past: "compose" } as const;
    assert.equal(withKeyOf("A=2\n", 'A="a b" # one\n', "A", since), "A=a b\n");
    assert.throws(() => withKeyOf("A=2\n", 'A="${B}"\n', "A", since), { code: "env-invalid" });
    assert.equal(withKeyOf("A=2\n", "A='x'\n", "A", { present: "compose", past: "raw" }), `A="'x'"\n`);
  });
});
