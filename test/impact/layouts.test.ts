/**
 * Ways to lay out a project that random ones do not take: which files count, whose variables they see, what a
 * relative path starts from. Each is read by the static analysis and by Compose; names and values must be the same.
 */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { type ResolvedProject, readResolved } from "../../core/compose/resolved.ts";
import { analyseProject } from "../../core/compose/static.ts";
import { staticModel } from "../../core/compose/static-model.ts";
import { lookupIn } from "../../core/interpolate/fill.ts";
import { compose } from "../support/compose-cli.ts";
import { oracleFolder } from "../support/oracle-folder.ts";

interface Layout {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly shell?: Readonly<Record<string, string>>;
}

const api = (more = "") =>
  `services:\n  api:\n    image: "i:\${A:-none}-\${B:-none}"\n    environment: [A, B]\n${more}`;

const layouts: readonly Layout[] = [
  ...["compose.yml", "docker-compose.yml", "docker-compose.yaml"].map((name) => ({
    title: `the name ${name}`,
    files: { [name]: api(), ".env": "A=1\n" },
  })),
  {
    title: "several names at once",
    files: { "compose.yaml": api(), "docker-compose.yml": "services: { other: { image: x } }\n" },
  },
  {
    title: "an override of another name than its file",
    files: {
      "docker-compose.yaml": api(),
      "docker-compose.override.yml": "services: { api: { environment: { B: over, C: '' } } }\n",
    },
  },
  {
    title: "COMPOSE_FILE in .env, in a folder with a .env of its own",
    files: {
      ".env": "COMPOSE_FILE=sub/one.yaml:two.yaml\nA=outer\n",
      "sub/.env": "A=inner\nB=inner\n",
      "sub/one.yaml": api("    env_file: a.env\n"),
      "sub/a.env": "FROM_FILE=$B\n",
      "two.yaml": "services: { api: { labels: { l: '$B' } } }\n",
    },
  },
  {
    title: "COMPOSE_PATH_SEPARATOR",
    files: {
      ".env": "COMPOSE_FILE=one.yaml|two.yaml\nCOMPOSE_PATH_SEPARATOR=|\n",
      "one.yaml": api(),
      "two.yaml": "services: { api: { image: two } }\n",
    },
  },
  {
    title: "COMPOSE_ENV_FILES in the shell",
    files: { "compose.yaml": api(), ".env": "A=no\n", "one.env": "A=1\nB=$A\n", "two.env": "A=2\n" },
    shell: { COMPOSE_ENV_FILES: "one.env,two.env" },
  },
  {
    title: "COMPOSE_DISABLE_ENV_FILE in the shell",
    files: { "compose.yaml": api(), ".env": "A=no\n" },
    shell: { COMPOSE_DISABLE_ENV_FILE: "1" },
  },
  {
    title: "keys in .env that only the shell may set",
    files: {
      "compose.yaml": api(),
      ".env": "A=1\nCOMPOSE_DISABLE_ENV_FILE=1\nCOMPOSE_ENV_FILES=one.env\n",
      "one.env": "A=2\n",
    },
  },
  {
    title: "an include within an include, each with its own .env",
    files: {
      ".env": "A=1\n",
      "compose.yaml": "include: [one/compose.yaml]\n",
      "one/.env": "A=one\nB=one-$A\n",
      "one/compose.yaml": `include: [two/compose.yaml]\n${api().replace("api:", "outer:")}`,
      "one/two/.env": "A=two\nB=two\nC=$B\n",
      "one/two/compose.yaml": `${api('    labels: { c: "$C" }\n    env_file: x.env\n')}`,
      "one/two/x.env": "X=1\nY=$A\n",
    },
  },
  {
    title: "an include with a project directory and several env files",
    files: {
      ".env": "A=1\n",
      "compose.yaml":
        "include:\n  - path: [parts/one.yaml, parts/two.yaml]\n    project_directory: base\n    env_file: [x.env, y.env]\n",
      "parts/one.yaml": api("    env_file: a.env\n"),
      "parts/two.yaml": "services: { api: { environment: { C: '$C' } } }\n",
      "base/a.env": "FROM_BASE=1\n",
      "x.env": "B=x\nC=x\n",
      "y.env": "C=y-$B\n",
    },
  },
  {
    title: "a name from a variable, cleaned",
    files: {
      ".env": "A=Shop!One\n",
      "compose.yaml": `name: "x-\${A}"\n${api('    labels: { n: "$COMPOSE_PROJECT_NAME" }\n')}`,
    },
  },
  {
    title: "COMPOSE_PROJECT_NAME over the name that is written",
    files: { ".env": "COMPOSE_PROJECT_NAME=given\n", "compose.yaml": `name: written\n${api()}` },
  },
  {
    title: "extends through three files in three folders",
    files: {
      ".env": "A=1\nB=2\n",
      "compose.yaml": "services: { api: { extends: { file: one/o.yaml, service: o } } }\n",
      "one/o.yaml": "services: { o: { extends: { file: ../two/t.yaml, service: t }, env_file: o.env } }\n",
      "one/o.env": "ORDER=one\nONE=$A\n",
      "two/t.yaml": api("    env_file: t.env\n").replace("api:", "t:"),
      "two/t.env": "ORDER=two\nTWO=$B\n",
    },
  },
  {
    title: "merges of merges, lists and maps, two documents in one file",
    files: {
      ".env": "A=1\nB=2\n",
      "compose.yaml": [
        "x-one: &one { O: '$A', P: one }",
        "x-two: &two { <<: *one, P: two, Q: '$B' }",
        "services:",
        "  api:",
        "    image: x",
        "    environment: { <<: [*two, { R: r, Q: late }], Z: 1.50, T: true }",
        "---",
        "services:",
        "  api:",
        "    environment: ['Z=$A', B]",
        "",
      ].join("\n"),
    },
  },
];

describe("the static analysis and Compose read the same in", () => {
  for (const { title, files, shell = {} } of layouts)
    it(title, async () => {
      await using folder = await oracleFolder();
      const { directory } = folder;
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(directory, path)), { recursive: true });
        await writeFile(join(directory, path), text);
      }
      const { ok, stdout, stderr } = await compose(["config", "--format", "json"], {
        cwd: directory,
        environment: shell,
      });
      assert.ok(ok, stderr);
      const resolved = readResolved(JSON.parse(stdout), new Map(), (path) => path, lookupIn(shell));
      const project = analyseProject({ directory, shell: lookupIn(shell), read: lookupIn(files) });
      assert.equal(project.name, resolved.name);
      assert.deepEqual(valuesOf(staticModel(project)), valuesOf(resolved.services));
    });
});

/** The values that are spelled alike on both sides. */
function valuesOf(services: ResolvedProject["services"]) {
  return Object.fromEntries(
    [...services]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { config }]) => [
        name,
        { image: config.image, environment: config.environment ?? {}, labels: config.labels ?? {} },
      ]),
  );
}
