import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { lookupIn } from "../interpolate/fill.ts";
import { compareModels } from "./compare.ts";
import { analyseProject, type StaticInput, type StaticProject } from "./static.ts";
import { staticModel } from "./static-model.ts";
import { servicesOfVariable, usesOfFile, usesOfVariable } from "./uses.ts";

type Texts = Readonly<Record<string, string>>;

function analyse(texts: Texts, more: Partial<StaticInput> = {}): StaticProject {
  return analyseProject({ directory: "/work/shop", shell: () => undefined, read: lookupIn(texts), ...more });
}

const lines = (...text: string[]) => `${text.join("\n")}\n`;

/** `service path file:line text` of every use. */
function told(project: StaticProject, key: string, file?: string): string[] {
  return usesOfVariable(project, key, file).flatMap(({ service, paths, evidence }) =>
    evidence.map(({ file: at, line, text }) => `${service} ${paths.join(" ")} ${at}:${line} ${text}`),
  );
}

describe("where a variable reaches a service", () => {
  const ways: readonly (readonly [title: string, texts: Texts, uses: readonly string[]])[] = [
    [
      "a reference in any value",
      {
        "compose.yaml": lines(
          "services:",
          "  api:",
          "    image: x",
          "    command: [run, --port, '${KEY:-80}']",
        ),
      },
      ["api command compose.yaml:4 command: [run, --port, '${KEY:-80}']"],
    ],
    [
      "a reference in an operator's argument, in a folded text",
      { "compose.yaml": lines("services:", "  api:", "    command: >", "      run", "      ${A:-$KEY} on") },
      ["api command compose.yaml:5 ${A:-$KEY} on"],
    ],
    [
      "a network that it uses, the default one too",
      {
        "compose.yaml": lines(
          "services: { a: { image: x }, b: { networks: [n] }, c: { network_mode: host } }",
          "networks:",
          "  default: { driver_opts: { o: $KEY } }",
          "  n: { name: '$KEY' }",
        ),
      },
      [
        "a resources.networks.default.driver_opts.o compose.yaml:3 default: { driver_opts: { o: $KEY } }",
        "b resources.networks.n.name compose.yaml:4 n: { name: '$KEY' }",
      ],
    ],
    [
      "a volume that it mounts, short or long",
      {
        "compose.yaml": lines(
          "services: { a: { volumes: ['data:/d'] }, b: { volumes: [{ type: volume, source: data, target: /d }] }, c: { volumes: ['./data:/d'] } }",
          "volumes: { data: { name: '$KEY' } }",
        ),
      },
      ["a", "b"].map(
        (name) => `${name} resources.volumes.data.name compose.yaml:2 volumes: { data: { name: '$KEY' } }`,
      ),
    ],
    [
      "a config's content, and a secret that is used while building",
      {
        "compose.yaml": lines(
          "services: { a: { configs: [c] }, b: { build: { context: ., secrets: [s] } } }",
          "configs: { c: { content: 'x $KEY' } }",
          "secrets: { s: { environment: KEY } }",
        ),
      },
      [
        "a resources.configs.c.content compose.yaml:2 configs: { c: { content: 'x $KEY' } }",
        "b resources.secrets.s.environment compose.yaml:3 secrets: { s: { environment: KEY } }",
      ],
    ],
    [
      "a name alone, in a list, with a blank value in a map, among build arguments",
      {
        "compose.yaml": lines(
          "services:",
          "  a: { environment: [KEY] }",
          "  b: { environment: { KEY: } }",
          "  c: { build: { args: [KEY] } }",
          "  d: { environment: { KEY: own } }",
        ),
      },
      [
        "a environment.KEY compose.yaml:2 a: { environment: [KEY] }",
        "b environment.KEY compose.yaml:3 b: { environment: { KEY: } }",
        "c build.args.KEY compose.yaml:4 c: { build: { args: [KEY] } }",
      ],
    ],
    [
      "a reference and a bare key in an env_file, whose other values stay hidden",
      {
        "compose.yaml": lines("services:", "  api: { env_file: [one.env, two.env] }"),
        "one.env": lines("URL=postgres://user:secret@${KEY:-localhost}/db"),
        "two.env": lines("# note", "KEY", "OTHER=x"),
      },
      [
        "api environment.KEY environment.URL one.env:1 URL=…${KEY}",
        "api environment.KEY environment.URL two.env:2 KEY",
      ],
    ],
    [
      "a key of an env_file, and what is made of it there",
      {
        "compose.yaml": lines(
          "services:",
          "  api: { env_file: one.env, environment: { KEY: fixed } }",
          "  web: { env_file: one.env }",
        ),
        "one.env": lines("KEY=1", "URL=http://$KEY"),
      },
      [
        "api environment.URL one.env:2 URL=…${KEY}",
        "api environment.URL one.env:1 KEY=…",
        "web environment.KEY environment.URL one.env:1 KEY=…",
        "web environment.KEY environment.URL one.env:2 URL=…${KEY}",
      ],
    ],
    [
      "a key of a label_file",
      { "compose.yaml": lines("services:", "  api: { label_file: l.env }"), "l.env": "KEY=1\n" },
      ["api labels.KEY l.env:1 KEY=…"],
    ],
    [
      "another variable of .env, and only by the lines that lead there",
      {
        ".env": lines("KEY=1", "HOST=${KEY}.local", "URL=http://$HOST", "UNUSED=$KEY"),
        "compose.yaml": lines("services:", "  api: { image: '$URL' }"),
      },
      [
        "api image .env:2 HOST=…${KEY}",
        "api image .env:3 URL=…${HOST}",
        "api image compose.yaml:2 api: { image: '$URL' }",
      ],
    ],
    [
      "what it extends, in the same file and in others",
      {
        "compose.yaml": lines(
          "services:",
          "  api: { extends: { file: base/b.yaml, service: one } }",
          "  web: { extends: api }",
        ),
        "base/b.yaml": lines("services:", "  one: { extends: two }", "  two: { labels: { l: '$KEY' } }"),
      },
      ["api", "web"].map((name) => `${name} labels.l base/b.yaml:3 two: { labels: { l: '$KEY' } }`),
    ],
    [
      "an included project, whose own .env passes it on",
      {
        "compose.yaml": lines("include: [sub/compose.yaml]"),
        "sub/compose.yaml": lines("services:", "  api: { image: '$TAG' }"),
        "sub/.env": "TAG=${KEY}-1\n",
      },
      ["api image sub/.env:1 TAG=…${KEY}", "api image sub/compose.yaml:2 api: { image: '$TAG' }"],
    ],
    [
      "an anchor and a merge",
      {
        "compose.yaml": lines(
          "x-env: &env { A: '$KEY', B: '$KEY' }",
          "services:",
          "  api: { environment: { <<: *env, B: own } }",
          "  web: { environment: *env }",
        ),
      },
      [
        "api environment.A compose.yaml:1 x-env: &env { A: '$KEY', B: '$KEY' }",
        "web environment.A environment.B compose.yaml:1 x-env: &env { A: '$KEY', B: '$KEY' }",
      ],
    ],
    [
      "the project's name",
      { "compose.yaml": lines("name: shop-$KEY", "services: { api: { image: x } }") },
      ["api project.name compose.yaml:1 name: shop-$KEY"],
    ],
    [
      "nothing: a key, an extension, an escape, a comment, a value that an override replaces",
      {
        "compose.yaml": lines(
          "x-note: $KEY",
          "services: # $KEY",
          "  api: { x-note: $KEY, labels: { $KEY: '$$KEY' }, command: '$KEY' }",
        ),
        "compose.override.yaml": lines("services: { api: { command: [run] } }"),
      },
      [],
    ],
  ];
  for (const [title, texts, uses] of ways)
    it(title, () => {
      assert.deepEqual(told(analyse(texts), "KEY"), uses);
    });

  it("keeps apart a variable of the project and a key of an env_file", () => {
    const project = analyse({
      ".env": "KEY=1\n",
      "compose.yaml": lines("services:", "  a: { env_file: a.env }", "  b: { image: '$KEY' }"),
      "a.env": "KEY=2\n",
    });
    assert.deepEqual(servicesOfVariable(project, "KEY", "a.env"), ["a"]);
    assert.deepEqual(servicesOfVariable(project, "KEY", ".env"), ["b"]);
    assert.deepEqual(servicesOfVariable(project, "KEY"), ["a", "b"]);
  });

  it("takes a file for both where it is the project's .env and a service's env_file", () => {
    const project = analyse({
      ".env": "KEY=1\n",
      "compose.yaml": lines("services:", "  a: { env_file: .env }", "  b: { image: '$KEY' }"),
    });
    assert.deepEqual(servicesOfVariable(project, "KEY", ".env"), ["a", "b"]);
  });

  it("knows the keys that Compose itself reads", () => {
    const project = analyse({
      ".env": lines("COMPOSE_PROJECT_NAME=shop", "COMPOSE_PROFILES=on", "COMPOSE_FILE=one.yaml:two.yaml"),
      "one.yaml": lines("services:", "  a: { image: x }", "  b: { profiles: [off] }"),
      "two.yaml": lines("services:", "  c: { profiles: [on] }"),
    });
    assert.equal(project.name, "shop");
    assert.deepEqual(servicesOfVariable(project, "COMPOSE_PROJECT_NAME"), ["a", "b", "c"]);
    assert.deepEqual(servicesOfVariable(project, "COMPOSE_FILE"), ["a", "b", "c"]);
    assert.deepEqual(told(project, "COMPOSE_PROFILES"), [
      "b project.profiles one.yaml:3 b: { profiles: [off] }",
      "c project.profiles two.yaml:2 c: { profiles: [on] }",
    ]);
    assert.deepEqual([...staticModel(project).keys()], ["a", "c"]);
  });

  it("knows the local services of hotenv.yaml", () => {
    const project = analyse(
      {
        "hotenv.yaml": lines(
          "services:",
          "  api: { command: 'node api.js $KEY', env_file: [api.env] }",
          "  web: { reload: { http: { url: '$KEY' } } }",
        ),
        "api.env": "OTHER=$KEY\n",
      },
      { settingsFile: "hotenv.yaml" },
    );
    assert.deepEqual(told(project, "KEY"), [
      "api command environment.OTHER hotenv.yaml:2 api: { command: 'node api.js $KEY', env_file: [api.env] }",
      "api command environment.OTHER api.env:1 OTHER=…${KEY}",
    ]);
  });

  it("gives an answer for whatever stands in the files", () => {
    for (const text of [
      "",
      "services",
      "services: [",
      "services: { a: b, c: [d] }",
      "a: &a [*a]\nservices: *a",
      "- 1",
      "services: { a: { extends: a } }",
      "include: compose.yaml",
      "include: [compose.yaml]",
      "services: { a: { extends: { file: compose.yaml, service: a } } }",
    ])
      assert.deepEqual(told(analyse({ "compose.yaml": text, ".env": "KEY=${" }), "KEY"), [], text);
  });

  it("is not led on by aliases that multiply each other", () => {
    const bomb = ["x-a: &a [x, x, x, x, x, x, x, x, x, x]"];
    for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg", "gh"])
      bomb.push(`x-${to}: &${to} [${`*${from},`.repeat(10)}]`);
    const project = analyse({
      "compose.yaml": lines(...bomb, "services: { api: { command: *h, image: '$KEY' } }"),
    });
    assert.deepEqual(servicesOfVariable(project, "KEY"), ["api"]);
  });
});

describe("which services read a file", () => {
  const project = analyse({
    "compose.yaml": lines(
      "services:",
      "  api:",
      "    env_file: [api.env]",
      "    volumes: ['./rules:/rules:ro', './one.conf:/etc/one.conf', '/etc/hosts:/hosts']",
      "    configs: [c]",
      "  web:",
      "    build: { context: ./web, dockerfile: web.Dockerfile }",
      "    label_file: labels.env",
      "    secrets: [{ source: s }]",
      "configs: { c: { file: './${DIR:-conf}/c.conf' } }",
      "secrets: { s: { file: s.txt } }",
    ),
  });
  const cases: readonly (readonly [path: string, uses: readonly string[]])[] = [
    ["api.env", ["api env-file 3"]],
    ["rules/deep/a.yaml", ["api bind 4"]],
    ["one.conf", ["api bind 4"]],
    ["/etc/hosts", ["api bind 4"]],
    ["conf/c.conf", ["api config 10"]],
    ["web/src/index.ts", ["web build 7"]],
    ["web/web.Dockerfile", ["web build 7", "web build 7"]],
    ["labels.env", ["web label-file 8"]],
    ["s.txt", ["web secret 11"]],
    ["rules.md", []],
    ["one.conf.bak", []],
  ];
  for (const [path, uses] of cases)
    it(path, () => {
      assert.deepEqual(
        usesOfFile(project, path).map(({ service, via, evidence }) => `${service} ${via} ${evidence.line}`),
        uses,
      );
    });
});

describe("what an edit changes", () => {
  const files = {
    ".env": lines("A=1", "B=2"),
    "compose.yaml": lines(
      "services:",
      "  a: { image: 'x:$A' }",
      "  b: { env_file: [b.env] }",
      "  c: { environment: [B], labels: { l: '${A:+set}' } }",
    ),
    "b.env": "FROM_B=$B\n",
  };
  const changed = (edit: Texts) =>
    compareModels(staticModel(analyse(files)), staticModel(analyse({ ...files, ...edit }))).map(
      ({ service, paths }) => `${service} ${paths.join(" ")}`,
    );

  it("is seen by the values that come out", () => {
    assert.deepEqual(changed({ ".env": lines("A=9", "B=2") }), ["a image"]);
    assert.deepEqual(changed({ ".env": lines("A=1", "B=9") }), ["b environment.FROM_B", "c environment.B"]);
    assert.deepEqual(changed({ "b.env": "FROM_B=$B\nMORE=1\n" }), ["b environment.MORE"]);
  });

  it("is nothing where the values stay: comments, order, quotes, what the shell overrules", () => {
    assert.deepEqual(changed({ ".env": lines("# note", "B='2'", "", 'A="1"') }), []);
    const shell = lookupIn({ A: "0" });
    const [before, after] = ["A=1", "A=2"].map((text) =>
      staticModel(analyse({ ...files, ".env": text }, { shell })),
    );
    assert.ok(before !== undefined && after !== undefined);
    assert.deepEqual(compareModels(before, after), []);
  });

  it("reads a text again only when it has changed", () => {
    const cache = new Map();
    analyse(files, { cache });
    const first = cache.get("compose.yaml");
    analyse(files, { cache });
    assert.equal(cache.get("compose.yaml"), first);
    const project = analyse({ ...files, "compose.yaml": "services: { z: { image: '$A' } }" }, { cache });
    assert.deepEqual(servicesOfVariable(project, "A"), ["z"]);
  });
});
