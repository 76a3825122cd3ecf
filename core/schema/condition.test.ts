import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { checkValues, deciding, parseSchema } from "./schema.ts";

/** Whether KEY is missed where these variables are set. */
function isMissed(decorator: string, values: Readonly<Record<string, string>>, header = ""): boolean {
  const schema = parseSchema(`${header}# ---\n# ${decorator}\nKEY=\nMODE=dev\n`);
  const variables = new Map(Object.entries(values).map(([key, value]) => [key, { value }]));
  const problems = checkValues(schema, variables);
  return problems.some(({ code, key }) => code === "schema-missing" && key === "KEY");
}

describe("a condition of a schema", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
    ["@required=eq($A, b)", { A: "b" }, true],
    ["@required=eq($A, b)", { A: "c" }, false],
    ["@required=eq($A, 3000)", { A: "3000" }, true],
    ["@required=eq(ref(A), b)", { A: "b" }, true],
    ["@required=not(eq($A, b))", {}, true],
    ["@optional=eq($A, b)", { A: "b" }, false],
    ["@optional=eq($A, b)", {}, true],
    ["@required=isEmpty($A)", { A: "" }, true],
    ["@required=isEmpty($A)", { A: "x" }, false],
    ["@required=if(eq($A, b), true, false)", { A: "b" }, true],
    ["@required=if($A, $B)", { A: "true", B: "false" }, false],
    ["@required=$A", { A: "true" }, true],
    ["@required=$A", { A: "false" }, false],
    ["@required=fallback($A, $B)", { A: "", B: "1" }, true],
    ["@required=remap($A, true=b, false=c)", { A: "b" }, true],
    ["@required=remap($A, true=b, false=c)", { A: "c" }, false],
    ["@required=eq(concat($A, $B), bc)", { A: "b", B: "c" }, true],
    ['@required=eq("${A}-${B}", b-c)', { A: "b", B: "c" }, true],
    // The schema's own default counts where nothing is set.
    ["@required=eq($MODE, dev)", {}, true],
    ["@required=eq($MODE, dev)", { MODE: "prod" }, false],
    // Nobody can tell from here.
    ["@required=eq(exec('date'), x)", {}, false],
    ["@required=forEnv(production)", {}, false],
  ];
  for (const [decorator, values, missed] of cases)
    it(`${decorator} ${missed ? "asks for" : "does not ask for"} the key with ${JSON.stringify(values)}`, () =>
      assert.equal(isMissed(decorator, values), missed));

  it("knows the current environment", () => {
    const header = "# @currentEnv=$APP_ENV\n";
    assert.equal(isMissed("@required=forEnv(production, staging)", { APP_ENV: "staging" }, header), true);
    assert.equal(isMissed("@required=forEnv(production, staging)", { APP_ENV: "test" }, header), false);
    assert.equal(isMissed("@optional=forEnv(test)", { APP_ENV: "test" }, header), false);
    assert.equal(isMissed("@required=forEnv(test)", { APP_ENV: "test" }, "# @envFlag=APP_ENV\n"), true);
  });

  it("names what it depends on", () => {
    const schema = parseSchema(
      "# @currentEnv=$APP_ENV\n# ---\n# @required=if(eq($A, x), not(ref(B)), `${C}`)\nK=$NOT_THIS\n",
    );
    assert.deepEqual([...deciding(schema)].sort(), ["A", "APP_ENV", "B", "C"]);
    assert.deepEqual([...deciding(parseSchema("# @currentEnv=$APP_ENV\n# ---\nK=\n"))], []);
  });

  it("sees the shell's values before the file's", () => {
    const schema = parseSchema("# @required=eq($A, b)\nKEY=\n");
    assert.equal(checkValues(schema, new Map([["A", { value: "c" }]]), () => "b").length, 1);
  });
});
