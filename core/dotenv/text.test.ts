import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { LineIndex } from "./text.ts";

const text = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n", "\r", "\r\n", " ") });

describe("a line index", () => {
  it("counts lines as splitting at line ends does", () => {
    fc.assert(
      fc.property(text, (text) => {
        assert.equal(new LineIndex(text).lineCount, text.split(/\r\n|\n|\r/).length);
      }),
    );
  });

  it("turns every offset into a position and back", () => {
    fc.assert(
      fc.property(text, (text) => {
        const lines = new LineIndex(text);
        for (let offset = 0; offset <= text.length; offset++) {
          const position = lines.positionAt(offset);
          assert.equal(lines.offsetAt(position), offset);
          const before = text.slice(0, offset);
          const own = before.slice(Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\r")) + 1);
          // Between \r and \n the line has not ended yet.
          if (!(before.endsWith("\r") && text[offset] === "\n")) assert.equal(position.character, own.length);
        }
      }),
    );
  });

  it("follows an edit as if made anew", () => {
    fc.assert(
      fc.property(text, text, fc.nat(40), fc.nat(10), (before, replacement, from, length) => {
        const start = Math.min(from, before.length);
        const end = Math.min(start + length, before.length);
        const now = before.slice(0, start) + replacement + before.slice(end);
        const followed = new LineIndex(before).after(now, { start, end }, replacement.length);
        const fresh = new LineIndex(now);
        assert.equal(followed.lineCount, fresh.lineCount);
        for (let offset = 0; offset <= now.length; offset++)
          assert.deepEqual(followed.positionAt(offset), fresh.positionAt(offset));
      }),
      { numRuns: 2000 },
    );
  });

  it("takes what lies outside for the text's ends", () => {
    const lines = new LineIndex("ab\ncd");
    assert.deepEqual(lines.positionAt(-1), { line: 0, character: 0 });
    assert.deepEqual(lines.positionAt(99), { line: 1, character: 2 });
    assert.equal(lines.offsetAt({ line: 9, character: 0 }), 5);
    assert.equal(lines.offsetAt({ line: 0, character: 99 }), 3);
  });
});
