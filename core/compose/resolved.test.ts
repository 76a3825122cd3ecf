import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, it } from "mocha";
import { compareModels } from "./compare.ts";
import { locatePath, pathInMessage } from "./locate.ts";
import { fileReferences } from "./references.ts";
import { printResolved, readResolved } from "./resolved.ts";

const files = {
  ".env": "PRICE=$$5\nTAG=1\n",
  "one.env": "FROM_FILE=yes\n",
  "conf.txt": "content\n",
  "compose.yaml": `name: hotenvtest-resolved
services:
  api:
    image: "img:\${TAG}"
    command: ["sh", "-c", "echo $$HOME \${PRICE}"]
    env_file: one.env
    environment: { PRICE: "\${PRICE}", EMPTY: "" }
    configs: [conf]
    volumes: ["data:/data", "./conf.txt:/etc/conf:ro", "./:/src"]
    networks: [inner]
    depends_on: { db: { condition: service_healthy, restart: true } }
  db:
    image: db
    healthcheck: { test: ["CMD", "true"], interval: 1s }
networks: { inner: { driver_opts: { a: "b" } } }
volumes: { data: {} }
configs: { conf: { file: ./conf.txt } }
`,
};

function compose(directory: string, args: readonly string[], input?: string): string {
  return execFileSync("docker", ["compose", ...args], {
    cwd: directory,
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
}

describe("What Compose resolves", () => {
  const directory = mkdtempSync(join(tmpdir(), "hotenv-resolved-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  after(() => rmSync(directory, { recursive: true }));
  const read = () =>
    readResolved(
      JSON.parse(compose(directory, ["config", "--format", "json"])),
      new Map([["api", "hash"]]),
      (path) => relative(directory, path),
      (variable) => ({ TOKEN: "a$$b" })[variable],
    );

  it("is read with its dollars single, its mounts, its dependencies and what it shares", () => {
    const { name, services, binds } = read();
    const api = services.get("api");
    assert.equal(name, "hotenvtest-resolved");
    assert.deepEqual(api?.config.environment, { EMPTY: "", FROM_FILE: "yes", PRICE: "$5" });
    assert.deepEqual(api?.config.command, ["sh", "-c", "echo $HOME $5"]);
    assert.deepEqual(api?.dependsOn, [{ service: "db", condition: "service_healthy", restart: true }]);
    assert.deepEqual(api?.files, [{ path: "conf.txt", via: "copy", target: "/conf", alone: false }]);
    assert.equal(api?.configHash, "hash");
    assert.deepEqual(
      binds.map(({ target, readOnly }) => [target, readOnly]),
      [
        ["/etc/conf", true],
        ["/src", false],
      ],
    );
    assert.deepEqual(Object.keys((api?.config.resources ?? {}) as object), [
      "networks",
      "volumes",
      "configs",
      "secrets",
    ]);
  });

  it("means the same to Compose when it is printed again: the same hashes", () => {
    const again = [
      "-f",
      "-",
      "-p",
      "hotenvtest-resolved",
      "--env-file",
      "/dev/null",
      "config",
      "--hash",
      "*",
    ];
    const printed = compose(directory, ["config", "--format", "json"]);
    const { name, services } = read();
    assert.equal(
      compose(directory, again, printResolved(name, services)),
      compose(directory, again, printed),
    );
  });

  it("differs, service by service, by the path that changed", () => {
    const before = read().services;
    writeFileSync(join(directory, ".env"), "PRICE=6\nTAG=2\n");
    const after = read().services;
    writeFileSync(join(directory, ".env"), files[".env"]);
    assert.deepEqual(
      compareModels(before, after).map(({ service, kind, paths }) => [service, kind, paths]),
      [["api", "modified", ["command", "environment.PRICE", "image"]]],
    );
    assert.deepEqual(compareModels(before, before), []);
    assert.deepEqual(
      compareModels(new Map(), before).map(({ service, kind }) => [service, kind]),
      [
        ["api", "added"],
        ["db", "added"],
      ],
    );
  });
});

describe("A compose file's references", () => {
  it("are found in every spelling", () => {
    const text = `
include: [a.yaml, { path: [b.yaml, c.yaml], env_file: b.env, project_directory: sub }]
services:
  one: { env_file: one.env, extends: { file: base.yaml, service: x } }
  two: { env_file: [two.env, { path: three.env, required: false, format: raw }], label_file: labels }
`;
    assert.deepEqual(fileReferences(text), {
      envFiles: ["one.env", "two.env", "three.env"],
      rawEnvFiles: ["three.env"],
      labelFiles: ["labels"],
      extendsFiles: ["base.yaml"],
      includes: [
        { paths: ["a.yaml"], envFiles: [], projectDirectory: undefined },
        { paths: ["b.yaml", "c.yaml"], envFiles: ["b.env"], projectDirectory: "sub" },
      ],
    });
  });

  it("are what could be read of a broken file", () => {
    assert.deepEqual(fileReferences("services:\n  a:\n    env_file: a.env\n   b: [").envFiles, ["a.env"]);
    for (const text of ["", "- 1", "services: 3", "services: { a: null }", "include: x"])
      fileReferences(text);
  });
});

describe("A path in one of Compose's messages", () => {
  it("is found in the file", () => {
    const path = pathInMessage("validating /x/compose.yaml: services.api.ports must be a list");
    assert.deepEqual(path, ["services", "api", "ports"]);
    assert.deepEqual(locatePath(files["compose.yaml"], ["services", "api", "command"]), {
      line: 5,
      column: 5,
    });
    assert.deepEqual(locatePath(files["compose.yaml"], ["services", "db", "nothing"]), {
      line: 12,
      column: 3,
    });
    assert.deepEqual(pathInMessage('service "api" depends on undefined service "x"'), ["services", "api"]);
    assert.equal(pathInMessage("something else"), undefined);
  });
});
