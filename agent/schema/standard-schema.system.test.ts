import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { standardFindings } from "../../core/language/standard-findings.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import { findStandardSchema, runStandardSchema } from "./standard-schema.ts";

let directory: string;
function withFolder(): void {
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-standard-")));
    // The user's own packages: this project's serve as well.
    symlinkSync(
      fileURLToPath(new URL("../../node_modules", import.meta.url)),
      join(directory, "node_modules"),
    );
  });
  afterEach(() => rmSync(directory, { recursive: true }));
}

const isSensitive = (key: string): boolean => key === "SECRET";

function schema(text: string, name = "env.schema.mjs"): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}
const failure = async (path: string, limitMs = 20_000): Promise<HotenvError> => {
  const values = { SECRET: "hunter2" };
  const error: unknown = await runStandardSchema({ path, values, isSensitive, limitMs }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HotenvError);
  return error;
};

describe("a Standard Schema of the user's", function () {
  this.timeout(60_000);
  withFolder();

  it("is found by its name", () => {
    assert.equal(findStandardSchema(directory), undefined);
    const path = schema("", "env.schema.js");
    assert.equal(findStandardSchema(directory), path);
  });

  it("written with zod in TypeScript tells what is wrong, at the keys, without secrets", async () => {
    const path = schema(
      `import { z } from "zod";
const port: z.ZodType = z.coerce.number().max(65535);
export default z.object({
  PORT: port,
  MISSING: z.string(),
  SECRET: z.string().refine(() => false, { error: ({ input }) => "not " + input }),
});
console.log("noise");
`,
      "env.schema.ts",
    );
    const text = "PORT=99999\nSECRET=hunter2\n";
    const document = parseDotenv(text);
    const evaluation = evaluate(document, () => undefined);
    const values = Object.fromEntries([...evaluation.variables].map(([key, { value }]) => [key, value]));
    const issues = await runStandardSchema({ path, values, isSensitive });
    assert.deepEqual(
      issues.map(({ key }) => key),
      ["PORT", "MISSING", "SECRET"],
    );
    assert.equal(issues[2]?.message, "not ••••••");
    assert.deepEqual(
      standardFindings(document, evaluation, issues).map(({ code, range }) => [
        code,
        text.slice(range.start, range.end),
      ]),
      [
        ["schema-type", "99999"],
        ["schema-missing", ""],
        ["schema-type", "hunter2"],
      ],
    );
    assert.deepEqual(
      await runStandardSchema({
        path: schema("export default { '~standard': { validate: async (value) => ({ value }) } }"),
        values,
        isSensitive,
      }),
      [],
    );
  });

  it("that is none, breaks, ends or cannot be loaded is an error that says so", async () => {
    assert.match((await failure(schema("export default {}"))).message, /no Standard Schema/);
    assert.match((await failure(schema("throw new Error('boom hunter2')"))).message, /used: boom ••••••/);
    assert.match((await failure(schema("export default {{"))).message, /cannot be used/);
    assert.match(
      (
        await failure(
          schema("process.stderr.write('bye', () => process.exit(3)); await new Promise(() => {})"),
        )
      ).message,
      /ended before it answered\. It said: bye/,
    );
    assert.match((await failure(join(directory, "nowhere.mjs"))).message, /cannot be used/);
  });

  it("that never answers is ended", async () => {
    assert.match((await failure(schema("for (;;);"), 300)).message, /within 0\.3 seconds/);
  });

  it("is ended when nobody wants its answer any more", async () => {
    const abort = new AbortController();
    const path = schema("for (;;);");
    const run = runStandardSchema({ path, values: {}, isSensitive, limitMs: 25_000, signal: abort.signal });
    abort.abort();
    await assert.rejects(run, { code: "cancelled" });
    await assert.rejects(runStandardSchema({ path, values: {}, isSensitive, signal: abort.signal }));
  });
});
