import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { contextOf } from "../../test/support/marked.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { applyChanges } from "../dotenv/edits.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { codeActions, fixAll } from "./actions.ts";
import type { Code } from "./codes.ts";
import type { LanguageContext } from "./context.ts";
import { findingsIn } from "./diagnose.ts";
import { fixesFor } from "./fixes.ts";

/** Titles of a code's fixes, with the text that each leads to. */
function fixes(text: string, code: Code, context: LanguageContext = contextOf()): Record<string, string> {
  const document = parseDotenv(text);
  return Object.fromEntries(
    findingsIn(document, context)
      .filter((finding) => finding.code === code)
      .flatMap((finding) => fixesFor(document, finding, context))
      .map(({ title, changes }) => [title, applyChanges(text, changes)]),
  );
}

describe("a quick fix", () => {
  it("for a password with dollars says that it changes the value", () => {
    assert.deepEqual(fixes("PASS=pa$$word\n", "dollar-escape"), {
      "Single-quote this value (changes the value)": "PASS='pa$$word'\n",
    });
    assert.deepEqual(fixes("PASS=pa$word # c\n", "undefined-reference"), {
      "Single-quote this value (changes the value)": "PASS='pa$word' # c\n",
      "Escape with `$$` (changes the value)": "PASS=pa$$word # c\n",
      "Say that blank is meant": "PASS=pa${word:-} # c\n",
    });
  });

  it("mends what Compose refuses", () => {
    const cases: readonly [text: string, code: Code, first: string][] = [
      ["A=pa${ss\n", "invalid-reference", "A='pa${ss'\n"],
      ["A='it' # x\nB=\"open\n", "unterminated-quote", "A='it' # x\nB=\"open\"\n"],
      ["A B=1\n", "key-with-space", "# A B=1\n"],
      ["A # note\nB=1\n", "comment-after-bare-key", "# note\nA\nB=1\n"],
      ["A/B=1\nC=2\n", "invalid-key", "# A/B=1\nC=2\n"],
    ];
    for (const [text, code, first] of cases) {
      const [after] = Object.values(fixes(text, code));
      assert.equal(after, first);
      assert.equal(evaluate(parseDotenv(first), () => undefined).refused, false);
    }
  });

  it("removes the earlier duplicate with its line", () => {
    assert.deepEqual(fixes("A=1 # x\nB=1\nA=2\n", "duplicate-key"), {
      "Remove the earlier `A`": "B=1\nA=2\n",
    });
  });

  it("makes a comment of what looks like one", () => {
    assert.deepEqual(Object.values(fixes("A= # note\n", "comment-in-value"))[0], 'A= "" # note\n');
    assert.deepEqual(Object.values(fixes("A=x\t# note\n", "comment-in-value"))[0], "A=x # note\n");
  });

  it("offers an enum's members", () => {
    const context = contextOf({ schema: "# @type=enum(dev, prod)\nMODE=\n" });
    assert.deepEqual(fixes("MODE=x\n", "schema-type", context), {
      "Use `dev` (changes the value)": "MODE=dev\n",
      "Use `prod` (changes the value)": "MODE=prod\n",
    });
  });

  it("adds missing keys, one or all", () => {
    const context = contextOf({
      schema: "# @required @example=x\nA=\n# @required @example=secret\nTOKEN=\n",
    });
    const text = "B=1";
    assert.equal(fixes(text, "schema-missing", context)["Add `A` (changes the value)"], "B=1\nA=x\n");
    const document = parseDotenv(text);
    const end = document.lines.positionAt(text.length);
    const all = codeActions(document, { start: end, end }, context).find(({ title }) =>
      title.startsWith("Add 2"),
    );
    const [edit] = all?.edit?.changes?.["file:///p/.env"] ?? [];
    assert.equal(edit?.newText, "\nA=x\nTOKEN=\n");
  });

  it("comes as a code action with its diagnostic, and an edit of this file", () => {
    const document = parseDotenv("A=1 \nB=2\n");
    const [action] = codeActions(
      document,
      { start: { line: 0, character: 3 }, end: { line: 0, character: 4 } },
      contextOf(),
    );
    assert.equal(action?.title, "Remove the white space");
    assert.equal(action.diagnostics?.[0]?.code, "trailing-space");
    assert.deepEqual(action.edit?.changes, {
      "file:///p/.env": [
        { range: { start: { line: 0, character: 3 }, end: { line: 0, character: 4 } }, newText: "" },
      ],
    });
  });

  it("for everything at once changes no value", () => {
    const text = "A=1 \nB=2\nB=3  \nC=$NOPE\nD";
    const document = parseDotenv(text);
    const edits = fixAll(document, contextOf())?.edit?.changes?.["file:///p/.env"] ?? [];
    const after = applyChanges(
      text,
      edits.map(({ range, newText }) => ({
        range: { start: document.lines.offsetAt(range.start), end: document.lines.offsetAt(range.end) },
        text: newText,
      })),
    );
    assert.equal(after, "A=1\nB=3\nC=$NOPE\nD");
    assert.equal(fixAll(parseDotenv("A=1\n"), contextOf()), undefined);
  });
});
