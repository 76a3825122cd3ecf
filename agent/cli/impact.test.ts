import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { cliErrorSchema, impactReportSchema } from "../../core/protocol/cli.ts";
import { assertGolden } from "./golden/golden.ts";
import { hotenv } from "./terminal.fixture.ts";

let root: string;
function withFolder(): void {
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-impact-")));
    write(".env", "API_URL=http://a\nHOST=db\nDB_URL=postgres://shop:hunter2@${HOST}/shop\nUNUSED=1\n");
    write(
      "compose.yaml",
      [
        "services:",
        "  db:",
        "    image: db",
        "    hostname: ${HOST}",
        "  api:",
        "    build: { context: ., args: [API_URL] }",
        "    env_file: api.env",
        "  web:",
        "    image: web",
        "    environment:",
        "      API_URL: ${API_URL:-http://localhost}",
        "",
      ].join("\n"),
    );
    write("api.env", "URL=postgres://shop:hunter2@${HOST}/shop\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));
}

const write = (path: string, text: string) => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};

describe("hotenv impact", () => {
  withFolder();

  it("prints services, actions and the lines that tie the variables to them", async () => {
    const { exitCode, out, err } = await hotenv(root, "impact", "API_URL", "HOST");
    assert.deepEqual([exitCode, err], [0, ""]);
    assertGolden("impact", out);
  });

  it("prints exactly the document that is promised, and no value of an env file", async () => {
    const { exitCode, out } = await hotenv(root, "--json", "impact", "HOST");
    const document: unknown = JSON.parse(out);
    assert.equal(exitCode, 0);
    assert.deepEqual(impactReportSchema.parse(document), document);
    assert.deepEqual(document, {
      services: [
        {
          service: "api",
          action: "recreate",
          evidence: [{ file: "api.env", line: 1, text: "URL=…${HOST}" }],
        },
        {
          service: "db",
          action: "recreate",
          evidence: [{ file: "compose.yaml", line: 4, text: "hostname: ${HOST}" }],
        },
      ],
    });
  });

  it("says so where a variable reaches nothing", async () => {
    const { exitCode, out } = await hotenv(root, "impact", "UNUSED");
    assert.equal(exitCode, 0);
    assert.match(out, /^UNUSED reaches no service\. /);
    const { out: json } = await hotenv(root, "--json", "impact", "UNUSED");
    assert.deepEqual(JSON.parse(json), { services: [] });
  });

  it("works for a project that is named, with local services, and refuses what is none", async () => {
    write("local/hotenv.yaml", "services:\n  api: { command: node api.js, environment: [KEY] }\n");
    const { out } = await hotenv(root, "impact", "KEY", "--project", "local", "--json");
    assert.deepEqual(JSON.parse(out), {
      services: [
        {
          service: "api",
          action: "recreate",
          evidence: [
            { file: "hotenv.yaml", line: 2, text: "api: { command: node api.js, environment: [KEY] }" },
          ],
        },
      ],
    });
    const none = await hotenv(root, "impact", "KEY", "--project", "nowhere", "--json");
    assert.equal(none.exitCode, 2);
    assert.equal(cliErrorSchema.parse(JSON.parse(none.out)).error.code, "project-not-found");
    assert.equal((await hotenv(root, "impact")).exitCode, 2);
  });
});
