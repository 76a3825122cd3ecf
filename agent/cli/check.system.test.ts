/** `hotenv check` with a schema that is a program of the user's: it runs in a process of its own. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { checkReportSchema } from "../../core/protocol/cli.ts";
import { hotenv } from "./terminal.fixture.ts";

describe("hotenv check", () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-check-")));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  const problems = async (...args: string[]) => {
    const { out } = await hotenv(root, "check", "--format", "json", ...args);
    return checkReportSchema.parse(JSON.parse(out));
  };
  const where = (report: Awaited<ReturnType<typeof problems>>) =>
    report.map(({ file, line, column, endLine, endColumn, severity, code }) =>
      [file, `${line}:${column}-${endLine}:${endColumn}`, severity, code].join(" "),
    );

  for (const [library, module] of [
    [
      "zod",
      'import * as z from "zod";\nexport default z.object({ PORT: z.coerce.number().max(65535), NAME: z.string(), TOKEN: z.string().min(8) });\n',
    ],
    [
      "valibot",
      'import * as v from "valibot";\nconst port: string = "PORT";\nexport default v.object({ [port]: v.pipe(v.string(), v.transform(Number), v.maxValue(65535)), NAME: v.string(), TOKEN: v.pipe(v.string(), v.minLength(8)) });\n',
    ],
  ] as const)
    it(`holds values against a schema written with ${library}, where it may run it`, async () => {
      symlinkSync(join(import.meta.dirname, "../../node_modules"), join(root, "node_modules"));
      write("env.schema.ts", module);
      write(".env", "TOKEN=hunter2\nPORT=99999\n");
      const report = await problems(".env");
      assert.deepEqual(where(report).sort(), [
        ".env 1:7-1:14 error schema-type",
        ".env 2:6-2:11 error schema-type",
        ".env 3:1-3:1 error schema-missing",
      ]);
      assert.doesNotMatch(JSON.stringify(report), /hunter2/);
      assert.deepEqual(await problems("--no-run", ".env"), []);
    });

  it("says so of a schema module that cannot be used", async () => {
    write("env.schema.mjs", "export default 1;\n");
    write(".env", "A=1\n");
    const report = await problems(".env");
    assert.deepEqual(where(report), ["env.schema.mjs 1:1-1:1 warning schema-invalid"]);
    assert.match(report[0]?.message ?? "", /has no Standard Schema/);
  });
});
