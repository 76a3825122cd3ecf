import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { applyChanges } from "../../core/dotenv/edits.ts";
import { parseSchema } from "../../core/schema/schema.ts";
import { chinese } from "../../test/support/texts.ts";
import { speak } from "../l10n.ts";
import { changedKeys } from "./form-impact.ts";
import { formEdit, formModel } from "./form-model.ts";

const schema = parseSchema(`# @defaultRequired=true
# ---

# How the api greets.
# @docs("Greetings", "https://example.test/greet")
GREETING=
# @type=enum(debug, info)
LEVEL=info
# @type=boolean
DEBUG=
# @type=port(min=1024)
API_PORT=
# @sensitive
TOKEN=
# @optional @type=number(min=1, max=8)
WORKERS=
`);
const text = `# notes
GREETING=hello # why
DEBUG=yes
API_PORT=80
TOKEN='very-secret'
OTHER="x\${GREETING}"
`;
const fields = (revealed: readonly string[] = [], of = text) =>
  new Map(formModel(of, schema, new Set(revealed), {}).fields.map((field) => [field.key, field]));

describe("a .env file as a form", () => {
  it("has problems in the person's language, without the key that they stand beside", () => {
    assert.deepEqual(fields().get("API_PORT")?.problems, ["The port must be at least 1024."]);
    speak("zh-cn", chinese);
    try {
      assert.deepEqual(fields().get("API_PORT")?.problems, ["端口至少须为 1024。"]);
    } finally {
      speak("en", {});
    }
  });

  it("has the schema's keys in its order, then the file's own", () => {
    assert.deepEqual(
      [...fields().keys()],
      ["GREETING", "LEVEL", "DEBUG", "API_PORT", "TOKEN", "WORKERS", "OTHER"],
    );
    assert.deepEqual(
      formModel(text, undefined, new Set(), {}).fields.map(({ key, kind }) => `${key} ${kind}`),
      ["GREETING text", "DEBUG text", "API_PORT text", "TOKEN text", "OTHER reference"],
    );
  });

  it("has a control for each type, with what the schema says beside it", () => {
    const all = fields();
    assert.deepEqual(
      [...all.values()].map(({ kind }) => kind),
      ["text", "enum", "boolean", "number", "text", "number", "reference"],
    );
    assert.deepEqual(all.get("LEVEL")?.options, ["debug", "info"]);
    assert.deepEqual(all.get("DEBUG")?.options, ["yes", "no"]);
    assert.equal(all.get("API_PORT")?.hint, "a port from 1024 to 65535");
    assert.deepEqual([all.get("WORKERS")?.min, all.get("WORKERS")?.max], [1, 8]);
    assert.equal(all.get("GREETING")?.description, "How the api greets.");
    assert.deepEqual(all.get("GREETING")?.docs, [{ title: "Greetings", url: "https://example.test/greet" }]);
    assert.deepEqual([all.get("GREETING")?.required, all.get("WORKERS")?.required], [true, false]);
  });

  it("shows a value that its control could not, as text", () => {
    assert.equal(fields([], "WORKERS=many\nDEBUG=perhaps\n").get("WORKERS")?.kind, "text");
    assert.equal(fields([], "DEBUG=perhaps\n").get("DEBUG")?.kind, "text");
  });

  it("keeps a secret until it is revealed", () => {
    assert.equal(fields().get("TOKEN")?.value, undefined);
    assert.equal(JSON.stringify([...fields().values()]).includes("very-secret"), false);
    assert.equal(fields(["TOKEN"]).get("TOKEN")?.value, "very-secret");
  });

  it("says what is wrong, at the field", () => {
    assert.match(fields().get("API_PORT")?.problems.join() ?? "", /at least 1024/);
    assert.match(fields([], "DEBUG=yes\n").get("GREETING")?.problems.join() ?? "", /required/);
    assert.deepEqual(fields().get("GREETING")?.problems, []);
  });

  it("says which lines are no fields", () => {
    const { problems } = formModel("A=1\n=x\n", undefined, new Set(), {});
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", /^Line 2: /);
  });
});

describe("an edit in the form", () => {
  const edited = (key: string, value: string | null, of = text): string =>
    applyChanges(of, formEdit(of, key, value) ?? []);

  it("changes the value and nothing else: comments, order and quotes stay", () => {
    assert.equal(edited("GREETING", "hi"), text.replace("hello", "hi"));
    assert.equal(edited("DEBUG", "no"), text.replace("DEBUG=yes", "DEBUG=no"));
    assert.equal(edited("API_PORT", "8080"), text.replace("API_PORT=80\n", "API_PORT=8080\n"));
  });

  it("quotes what has to be quoted, so that the reader gives it back", () => {
    const now = edited("GREETING", "a $b # c");
    assert.equal(formModel(now, undefined, new Set(), {}).fields[0]?.value, "a $b # c");
  });

  it("adds a key that is not there, and takes one out", () => {
    assert.equal(edited("WORKERS", "2"), `${text}WORKERS=2\n`);
    assert.equal(edited("DEBUG", null), text.replace("DEBUG=yes\n", ""));
  });

  it("is none where the value is the same", () => {
    assert.deepEqual(formEdit(text, "TOKEN", "very-secret"), []);
  });
});

describe("the keys that an edit changed", () => {
  it("are those with another value, not those with another comment or place", () => {
    assert.deepEqual(changedKeys("A=1 # a\nB=2\n", "B=2\nA=1\nC=3\n"), ["C"]);
    assert.deepEqual(changedKeys("A=1\nB=2\n", "A=2\n"), ["A", "B"]);
  });
});
