import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { randomEnv } from "../../test/support/random-env.ts";
import { referencesIn } from "../interpolate/template.ts";
import {
  type DotenvDocument,
  entriesOf,
  parseDotenv,
  placed,
  printDotenv,
  updateDotenv,
} from "./document.ts";
import { evaluate } from "./evaluate.ts";
import type { Dialect, Entry } from "./pieces.ts";
import type { Range } from "./text.ts";

const dialects: readonly Dialect[] = ["compose", "dotenv", "raw"];
const dialect = fc.constantFrom(...dialects);
/** Anything at all, lone surrogates included, beside what looks like a file. */
const anyText = fc.oneof(
  randomEnv,
  fc.string({ unit: "binary" }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
    .map((units) => String.fromCharCode(...units)),
  fc.string({
    unit: fc.constantFrom("A", "=", '"', "'", "`", "\\", "$", "{", "}", "\n", "\r", " ", "#", ":", "\uFEFF"),
  }),
);

const single = (text: string, options?: { dialect: Dialect }): Entry => {
  const [first] = entriesOf(parseDotenv(text, options));
  assert.ok(first);
  return first.entry;
};
const at = (entry: Entry, range: Range | null): string | null =>
  range && entry.text.slice(range.start, range.end);

describe("a document", () => {
  it("prints any text back, and never throws", () => {
    fc.assert(
      fc.property(anyText, dialect, (text, dialect) => {
        const document = parseDotenv(text, { dialect });
        assert.equal(printDotenv(document), text);
        assert.equal(document.starts.at(-1), text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("has no empty piece, and no range outside its entry", () => {
    fc.assert(
      fc.property(anyText, dialect, (text, dialect) => {
        for (const piece of parseDotenv(text, { dialect }).pieces) {
          assert.notEqual(piece.text, "");
          if (piece.kind !== "entry") continue;
          const references = [...referencesIn(piece.value?.template ?? [])].flatMap(
            ({ range, nameRange }) => [range, nameRange],
          );
          const inside = [
            piece.key.range,
            piece.exported,
            piece.operator,
            piece.value?.range,
            piece.value?.content,
            piece.comment,
            ...references,
          ];
          for (const range of inside) {
            if (range == null) continue;
            assert.ok(
              range.start >= 0 && range.start <= range.end && range.end <= piece.text.length,
              JSON.stringify(piece),
            );
          }
          assert.equal(at(piece, piece.key.range), piece.key.name);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("names each reference where its range says", () => {
    fc.assert(
      fc.property(randomEnv, (text) => {
        for (const source of entriesOf(parseDotenv(text)))
          for (const { name, nameRange } of referencesIn(source.entry.value?.template ?? [])) {
            const { start, end } = placed(source, nameRange);
            const written = text.slice(start, end);
            // `\0101` in double quotes is an A for Compose: nobody writes names so, but it counts.
            if (!written.includes("\\") && !text.includes("\\0")) assert.equal(written, name);
          }
      }),
      { numRuns: 1500 },
    );
  });

  it("is the same updated as parsed anew", () => {
    const change = fc.tuple(
      fc.nat(),
      fc.nat(8),
      fc.oneof(anyText, fc.constantFrom("", '"', "'", "\n", "=", "#", " ", "$", "\uFEFF")),
    );
    fc.assert(
      fc.property(
        anyText,
        dialect,
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (text, dialect, changes) => {
          let document: DotenvDocument = parseDotenv(text, { dialect });
          for (const [place, length, replacement] of changes) {
            const start = place % (document.text.length + 1);
            const end = Math.min(document.text.length, start + length);
            document = updateDotenv(document, { start, end }, replacement);
            const fresh = parseDotenv(document.text, { dialect });
            assert.deepEqual(document.pieces, fresh.pieces);
            assert.deepEqual(document.starts, fresh.starts);
          }
        },
      ),
      { numRuns: 2500 },
    );
  });

  it("shares what an edit did not touch", () => {
    const text = Array.from({ length: 1000 }, (_, index) => `KEY_${index}=value ${index}\n`).join("");
    const document = parseDotenv(text);
    const place = text.indexOf("value 500");
    const updated = updateDotenv(document, { start: place, end: place }, "new ");
    const fresh = updated.pieces.filter((piece) => !document.pieces.includes(piece));
    assert.deepEqual(
      fresh.map((piece) => piece.text),
      ["KEY_500=new value 500"],
    );
  });
});

describe("reading", function () {
  // Far above what is needed: what is meant is that time does not grow with the square of the length.
  this.timeout(60_000);
  const length = 200_000;
  const hostile: Readonly<Record<string, string>> = {
    "references that never close": `A=${"${A:-".repeat(length / 6)}`,
    "references within references": `A=${"${A:-".repeat(length / 6)}${"}".repeat(length / 6)}`,
    "empty braces within references": `A=${"${A:-{}".repeat(length / 8)}`,
    dollars: `A=${"$".repeat(length)}`,
    "a quote that never closes": `A='x\n${"C=y\n".repeat(length / 4)}`,
    "escaped quotes": `A="${'\\"'.repeat(length / 2)}`,
    backslashes: `A="${"\\".repeat(length)}"`,
    "quoted values in a row": 'A="x"y'.repeat(length / 6),
    spaces: `A=${" ".repeat(length)}#`,
    "lines of a quote": 'A="\n'.repeat(length / 4),
    "keys without values": "A B\n".repeat(length / 4),
  };
  for (const [what, text] of Object.entries(hostile))
    it(`ends soon for ${what}`, () => {
      for (const name of dialects) {
        const document = parseDotenv(text, { dialect: name });
        assert.equal(printDotenv(document), text);
        evaluate(document, () => undefined);
      }
    });
});

describe("an entry of the compose dialect", () => {
  it("has a range for each of its parts", () => {
    const entry = single('export  KEY = "a ${B:-$C} b"  # note\n');
    assert.equal(at(entry, entry.exported), "export");
    assert.equal(at(entry, entry.key.range), "KEY");
    assert.equal(at(entry, entry.operator), "=");
    assert.equal(at(entry, entry.value?.range ?? null), '"a ${B:-$C} b"');
    assert.equal(at(entry, entry.value?.content ?? null), "a ${B:-$C} b");
    assert.equal(at(entry, entry.comment), "# note");
    assert.deepEqual(
      [...referencesIn(entry.value?.template ?? [])].map(({ range }) => at(entry, range)),
      ["${B:-$C}", "$C"],
    );
  });

  it("finds a reference behind escapes", () => {
    const entry = single('A="\\t\\"\\\\${B}\\n"\n');
    const [reference] = referencesIn(entry.value?.template ?? []);
    assert.equal(at(entry, reference?.range ?? null), "${B}");
  });

  const problems: readonly [text: string, code: string, at: string][] = [
    ['A="open\n', "unterminated-quote", '"open'],
    ["A/B=1\n", "invalid-key", "/"],
    ["A B=1\n", "key-with-space", "A B"],
    ["=x\n", "empty-key", "="],
    ["A # note\n", "comment-after-bare-key", "#"],
    ["A=x${1}y\n", "invalid-reference", "${1}"],
    ["A=pa${ss word\n", "invalid-reference", "${ss"],
    ["A", "bare-key-at-end", "A"],
    ['A="x"junk more # c\n', "text-after-quote", "junk more # c"],
    ["export ", "export-without-key", "export"],
  ];
  for (const [text, code, place] of problems)
    it(`reports ${code} in ${JSON.stringify(text)}`, () => {
      const document = parseDotenv(text);
      const found = document.pieces.flatMap((piece, index) =>
        piece.kind === "entry" || piece.kind === "skipped"
          ? piece.problems.map((problem) => ({
              code: problem.code,
              range: placed({ start: document.starts[index] ?? 0 }, problem.range),
            }))
          : [],
      );
      assert.deepEqual(
        found.slice(0, 1).map(({ code, range }) => [code, text.slice(range.start, range.end)]),
        [[code, place]],
      );
    });

  it("goes on behind what Compose refuses", () => {
    const document = parseDotenv('A="open\nB C=1\nD=${1}\nE=ok\n');
    assert.deepEqual(
      document.pieces.flatMap((piece) =>
        piece.kind === "entry" ? piece.problems.map(({ code }) => code) : [],
      ),
      ["unterminated-quote", "key-with-space", "invalid-reference"],
    );
    assert.equal([...entriesOf(document)].at(-1)?.entry.key.name, "E");
  });
});
