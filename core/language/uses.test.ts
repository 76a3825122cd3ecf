import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { contextOf } from "../../test/support/marked.ts";
import { analyseProject } from "../compose/static.ts";
import { parseDotenv } from "../dotenv/document.ts";
import { diagnose } from "./diagnose.ts";
import { variableUses } from "./uses.ts";

const text = `
x-common: &common
  image: "app:\${TAG:-\${DEFAULT_TAG}}"
services:
  a:
    <<: *common
    environment:
      BARE:
      SET: "\${FROM}"
      PLAIN: text
    env_file: [a.env, { path: ./b.env, required: false }]
  b:
    environment: [LISTED, "KEY=\${PART}"]
    secrets: [s]
    env_file: a.env
    command: $$ESCAPED
networks:
  default: { name: "net-\${NET}" }
secrets:
  s: { environment: SECRET_VAR }
`;

const usesIn = (compose: string) =>
  variableUses(
    analyseProject({
      directory: "/p",
      shell: () => undefined,
      read: (path) => (path === "compose.yaml" ? compose : undefined),
    }),
  );

describe("uses of variables", () => {
  const uses = usesIn(text);

  it("are found in every way that Compose wires a variable to a service", () => {
    const names = [
      "TAG",
      "DEFAULT_TAG",
      "BARE",
      "FROM",
      "LISTED",
      "PART",
      "NET",
      "SECRET_VAR",
      "ESCAPED",
      "SET",
    ];
    assert.deepEqual(Object.fromEntries(names.map((name) => [name, uses(name).join(" ")])), {
      TAG: "a",
      DEFAULT_TAG: "a",
      BARE: "a",
      FROM: "a",
      LISTED: "b",
      PART: "b",
      NET: "a b",
      SECRET_VAR: "b",
      ESCAPED: "",
      SET: "",
    });
  });

  it("count for every service where they name the project", () => {
    assert.deepEqual(usesIn("name: p-$STAGE\nservices: { a: {}, b: {} }\n")("STAGE"), ["a", "b"]);
  });

  it("of broken YAML are those that can be read", () => {
    assert.deepEqual(usesIn("services:\n  a:\n    image: $A\n    x: [\n")("A"), ["a"]);
    assert.deepEqual(usesIn("- 1")("A"), []);
  });

  it("make the keys known that no service uses, through other keys or not", () => {
    const document = parseDotenv("TAG=${V}\nV=1\nCOMPOSE_PROJECT_NAME=x\nLOST=${ALSO_LOST:-}\nALSO_LOST=1\n");
    const context = { ...contextOf({ shell: { V: "" } }), uses };
    assert.deepEqual(
      diagnose(document, context).flatMap(({ code, range }) =>
        code === "unused-key" ? [range.start.line] : [],
      ),
      [3, 4],
    );
  });
});
