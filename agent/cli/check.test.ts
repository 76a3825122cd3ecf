import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "dotenv";
import { afterEach, beforeEach, describe, it } from "mocha";
import { checkReportSchema, cliErrorSchema, envReportSchema } from "../../core/protocol/cli.ts";
import { hotenv } from "./terminal.fixture.ts";

let root: string;
function withFolder(): void {
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-check-")));
  });
  afterEach(() => rmSync(root, { recursive: true }));
}

const write = (path: string, text: string) => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};

describe("hotenv check", () => {
  withFolder();

  const check = (...args: string[]) => hotenv(root, "check", ...args);
  const problems = async (...args: string[]) => {
    const { out } = await check("--format", "json", ...args);
    const document: unknown = JSON.parse(out);
    const report = checkReportSchema.parse(document);
    assert.deepEqual(report, document);
    return report;
  };
  const where = (report: Awaited<ReturnType<typeof problems>>) =>
    report.map(({ file, line, column, endLine, endColumn, severity, code }) =>
      [file, `${line}:${column}-${endLine}:${endColumn}`, severity, code].join(" "),
    );

  it("prints three different problems with their ranges, and exits with 1", async () => {
    write(".env", 'PORT=80\nURL=http://${HOST}/\nPORT=81\nNAME="never closed\n');
    const report = await problems(".env");
    assert.deepEqual(where(report), [
      ".env 1:1-1:5 warning duplicate-key",
      ".env 2:12-2:19 warning undefined-reference",
      ".env 4:6-4:19 error unterminated-quote",
    ]);
    const { exitCode, out, err } = await check(".env");
    assert.equal(exitCode, 1);
    assert.equal(err, "");
    assert.match(out, /^\.env:1:1: warning: .*\n\.env:2:12: warning: .*\n\.env:4:6: error: /);
    assert.match(out, /1 error, 2 warnings/);
  });

  it("exits with 0 where there are warnings only, and where there is nothing", async () => {
    write(".env", "A=1\nA=2\n");
    assert.equal((await check(".env")).exitCode, 0);
    write(".env", "A=1\n");
    assert.deepEqual(await check(".env"), {
      exitCode: 0,
      out: "No problems in 1 file.\n",
      err: "",
      hints: [],
    });
    assert.deepEqual(await problems(".env"), []);
    assert.equal((await check(".env", "--format", "github")).out, "");
  });

  it("needs no project for a file, and says what is missing where it is given none", async () => {
    write("some.env", "A=1\n");
    assert.equal((await check("some.env")).exitCode, 0);
    const { exitCode, err } = await check();
    assert.equal(exitCode, 2);
    assert.match(err, /a project\. Change to a directory/);
  });

  it("checks whatever the project reads: .env, env_file, compose file, schema, hotenv.yaml", async () => {
    write(".env", "HOST=h\nA=${B\n");
    write("conf/api.env", "URL=http://$HOST\nC=${D\n");
    write("compose.yaml", "services:\n  api:\n    image: ${IMAGE:?name one}\n    env_file: conf/api.env\n");
    write("hotenv.yaml", "wacht: [x]\n");
    write("inside/note.txt", "");
    const report = await problems("--project", root);
    assert.deepEqual([...new Set(report.map(({ file }) => file))].sort(), [
      ".env",
      "compose.yaml",
      "conf/api.env",
      "hotenv.yaml",
    ]);
    // What `.env` defines is known in an env_file.
    assert.ok(!report.some(({ file, code }) => file === "conf/api.env" && code === "undefined-reference"));
    const inside = await hotenv(join(root, "inside"), "check", "--json");
    assert.equal(inside.exitCode, 1);
    assert.ok(
      checkReportSchema.parse(JSON.parse(inside.out)).some(({ file }) => file === join(root, ".env")),
    );
  });

  it("holds .env against the schema beside it, and does not ask other files for every key", async () => {
    write(".env.schema", "# @required @type=port\nPORT=\n# @required\nNAME=\n");
    write(".env", "PORT=eighty\n");
    write("extra.env", "PORT=80\n");
    write(".env.example", "");
    assert.deepEqual((await problems(".env")).map(({ code }) => code).sort(), [
      "schema-missing",
      "schema-type",
    ]);
    assert.deepEqual(await problems("extra.env"), []);
    assert.deepEqual(await problems(".env.example"), []);
  });

  it("names keys that no service uses, and keys that the example file has", async () => {
    write("compose.yaml", "services:\n  api:\n    image: ${IMAGE}\n");
    write(".env", "IMAGE=${BASE}:1\nBASE=b\nLOST=1\n");
    write(".env.example", "IMAGE=\nWANTED=\n");
    assert.deepEqual(where(await problems(".env")), [
      ".env 1:7-1:14 warning forward-reference",
      ".env 3:1-3:5 info unused-key",
      ".env 4:1-4:1 warning example-missing",
    ]);
  });

  it("names the keys that publish the same port", async () => {
    write("compose.yaml", "services:\n  a:\n    ports: ['$A_PORT:1']\n  b:\n    ports: ['$B_PORT:1']\n");
    write(".env", "A_PORT=80\nB_PORT=080\n");
    assert.deepEqual(where(await problems(".env")), [
      ".env 1:8-1:10 warning port-clash",
      ".env 2:8-2:11 warning port-clash",
    ]);
    assert.deepEqual(where(await problems("compose.yaml")), ["compose.yaml 5:13-5:24 warning port-clash"]);
  });

  it("finds a use for every key of a `.env` that a service takes as its env_file", async () => {
    write("compose.yaml", "services:\n  api:\n    env_file: .env\n");
    write(".env", "A=1\nB=2\n");
    assert.deepEqual(await problems(".env"), []);
  });

  it("reads an env_file of format raw as docker run does", async () => {
    write("compose.yaml", "services:\n  api:\n    env_file: [{ path: api.env, format: raw }]\n");
    write("api.env", "A='$x'\n# note\nB=\"open\n");
    assert.deepEqual(await problems("api.env"), []);
    const { out } = await hotenv(root, "env", "api.env");
    assert.equal(out, "A='$x'\nB=\"open\n");
  });

  it("takes from a schema what it imports", async () => {
    write(".env.schema", "# @import(./shared/)\n# ---\n# @type=port\nPORT=\n");
    write("shared/.env.schema", "# @type=boolean\nDEBUG=\n");
    write(".env", "PORT=80\nDEBUG=maybe\n");
    assert.deepEqual(where(await problems(".env")), [".env 2:7-2:12 error schema-type"]);
  });

  it("asks whether ports are free, where it may ask the network", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    try {
      write("compose.yaml", "services:\n  web:\n    ports: ['$WEB_PORT:80']\n");
      write(".env", `WEB_PORT=${address.port}\n`);
      assert.deepEqual(await problems(".env"), []);
      const [problem, ...more] = await problems("--network", ".env");
      assert.deepEqual(more, []);
      assert.equal(problem?.code, "port-in-use");
      assert.match(problem.message, /`web` publishes port \d+ of this host/);
    } finally {
      server.close();
    }
    assert.deepEqual(await problems("--network", ".env"), []);
  });

  it("prints SARIF with its version, and GitHub's annotations", async () => {
    write(".env", 'A="x\n');
    const sarif = JSON.parse((await check(".env", "--format", "sarif")).out) as {
      version: string;
      runs: { tool: { driver: { version: string } }; results: { ruleId: string }[] }[];
    };
    assert.equal(sarif.version, "2.1.0");
    assert.equal(sarif.runs[0]?.tool.driver.version, "1.2.3");
    assert.deepEqual(
      sarif.runs[0]?.results.map(({ ruleId }) => ruleId),
      ["unterminated-quote"],
    );
    assert.match((await check(".env", "--format", "github")).out, /^::error file=\.env,line=1,/);
  });

  it("prefers --format to --json, and takes --json for its JSON", async () => {
    write(".env", "A=1\nA=2\n");
    assert.deepEqual(JSON.parse((await check(".env", "--json")).out), await problems(".env"));
    assert.match((await check(".env", "--json", "--format", "github")).out, /^::warning/);
  });

  it("names a file that is missing, and one that is a directory", async () => {
    mkdirSync(join(root, "folder"));
    const missing = await check("nowhere.env");
    assert.deepEqual([missing.exitCode, missing.out], [4, ""]);
    assert.ok(missing.err.includes(`${join(root, "nowhere.env")} does not exist.`));
    assert.match((await check("folder")).err, /is a directory/);
    const error = cliErrorSchema.parse(JSON.parse((await check("nowhere.env", "--json")).out));
    assert.equal(error.error.code, "file-unreadable");
  });

  it("lets no name or value move the cursor", async () => {
    write(".env", "A\u001b[2J=1\n");
    const { out } = await check(".env");
    assert.ok(out.includes(".env:1:"));
    assert.ok(!out.includes("\u001b"));
  });
});

describe("hotenv env", () => {
  withFolder();

  const text = 'A=1\nB="x ${A} y" # note\nC=`x y`\nD=x#y\nE="a\\tb"\nF=\'$A\'\n';
  const env = async (...args: string[]) => {
    const { exitCode, out, err } = await hotenv(root, "env", "--json", ...args);
    assert.equal(err, "");
    return { exitCode, report: envReportSchema.parse(JSON.parse(out)) };
  };

  it("prints what npm dotenv reads", async () => {
    write(".env", text);
    assert.deepEqual((await env(".env", "--dialect", "dotenv")).report.variables, parse(text));
  });

  it("prints what Compose reads, as text too", async () => {
    write("compose.yaml", "services: {}\n");
    write(".env", text);
    const expected = { A: "1", B: "x 1 y", C: "`x y`", D: "x#y", E: "a\tb", F: "$A" };
    assert.deepEqual((await env()).report.variables, expected);
    assert.deepEqual((await env(".env", "--dialect", "compose")).report.variables, expected);
    assert.equal((await hotenv(root, "env")).out, 'A=1\nB=x 1 y\nC=`x y`\nD=x#y\nE="a\\tb"\nF=$A\n');
  });

  it("prints what docker run reads: quotes stay", async () => {
    write(".env", 'A="1"\n');
    assert.deepEqual((await env(".env", "--dialect", "raw")).report.variables, { A: '"1"' });
  });

  it("takes nothing from a file that its reader refuses, and exits with 1", async () => {
    write(".env", 'A=1\nB="x\n');
    const { exitCode, report } = await env(".env");
    assert.deepEqual([exitCode, report.variables], [1, {}]);
    assert.deepEqual(
      report.problems.map(({ code }) => code),
      ["unterminated-quote"],
    );
    const { out, err } = await hotenv(root, "env", ".env");
    assert.equal(out, "");
    assert.match(err, /^\.env:2:3: error: /);
  });

  it("reads an env_file of a project with the variables of its .env", async () => {
    write("compose.yaml", "services:\n  api:\n    image: x\n    env_file: api.env\n");
    write(".env", "PORT=80\n");
    write("api.env", "PORT=99\nY=$PORT\n");
    // Facts: the project's value beats the file's own in `${}`.
    assert.deepEqual((await env("api.env")).report.variables, { PORT: "99", Y: "80" });
  });
});
