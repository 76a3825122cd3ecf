import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { marked } from "../../test/support/marked.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { documentSymbols, foldingRanges, selectionRange } from "./outline.ts";

describe("the outline", () => {
  it("has a symbol for each variable, without its value", () => {
    const symbols = documentSymbols(parseDotenv('# c\nA=1\nexport B="x\ny"\nA=secret\n=z\n'));
    assert.deepEqual(
      symbols.map(({ name, range, tags }) => [name, range.start.line, range.end.line, tags]),
      [
        ["A", 1, 1, [1]],
        ["B", 2, 3, undefined],
        ["A", 4, 4, undefined],
        ["(no name)", 5, 5, undefined],
      ],
    );
    assert.ok(!JSON.stringify(symbols).includes("secret"));
  });

  it("folds long values and runs of comments", () => {
    const text = '# a\n# b\n# c\nA="1\n2\n3"\n# d\n\n# e\n# f\n';
    assert.deepEqual(foldingRanges(parseDotenv(text)), [
      { startLine: 0, endLine: 2, kind: "comment" },
      { startLine: 3, endLine: 5 },
      { startLine: 8, endLine: 9, kind: "comment" },
    ]);
  });

  it("widens a selection from name to reference, value, entry, file", () => {
    const { document, position } = marked('X=1\nA="a ${B‸} c"\n');
    const texts: string[] = [];
    for (let at = [selectionRange(document, position)][0]; at !== undefined; at = at.parent as typeof at)
      texts.push(
        document.text.slice(document.lines.offsetAt(at.range.start), document.lines.offsetAt(at.range.end)),
      );
    assert.deepEqual(texts, ["B", "${B}", "a ${B} c", '"a ${B} c"', 'A="a ${B} c"', document.text]);
  });
});
