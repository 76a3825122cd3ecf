import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { contextOf } from "../../test/support/marked.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { parseSchema } from "../schema/schema.ts";
import { diagnose, diagnoseSchema } from "./diagnose.ts";

const told = (text: string, context = contextOf()): string[] =>
  diagnose(parseDotenv(text), context).map(
    ({ code, severity, range }) => `${range.start.line}:${range.start.character} ${severity} ${String(code)}`,
  );

describe("diagnostics", () => {
  it("are LSP's, with the source, in the order of the file", () => {
    assert.deepEqual(diagnose(parseDotenv("B=1\r\nA=1\r\nA=2\r\n"), contextOf()), [
      {
        range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } },
        severity: 2,
        code: "duplicate-key",
        source: "hotenv",
        message: "`A` is set again further down: that value counts, this one is never seen.",
        tags: [1],
        relatedInformation: [
          {
            location: {
              uri: "file:///p/.env",
              range: { start: { line: 2, character: 0 }, end: { line: 2, character: 1 } },
            },
            message: "This one counts.",
          },
        ],
      },
    ]);
  });

  it("report everything at once, where Compose stops at the first", () => {
    assert.deepEqual(told('A B=1\nC=${1}\nD="open\nE=$NOPE\nE=2\n'), [
      "0:0 1 key-with-space",
      "1:2 1 invalid-reference",
      "2:2 1 unterminated-quote",
      "3:0 2 duplicate-key",
      "3:2 2 undefined-reference",
    ]);
  });

  it("do not call a value a duplicate that something reads in between", () => {
    assert.deepEqual(told("A=1\nA=${A}2\n"), []);
    assert.deepEqual(told("A=1\nB=$A\nA=2\n"), []);
    assert.deepEqual(told("A=1\nA\n"), []);
    assert.deepEqual(told("A=1\nA=2\nB=$A\n"), ["0:0 2 duplicate-key"]);
  });

  it("repeat what the author of a required reference says", () => {
    const [plain, filled] = diagnose(parseDotenv("B=b\nA=${X:?ask Ann}\nA2=${X:?ask $B}\n"), contextOf());
    assert.equal(
      plain?.message,
      '`X` is required here and not set: Compose refuses the file, saying "ask Ann".',
    );
    // A filled message may hold a secret.
    assert.equal(filled?.message, "`X` is required here and not set: Compose refuses the file.");
  });

  it("know what the shell sets", () => {
    assert.deepEqual(told("A=$HOME\n", contextOf({ shell: { HOME: "/" } })), []);
  });

  it("point from a value to the schema that it breaks", () => {
    const [diagnostic] = diagnose(parseDotenv("PORT=80a\n"), contextOf({ schema: "# @type=port\nPORT=\n" }));
    assert.deepEqual(diagnostic?.relatedInformation?.[0]?.location, {
      uri: "file:///p/.env.schema",
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
    });
  });

  it("take a bare key for present, even if the shell lacks it", () => {
    assert.deepEqual(told("A\n", contextOf({ schema: "# @required\nA=\n" })), ["0:0 1 schema-empty"]);
    assert.deepEqual(told("A\n", contextOf({ schema: "# @required\nA=\n", shell: { A: "1" } })), []);
  });

  it("have the severity that a setting gives, and none where it turns them off", () => {
    const text = "A=1 \n";
    assert.deepEqual(told(text, { ...contextOf(), levels: { "trailing-space": "error" } }), [
      "0:3 1 trailing-space",
    ]);
    assert.deepEqual(told(text, { ...contextOf(), levels: { "trailing-space": "off" } }), []);
  });

  it("are silenced by a comment above the entry, or for the file", () => {
    assert.deepEqual(told("# hotenv-ignore duplicate-key - on purpose\nA=$NO\nA=2\n"), [
      "1:2 2 undefined-reference",
    ]);
    assert.deepEqual(told("# hotenv-ignore\nA=$NO \nB=$NO\n"), ["2:2 2 undefined-reference"]);
    assert.deepEqual(
      told("A=$NO\n# hotenv-ignore-file undefined-reference, trailing-space\nB=$NO \nC D=1\n"),
      ["3:0 1 key-with-space"],
    );
    assert.deepEqual(told("# hotenv-ignored\nA=$NO\n"), ["1:2 2 undefined-reference"]);
  });

  it("leave joined pictographs and plain text alone", () => {
    assert.deepEqual(told("A=👩‍🚀 é ü 漢字\nCOLOR=#fff\nURL=https://x/#a\n"), [
      "1:6 3 readers-disagree",
      "2:4 3 readers-disagree",
    ]);
  });

  it("never show a secret's value", () => {
    const text =
      "DB_PASSWORD=hunter2#x\nAPI_TOKEN= # hunter2\nB_SECRET=${hunter2\nC_SECRET=a$hunter2${hunter2?hunter2}\nCODE=x#hunter2\nCODE2=x$hunter2\nhunter2=1\n";
    const schema = "# @type=port\nDB_PASSWORD=\n# @sensitive\nCODE=\n# @sensitive\nCODE2=\n";
    const found = diagnose(parseDotenv(text), contextOf({ schema }));
    assert.deepEqual(
      found.map(({ code }) => code),
      [
        "readers-disagree",
        "schema-type",
        "comment-in-value",
        "invalid-reference",
        "forward-reference",
        "required-reference",
        "readers-disagree",
        "forward-reference",
      ],
    );
    for (const { message } of found) assert.doesNotMatch(JSON.stringify(message), /hunter2/);
  });

  it("of a schema say where it is wrong", () => {
    const [diagnostic] = diagnoseSchema(parseSchema("# @type=prot\nA=\n"), contextOf());
    assert.deepEqual(diagnostic?.range, {
      start: { line: 0, character: 2 },
      end: { line: 0, character: 12 },
    });
    assert.equal(diagnostic?.code, "schema-invalid");
  });
});
