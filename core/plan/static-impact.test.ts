import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { analyseProject, type StaticProject } from "../compose/static.ts";
import { lookupIn } from "../interpolate/fill.ts";
import {
  type EditEntry,
  impactOfEdit,
  impactOfFile,
  impactOfVariables,
  type StaticImpact,
} from "./static-impact.ts";

const compose = `services:
  db:
    image: db:\${DB_TAG:-1}
    environment: { PASSWORD: '\${PASSWORD}' }
  api:
    build: { context: ., args: [VERSION] }
    environment: { URL: 'db://\${PASSWORD}@db' }
    depends_on: { db: { condition: service_started, restart: true } }
    scale: \${SCALE:-1}
  sidecar:
    image: sidecar
    network_mode: service:api
    volumes: ['./rules:/rules:ro', './data:/data']
  web:
    profiles: [full]
    configs: [page]
configs:
  page: { file: page.html }
`;

const analyse = (env: string, more: Readonly<Record<string, string>> = {}): StaticProject =>
  analyseProject({
    directory: "/work/shop",
    shell: () => undefined,
    read: lookupIn({ ".env": env, "compose.yaml": compose, ...more }),
  });

const briefly = (impacts: readonly StaticImpact[]) =>
  impacts.map(({ service, action, cause }) => `${service} ${action}: ${cause}`);

describe("what a variable would touch", () => {
  const project = analyse("PASSWORD=old\n");
  const cases: readonly (readonly [keys: readonly string[], impacts: readonly string[]])[] = [
    [["DB_TAG"], ["api restart: depends on db, which is replaced", "db recreate: DB_TAG changes image"]],
    [
      ["PASSWORD"],
      [
        "api recreate: PASSWORD changes environment.URL",
        "db recreate: PASSWORD changes environment.PASSWORD",
      ],
    ],
    [["VERSION"], ["api rebuild: VERSION changes build.args.VERSION"]],
    [
      ["VERSION", "PASSWORD"],
      [
        "api rebuild: VERSION changes build.args.VERSION, PASSWORD changes environment.URL",
        "db recreate: PASSWORD changes environment.PASSWORD",
      ],
    ],
    [["SCALE"], []],
    [["COMPOSE_PROFILES"], ["web recreate: COMPOSE_PROFILES changes project.profiles"]],
    [["NOTHING"], []],
  ];
  for (const [keys, impacts] of cases)
    it(keys.join(" and "), () => {
      const told = briefly(impactOfVariables(project, keys));
      assert.deepEqual(
        told.filter((line) => !line.startsWith("sidecar")),
        impacts,
      );
    });

  it("says by which line a service is drawn along", () => {
    const api = impactOfVariables(project, ["DB_TAG"]).find(({ service }) => service === "api");
    assert.deepEqual(api?.evidence, [
      {
        file: "compose.yaml",
        line: 8,
        text: "depends_on: { db: { condition: service_started, restart: true } }",
      },
    ]);
  });
});

describe("what a file would touch", () => {
  const project = analyse("COMPOSE_PROFILES=full\n");
  it("a restart, a declared reload, or a new container for what was copied into it", () => {
    assert.deepEqual(briefly(impactOfFile(project, "rules/a.yaml")), [
      "sidecar restart: rules/a.yaml changed",
    ]);
    const reloads = new Map([["sidecar", { signal: "SIGHUP" }]]);
    assert.deepEqual(briefly(impactOfFile(project, "rules/a.yaml", reloads)), [
      "sidecar signal: rules/a.yaml changed",
    ]);
    assert.deepEqual(briefly(impactOfFile(project, "page.html")), ["web recreate: page.html changed"]);
  });
  it("nothing where the service writes its own data, or is not run", () => {
    assert.deepEqual(impactOfFile(project, "data/store.db"), []);
    assert.deepEqual(impactOfFile(analyse(""), "page.html"), []);
  });
});

describe("what an edit would touch", () => {
  const entry = (key: string): EditEntry => ({ source: ".env", role: "env", key });
  it("the services whose values come out different, each with its cause and its lines", () => {
    const [before, after] = [analyse("PASSWORD=a\nHOST=x\n"), analyse("PASSWORD=b\nHOST=y\n")];
    const impacts = impactOfEdit(before, after, [entry("PASSWORD"), entry("HOST")]);
    assert.deepEqual(
      briefly(impacts).filter((line) => !line.startsWith("sidecar")),
      [
        "api recreate: PASSWORD changes environment.URL",
        "db recreate: PASSWORD changes environment.PASSWORD",
      ],
    );
    assert.deepEqual(impacts.find(({ service }) => service === "api")?.evidence, [
      { file: "compose.yaml", line: 7, text: "environment: { URL: 'db://${PASSWORD}@db' }" },
    ]);
  });
  it("nothing where an operator hides the difference", () => {
    assert.deepEqual(impactOfEdit(analyse("DB_TAG=1\n"), analyse("DB_TAG=\n"), [entry("DB_TAG")]), []);
  });
  it("services that begin or cease to be run", () => {
    const impacts = impactOfEdit(analyse(""), analyse("COMPOSE_PROFILES=full\n"), [
      entry("COMPOSE_PROFILES"),
    ]);
    assert.deepEqual(briefly(impacts), ["web recreate: COMPOSE_PROFILES changes project.profiles"]);
    assert.deepEqual(impacts[0]?.evidence, [{ file: "compose.yaml", line: 15, text: "profiles: [full]" }]);
  });
  it("services that mount a file of it", () => {
    const same = analyse("");
    const impacts = impactOfEdit(same, same, [{ source: "rules/a.yaml", role: "file" }]);
    // A folder is mounted: without a file system the folder itself stands for its files.
    assert.deepEqual(briefly(impacts), ["sidecar restart: rules/a.yaml changed"]);
  });
});
