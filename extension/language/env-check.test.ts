import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { type Beside, checkEnvFile, envContext } from "./env-check.ts";
import type { EnvFileKind } from "./env-files.ts";

const schema = {
  text: "# @type=port @required\nPORT=\n# @required\nNAME=\n",
  uri: "file:///shop/.env.schema",
};
const alone: Beside = { schema: undefined, env: undefined };
const codes = (kind: EnvFileKind, text: string, beside: Beside, environment: Record<string, string> = {}) =>
  checkEnvFile(kind, parseDotenv(text), envContext(kind, "file:///shop/.env", beside, environment)).map(
    ({ code, range }) => `${code} ${range.start.line}:${range.start.character}`,
  );

describe("the check of a .env file", () => {
  it("holds values against the schema beside it", () => {
    assert.deepEqual(codes("values", "NAME=shop\nPORT=http\n", { ...alone, schema }), ["schema-type 1:5"]);
  });

  it("asks only .env itself for every key", () => {
    assert(
      codes("values", "PORT=80\n", { ...alone, schema }).some((code) => code.startsWith("schema-missing")),
    );
    assert.deepEqual(codes("part", "PORT=80\n", { ...alone, schema }), []);
  });

  it("does not hold a sample against the schema", () => {
    assert.deepEqual(codes("sample", "PORT=your-port\n", { ...alone, schema }), []);
  });

  it("knows the shell's variables", () => {
    assert.deepEqual(codes("values", "URL=$HOST/x\n", alone), ["undefined-reference 0:4"]);
    assert.deepEqual(codes("values", "URL=$HOST/x\n", alone, { HOST: "here" }), []);
  });

  it("lets another file refer to the variables of .env", () => {
    const beside = { ...alone, env: "HOST=there\n" };
    assert.deepEqual(codes("part", "URL=$HOST/x\n", beside), []);
    assert.deepEqual(codes("part", "URL=$OTHER/x\n", beside), ["undefined-reference 0:4"]);
  });
});
