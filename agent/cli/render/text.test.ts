import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { plain } from "../golden/golden.ts";
import { table } from "./table.ts";
import { displayWidth, logLine, truncate, visible } from "./text.ts";
import { formatDuration, formatTime } from "./time.ts";

describe("displayWidth", () => {
  const cases: [text: string, width: number][] = [
    ["", 0],
    ["abc", 3],
    ["http://a → b", 12],
    ["林美", 4],
    ["한글", 4],
    ["ＡＢ", 4],
    ["e\u0301", 1],
    ["👩‍💻", 2],
    ["•••", 3],
  ];
  for (const [text, width] of cases)
    it(`gives ${JSON.stringify(text)} ${width} columns`, () => assert.equal(displayWidth(text), width));
});

describe("truncate", () => {
  it("never exceeds the width, and cuts only what does not fit", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const cut = truncate(text, width);
        assert.ok(displayWidth(cut) <= width);
        if (displayWidth(text) <= width) assert.equal(cut, text);
        else assert.ok(text.startsWith(cut.slice(0, -1)) && cut.endsWith("…"));
      }),
    );
  });
});

describe("visible", () => {
  it("spells out what could move the cursor or turn the reading direction", () => {
    assert.equal(
      visible("a\nb\tc\r\u001b[2J\u0007\u202ex\u0085"),
      "a\\nb\\tc\\r\\e[2J\\u0007\\u202ex\\u0085",
    );
  });
  it("leaves no control character, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) =>
        assert.doesNotMatch(visible(text), /[\p{Cc}\u202a-\u202e]/u),
      ),
    );
  });
});

describe("logLine", () => {
  it("takes colours and titles away and keeps tabs", () => {
    assert.equal(logLine("\u001b[1;31mred\u001b[0m\tplain\u001b]0;title\u0007!\r"), "red\tplain!\\r");
  });
});

describe("table", () => {
  it("aligns all columns but the last, and cuts only the last", () => {
    const rows = [["a", "longer", "x"], ["林美", "b", "a value that is cut"], ["alone in its row, and wide"]];
    assert.deepEqual(table(rows, { ...plain, width: 28 }), [
      "  a     longer  x",
      "  林美  b       a value tha…",
      "  alone in its row, and wide",
    ]);
  });
});

describe("formatDuration", () => {
  const cases: [ms: number, text: string][] = [
    [0, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [1849, "1.8 s"],
    [59_949, "59.9 s"],
    [59_960, "1 min"],
    [60_000, "1 min"],
    [125_000, "2 min 5 s"],
    [3_600_000, "1 h"],
    [11_400_000, "3 h 10 min"],
    [352_800_000, "4 d 2 h"],
  ];
  for (const [ms, text] of cases)
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  it("never writes 60 s or 60 min", () => {
    const ms = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: 0, max: 1e10, noNaN: true }));
    fc.assert(
      fc.property(ms, (each) => assert.doesNotMatch(formatDuration(each), /(^| )(60(\.0)?|0) (s|min|h|d)\b/)),
    );
  });
});

describe("formatTime", () => {
  it("names the day only where it is not today", () => {
    assert.equal(formatTime("2026-11-21T09:08:07.000Z", plain), "09:08:07");
    assert.equal(formatTime("2026-11-20T09:08:07.000Z", plain), "2026-11-20 09:08:07");
    assert.equal(
      formatTime("2026-11-21T15:30:00.000Z", { ...plain, timeZone: "Asia/Tokyo" }),
      "2026-11-22 00:30:00",
    );
  });
});
