import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, it } from "mocha";
import { compareModels } from "./compare.ts";
import { locatePath, namedPlace } from "./locate.ts";
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

describe("What a message is about", () => {
  it("is found by its path, as far as that goes", () => {
    const place = (...path: string[]) => locatePath(files["compose.yaml"], path)?.place;
    assert.deepEqual(place("services", "api", "command"), { line: 5, column: 5 });
    assert.deepEqual(place("services", "db", "nothing"), { line: 12, column: 3 });
    assert.deepEqual(locatePath("a:\n  - b\n  - c: d\n", ["a", "b"])?.place, { line: 2, column: 5 });
    assert.deepEqual(locatePath("a:\n  - b\n  - c: d\n", ["a", "1", "c"])?.place, { line: 3, column: 5 });
    assert.equal(place("nothing"), undefined);
  });

  const text = `services:
  api:
    image: x
    ports: 5
    foo: 1
    stop_grace_period: abc
  db:
    image: y
bar: 1
`;
  const sentences: readonly (readonly [sentence: string, line: number | undefined])[] = [
    ["validating /x/compose.yaml: services.api.ports must be a list", 4],
    ["services.api Additional property foo is not allowed", 5],
    ["services.api additional properties 'foo' not allowed", 5],
    ["services.api.foo false schema", 5],
    ["validating /x/compose.yaml: (root) Additional property bar is not allowed", 9],
    ["validating /x/compose.yaml:  additional properties 'bar' not allowed", 9],
    ["error decoding 'services[api].stop_grace_period': time: invalid duration", 6],
    ['service "db" depends on undefined service "x": invalid compose project', 7],
    ["das ist für db nichts", 7],
    ["services must be a mapping", 1],
    ["something else", undefined],
  ];
  for (const [sentence, line] of sentences)
    it(`is found by the names in ${sentence}`, () => {
      assert.equal(namedPlace(sentence, [{ path: "compose.yaml", text }])?.line, line);
    });

  it("is looked for in all files", () => {
    const more = { path: "more.yaml", text: "services:\n  api:\n    oops: 1\n" };
    const place = namedPlace("services.api: oops", [{ path: "compose.yaml", text }, more]);
    assert.deepEqual(place, { file: "more.yaml", line: 3, column: 5 });
  });
});
