import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { fixReportSchema } from "../../core/protocol/cli.ts";
import { hotenv } from "./terminal.fixture.ts";

let root: string;
function withFolder(): void {
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-fix-")));
  });
  afterEach(() => rmSync(root, { recursive: true }));
}

const write = (path: string, text: string | Uint8Array) => writeFileSync(join(root, path), text);
const read = (path: string) => readFileSync(join(root, path), "utf8");

describe("hotenv fix", () => {
  withFolder();

  it("mends what changes no value, says what, and keeps the file's mode", async () => {
    write("my.env", "A=1\nB=$NOPE \nA=2\n");
    chmodSync(join(root, "my.env"), 0o640);
    const { exitCode, out, err } = await hotenv(root, "fix", "my.env");
    assert.deepEqual([exitCode, err], [0, ""]);
    assert.equal(
      out,
      "my.env:1: Remove the earlier `A` [duplicate-key]\nmy.env:2: Remove the white space [trailing-space]\n2 fixes in 1 file.\n",
    );
    assert.equal(read("my.env"), "B=$NOPE\nA=2\n");
    assert.equal(statSync(join(root, "my.env")).mode & 0o777, 0o640);
    assert.equal((await hotenv(root, "fix", "my.env")).out, "Nothing to fix in 1 file.\n");
  });

  it("leaves alone what is a part of a value for the service that reads the file", async () => {
    write("compose.yaml", "services:\n  api:\n    env_file: [{ path: raw.env, format: raw }]\n");
    write("raw.env", "A=x \nB='y' # z\nA=w\n");
    assert.match((await hotenv(root, "fix", "raw.env")).out, /^raw\.env:1: Remove the earlier `A`/);
    assert.equal(read("raw.env"), "B='y' # z\nA=w\n");
    write("raw.env", "A=x \n");
    assert.equal((await hotenv(root, "fix", "raw.env")).out, "Nothing to fix in 1 file.\n");
  });

  it("writes nothing on a dry run, and shows a difference without secrets", async () => {
    const text = "DB_PASSWORD=hunter2 \n# API_TOKEN=hunter2\nA=1\nA=2\nCODE='hunter2' \n";
    write(".env", text);
    write(".env.schema", "# @sensitive\nCODE=\n");
    const { exitCode, out } = await hotenv(root, "fix", "--dry-run", ".env");
    assert.equal(exitCode, 0);
    assert.equal(read(".env"), text);
    assert.equal(
      out,
      [
        "--- .env",
        "+++ .env",
        "@@ -1,5 +1,4 @@",
        "-DB_PASSWORD=•••••• ",
        "+DB_PASSWORD=••••••",
        " # API_TOKEN=••••••",
        "-A=1",
        " A=2",
        "-CODE='••••••' ",
        "+CODE='••••••'",
        "",
      ].join("\n"),
    );
  });

  it("fixes all environment files of a project, and reports as JSON", async () => {
    write("compose.yaml", "services:\n  api:\n    image: x\n    env_file: api.vars\n");
    write(".env", "A=1 \n");
    write("api.vars", "B=1\n");
    const { exitCode, out } = await hotenv(root, "fix", "--json");
    assert.equal(exitCode, 0);
    assert.deepEqual(fixReportSchema.parse(JSON.parse(out)), [
      { file: ".env", fixes: [{ line: 1, code: "trailing-space", title: "Remove the white space" }] },
      { file: "api.vars", fixes: [] },
    ]);
    assert.equal(read(".env"), "A=1\n");
  });

  it("leaves a file alone that is not UTF-8, and says so", async () => {
    const bytes = Buffer.concat([Buffer.from("A=1 \nB="), Buffer.from([0xff]), Buffer.from("\n")]);
    write("my.env", bytes);
    const { exitCode, err } = await hotenv(root, "fix", "my.env");
    assert.equal(exitCode, 4);
    assert.match(err, /was left alone/);
    assert.deepEqual(readFileSync(join(root, "my.env")), bytes);
  });

  it("has nothing to do with other files", async () => {
    write("compose.yaml", "services: {}\n");
    const { exitCode, err } = await hotenv(root, "fix", "compose.yaml");
    assert.equal(exitCode, 2);
    assert.match(err, /is no environment file/);
  });
});

describe("hotenv env of a project's own .env", () => {
  withFolder();

  it("is refused where Compose cannot put it into its environment, though an env_file could hold it", async () => {
    const text = 'A=1\nB="x\\0000y"\n';
    write(".env", text);
    write("other.env", text);
    assert.equal((await hotenv(root, "env", "--json", ".env")).exitCode, 1);
    assert.equal((await hotenv(root, "env", "--json", "other.env")).exitCode, 0);
  });
});
