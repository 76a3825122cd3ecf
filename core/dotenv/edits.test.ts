import assert from "node:assert/strict";
import { parse as npmDotenv } from "dotenv";
import fc from "fast-check";
import { describe, it } from "mocha";
import { randomEnv } from "../../test/support/random-env.ts";
import { entriesOf, parseDotenv } from "./document.ts";
import {
  applyChanges,
  commentOut,
  effectiveEntry,
  occurrencesOf,
  removeEntry,
  renameKey,
  setValue,
  singleQuote,
  type TextChange,
} from "./edits.ts";
import { evaluate } from "./evaluate.ts";
import type { Dialect } from "./pieces.ts";
import { writeValue } from "./write.ts";

const values = (text: string, dialect: Dialect): Map<string, string> =>
  new Map(
    [...evaluate(parseDotenv(text, { dialect }), () => undefined).variables].map(([key, { value }]) => [
      key,
      value,
    ]),
  );

const anyValue = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', "`", "\\", "$", "{", "}", "#", " ", "\n", "\r", "n", "0", "1", "=", "\t"),
    fc.string({ maxLength: 1 }),
  ),
});

const edit = (text: string, change: TextChange | readonly TextChange[] | undefined): string => {
  assert.ok(change);
  return applyChanges(text, [change].flat());
};

describe("writing a value", () => {
  it("is undone by Compose's reader, whatever the value", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        assert.equal(values(`B=1\nA=${writeValue(value, "compose")}\nC=2\n`, "compose").get("A"), value);
      }),
      { numRuns: 3000 },
    );
  });

  it("is undone by npm dotenv where that can be", () => {
    let written = 0;
    fc.assert(
      fc.property(anyValue, (value) => {
        const text = writeValue(value, "dotenv");
        if (text === undefined) return;
        written++;
        assert.equal(npmDotenv(`A=${text}\nB=2\n`).A, value);
      }),
      { numRuns: 3000 },
    );
    assert.ok(written > 1000);
  });

  it("needs no quotes for what is plain", () => {
    assert.equal(writeValue("postgres://db:5432/app?x=1", "compose"), "postgres://db:5432/app?x=1");
    assert.equal(writeValue("pa$$word", "compose"), "'pa$$word'");
    assert.equal(writeValue("it's $5\n", "compose"), '"it\'s \\$5\\n"');
    assert.equal(writeValue("two\nlines", "raw"), undefined);
  });
});

describe("setting a value", () => {
  it("changes that one and no other byte", () => {
    fc.assert(
      fc.property(randomEnv, fc.constantFrom("A", "B", "NEW"), anyValue, (text, key, value) => {
        const document = parseDotenv(text);
        const evaluation = evaluate(document, () => undefined);
        fc.pre(
          !evaluation.refused && !document.pieces.some((piece) => piece.kind === "entry" && piece.bareAtEnd),
        );
        const change = setValue(document, key, value);
        assert.ok(change);
        const after = values(edit(text, change), "compose");
        assert.equal(after.get(key), value);
        const source = effectiveEntry(document, key);
        if (source === undefined) assert.equal(change.range.start, text.length);
        else
          assert.ok(
            change.range.start >= source.start && change.range.end <= source.start + source.entry.text.length,
          );
      }),
      { numRuns: 3000 },
    );
  });

  it("keeps comment, spaces and line ends", () => {
    const text = "# top\r\nA = old  # why\r\nB=2\r\n";
    assert.equal(
      edit(text, setValue(parseDotenv(text), "A", "new one")),
      "# top\r\nA = 'new one'  # why\r\nB=2\r\n",
    );
    assert.equal(edit(text, setValue(parseDotenv(text), "C", "3")), `${text}C=3\r\n`);
    assert.equal(edit("A=1", setValue(parseDotenv("A=1"), "B", "2")), "A=1\nB=2\n");
  });

  it("quotes a value that would run into what follows it", () => {
    const set = (text: string, value: string): string => edit(text, setValue(parseDotenv(text), "A", value));
    assert.equal(set("A='x' # note\n", ""), "A='' # note\n");
    assert.equal(set("A='x'#note\n", "y"), "A='y'#note\n");
    assert.equal(set('A="x" B=2\n', "y"), "A='y' B=2\n");
  });

  it("gives a bare key a value, and the last of several", () => {
    assert.equal(edit("A\n", setValue(parseDotenv("A\n"), "A", "1")), "A=1\n");
    assert.equal(edit("A=1\nA=2\n", setValue(parseDotenv("A=1\nA=2\n"), "A", "3")), "A=1\nA=3\n");
  });

  it("says so where a dialect cannot write it", () => {
    assert.equal(setValue(parseDotenv("", { dialect: "raw" }), "A", "1\n2"), undefined);
    assert.equal(setValue(parseDotenv(""), "A B", "1"), undefined);
  });
});

describe("removing, commenting out, renaming", () => {
  const first = (text: string) => {
    const document = parseDotenv(text);
    const [source] = entriesOf(document);
    assert.ok(source);
    return { document, source };
  };

  it("removes the whole line of an entry, or the entry alone where others share its line", () => {
    const lines = first("A=1 # x\nB=2\n");
    assert.equal(edit("A=1 # x\nB=2\n", removeEntry(lines.document, lines.source)), "B=2\n");
    const shared = first('A="1" B=2\n');
    assert.equal(edit('A="1" B=2\n', removeEntry(shared.document, shared.source)), " B=2\n");
    const marked = first("\uFEFFA=1\nB=2\n");
    assert.equal(edit("\uFEFFA=1\nB=2\n", removeEntry(marked.document, marked.source)), "\uFEFFB=2\n");
  });

  it("comments every line of a value out", () => {
    const text = 'A="1\n2"\nB=2\n';
    const { document, source } = first(text);
    assert.equal(edit(text, commentOut(document, source)), '# A="1\n# 2"\nB=2\n');
  });

  it("renames keys and references, nested ones, and nothing that only looks like them", () => {
    const text = "A=1\nB=${A:-${A}}$A$AB '$A'\nC='$A'\nAB=$$A\n";
    assert.equal(
      edit(text, renameKey(parseDotenv(text), "A", "Z")),
      "Z=1\nB=${Z:-${Z}}$Z$AB '$Z'\nC='$A'\nAB=$$A\n",
    );
    assert.equal(occurrencesOf(parseDotenv(text), "A").length, 5);
  });

  it("single-quotes what is interpolated, so that it stands for itself", () => {
    const text = "PASS=pa$$word # c\n";
    const { source } = first(text);
    const after = edit(text, singleQuote(source));
    assert.equal(after, "PASS='pa$$word' # c\n");
    assert.equal(values(after, "compose").get("PASS"), "pa$$word");
  });
});
