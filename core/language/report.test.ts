import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Problem, problemSchema } from "../protocol/words.ts";
import { parseSchema } from "../schema/schema.ts";
import { checkFile } from "./check.ts";
import { formatProblems } from "./report.ts";

const problems = checkFile({
  path: "sub dir/.env",
  role: "env",
  text: 'PORT=80a\nA=$NOPE\nB="é\n',
  schema: parseSchema("# @type=port\nPORT=\n"),
});

describe("checking a file", () => {
  it("gives problems with ranges counted from 1, in the order of the file", () => {
    assert.deepEqual(
      problems.map(({ line, column, endLine, endColumn, severity, code }) => [
        line,
        column,
        endLine,
        endColumn,
        severity,
        code,
      ]),
      [
        [1, 6, 1, 9, "error", "schema-type"],
        [2, 3, 2, 8, "warning", "undefined-reference"],
        [3, 3, 3, 5, "error", "unterminated-quote"],
      ],
    );
    for (const problem of problems) problemSchema.parse(problem);
  });

  it("finds broken YAML and references in a Compose file", () => {
    const text =
      "services:\n  a:\n    image: x:${TAG}\n    environment:\n      - A=${B:?need b}\n    command: |\n      foo ${A.B}\n";
    assert.deepEqual(
      checkFile({
        path: "compose.yaml",
        role: "compose",
        text,
        lookup: (name) => (name === "TAG" ? "1" : undefined),
      }).map(({ line, column, endColumn, code }) => [line, column, endColumn, code]),
      [
        [5, 11, 23, "required-reference"],
        [7, 11, 17, "invalid-reference"],
      ],
    );
    assert.deepEqual(
      checkFile({ path: "compose.yaml", role: "compose", text: "a: [1\nb: 2\n" }).map(({ code }) => code),
      ["compose-syntax"],
    );
  });

  it("has nothing to say of other files, and says nothing of good ones", () => {
    assert.deepEqual(checkFile({ path: "x", role: "file", text: "${" }), []);
    assert.deepEqual(checkFile({ path: ".env", role: "env", text: "A=1\nB=${A}\n" }), []);
    assert.deepEqual(checkFile({ path: ".env.schema", role: "schema", text: "A=1\n" }), []);
  });

  it("reads a file as its dialect does", () => {
    const codes = (dialect: "compose" | "dotenv" | "raw"): string[] =>
      checkFile({ path: "x", role: "env", text: "A B=1\n", dialect }).map(({ code }) => code);
    assert.deepEqual(
      [codes("compose"), codes("dotenv"), codes("raw")],
      [["key-with-space"], ["skipped-line"], ["key-with-space"]],
    );
  });
});

describe("a report", () => {
  it("as text has a line for each problem and a sum", () => {
    assert.equal(
      formatProblems(problems, "text"),
      [
        "sub dir/.env:1:6: error: `PORT`: The value must be a port: a whole number from 0 to 65535. [schema-type]",
        "sub dir/.env:2:3: warning: `NOPE` is set neither above nor in the environment: Compose reads it as blank. Write `${NOPE:-}` if that is meant, `$$` for a literal `$`. [undefined-reference]",
        "sub dir/.env:3:3: error: The double quote is never closed: Compose refuses the file. [unterminated-quote]",
        "",
        "2 errors, 1 warning, 0 notes in 1 file.",
      ].join("\n"),
    );
    assert.equal(formatProblems([], "text"), "");
    assert.ok(formatProblems(problems, "text", { color: true }).includes("\u001b[31merror\u001b[0m"));
  });

  it("as JSON is the problems", () => {
    assert.deepEqual(JSON.parse(formatProblems(problems, "json")), problems);
    assert.equal(formatProblems([], "json"), "[]");
  });

  it("for GitHub is a workflow command each, escaped", () => {
    const odd: Problem = {
      file: "a,b:c",
      line: 1,
      column: 2,
      endLine: 2,
      endColumn: 1,
      severity: "hint",
      code: "x",
      message: "100%\nsure: yes, yes",
    };
    assert.equal(
      formatProblems([odd], "github"),
      "::notice file=a%2Cb%3Ac,line=1,endLine=2,title=hotenv x::100%25%0Asure: yes, yes",
    );
    assert.ok(
      formatProblems(problems, "github").startsWith(
        "::error file=sub dir/.env,line=1,endLine=1,col=6,endColumn=9,title=hotenv schema-type::",
      ),
    );
  });

  it("as SARIF 2.1.0 has rules, results and regions", () => {
    const sarif = JSON.parse(formatProblems(problems, "sarif", { version: "1.2.3" }));
    assert.equal(sarif.version, "2.1.0");
    const [run] = sarif.runs;
    assert.equal(run.tool.driver.version, "1.2.3");
    assert.equal(run.results.length, 3);
    for (const result of run.results) assert.equal(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
    assert.deepEqual(run.results[0].locations[0].physicalLocation, {
      artifactLocation: { uri: "sub%20dir/.env" },
      region: { startLine: 1, startColumn: 6, endLine: 1, endColumn: 9 },
    });
    assert.deepEqual(JSON.parse(formatProblems([], "sarif")).runs[0].results, []);
  });
});
