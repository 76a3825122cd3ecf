import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { contextOf, marked } from "../../test/support/marked.ts";
import { applyChanges } from "../dotenv/edits.ts";
import { complete } from "./completion.ts";
import { readExample } from "./example.ts";

const schema =
  "# @required\nNAME=\nPORT=8080\nAPI_TOKEN=abc\n# @type=enum(dev, 'a b')\nMODE=\n# @type=boolean\nDEBUG=\n";

/** Each item as the text that accepting it leads to. */
function offered(text: string, shell: Record<string, string> = {}): Record<string, string> {
  const { document, position } = marked(text);
  return Object.fromEntries(
    complete(document, position, contextOf({ schema, shell })).map(({ label, textEdit }) => {
      assert.ok(textEdit !== undefined && "range" in textEdit);
      const range = {
        start: document.lines.offsetAt(textEdit.range.start),
        end: document.lines.offsetAt(textEdit.range.end),
      };
      return [label, applyChanges(document.text, [{ range, text: textEdit.newText }])];
    }),
  );
}

describe("completion", () => {
  it("offers the schema's keys that are not set, with their defaults, secrets without", () => {
    assert.deepEqual(offered("DEBUG=true\nPO‸\n"), {
      NAME: "DEBUG=true\nNAME=\n",
      PORT: "DEBUG=true\nPORT=8080\n",
      API_TOKEN: "DEBUG=true\nAPI_TOKEN=\n",
      MODE: "DEBUG=true\nMODE=\n",
    });
    assert.equal(offered("export P‸=1\n").PORT, "export PORT=1\n");
  });

  it("offers enum members, quoted where they must be, and booleans", () => {
    assert.deepEqual(offered("MODE=‸\n"), { dev: "MODE=dev\n", "a b": "MODE='a b'\n" });
    assert.deepEqual(offered('MODE="d‸"\n').dev, "MODE=dev\n");
    assert.deepEqual(Object.keys(offered("DEBUG=‸\n")), ["true", "false"]);
  });

  it("offers variables above and from the environment behind a dollar", () => {
    assert.deepEqual(offered("A=1\nB=$‸\nC=2\n", { HOME: "/" }), {
      A: "A=1\nB=$A\nC=2\n",
      HOME: "A=1\nB=$HOME\nC=2\n",
    });
    assert.equal(offered("A=1\nB=x${‸\n").A, "A=1\nB=x${A}\n");
    assert.equal(offered("A=1\nB=x${A‸}\n").A, "A=1\nB=x${A}\n");
  });

  it("offers nothing behind an escaped dollar, in single quotes, in comments", () => {
    for (const text of ["A=1\nB=$$‸\n", "A=1\nB='$‸'\n", "A=1\n# $‸\n"])
      assert.deepEqual(offered(text), {}, text);
    assert.deepEqual(Object.keys(offered("A=1\nB=$$$‸\n")), ["A"]);
  });

  it("masks secrets in details", () => {
    const { document, position } = marked("DB_PASSWORD=hunter2\nB=$‸\n");
    const [item] = complete(document, position, contextOf());
    assert.equal(item?.detail, "••••••, this file");
  });

  it("offers keys of the example file and of Compose files, too, each once", () => {
    const { document, position } = marked("HERE=1\n‸\n");
    const context = {
      ...contextOf({ schema: "# @required\nFIRST=\n" }),
      example: readExample("file:///p/.env.example", "FIRST=x\nSECOND='a b'\nDB_PASSWORD=example\nHERE=\n"),
      wanted: ["SECOND", "THIRD"],
      uses: (name: string) => (name === "THIRD" ? ["api"] : []),
    };
    const items = complete(document, position, context);
    assert.deepEqual(
      items.map(({ label, detail, textEdit }) => [label, detail, textEdit?.newText]),
      [
        ["FIRST", "string, required", "FIRST="],
        ["SECOND", "in the example file", "SECOND='a b'"],
        ["DB_PASSWORD", "in the example file", "DB_PASSWORD="],
        ["THIRD", "used by api", "THIRD="],
      ],
    );
  });
});
