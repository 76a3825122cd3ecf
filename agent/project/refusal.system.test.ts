/** What a refused project is told with, whichever Compose refuses it. */
import assert from "node:assert/strict";
import { access, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { describeError, HotenvError } from "../../core/protocol/errors.ts";
import { composePlugin } from "../../test/support/compose-cli.ts";
import { engines } from "../../test/support/engines.ts";
import { readProject } from "./reading.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

const api = "services:\n  api:\n    image: x\n";
const bytes = (text: string) => Buffer.from(text, "latin1");

const env = (text: string): Files => ({ ".env": text, "compose.yaml": api });
const compose = (text: string, more: Files = {}): Files => ({ "compose.yaml": text, ...more });

const faults: readonly (readonly [what: string, files: Files, where: string, message: RegExp])[] = [
  ["a space in a key", env("A=1\nB C=sekret\n"), "env-invalid .env:2:1", /space in it/],
  ["a character in a key", env("A=1\nB!C=sekret\n"), "env-invalid .env:2:2", /`!` may not stand/],
  ["an open quote", env('A=1\nB="sekret\nC=sekret2\n'), "env-invalid .env:2:3", /never closed/],
  ["an open single quote", env("A=1\nB='sekret\nC=2\n"), "env-invalid .env:2:3", /never closed/],
  ["a broken reference", env("A=1\nB=${sekret\n"), "env-invalid .env:2:3", /never closed/],
  ["a required variable of a value", env("A=1\nB=${X:?set it}\n"), "env-invalid .env:2:3", /`X` is required/],
  [
    "an open quote in an env_file",
    compose(`${api}    env_file: [app.env]\n`, { "app.env": 'A=1\nB="sekret\n' }),
    "env-invalid app.env:2:3",
    /never closed/,
  ],
  [
    "a bad key in an env_file",
    compose(`${api}    env_file: app.env\n`, { "app.env": "A=1\nB C=sekret\n", ".env": "Z=1\n" }),
    "env-invalid app.env:2:1",
    /space in it/,
  ],
  ["bad indentation", compose(`${api}   ports: []\n`), "compose-invalid compose.yaml:4:1", /same column/],
  ["a tab", compose("services:\n  api:\n\timage: x\n"), "compose-invalid compose.yaml:3:1", /Tabs/],
  ["an open quote in YAML", compose(`${api}    user: "x\n`), "compose-invalid compose.yaml:5:1", /closing/],
  ["a key twice", compose(`${api}    image: y\n`), "compose-invalid compose.yaml:4:5", /unique/],
  [
    "an override that is broken",
    compose(api, { "compose.override.yaml": "services:\n  api:\n    user: x\n   foo: 1\n" }),
    "compose-invalid compose.override.yaml:4:1",
    /same column/,
  ],
  [
    "an alias of nothing",
    compose("services:\n  api:\n    image: *z\n"),
    "compose-invalid compose.yaml:3:12",
    /anchor/,
  ],
  [
    "what is not UTF-8",
    { "compose.yaml": bytes(`${api}    user: "\xff"\n`) },
    "compose-invalid compose.yaml:4:1",
    /UTF-8/,
  ],
  ["nothing", compose(""), "compose-invalid compose.yaml:1:1", /empty/],
  ["a list", compose("- a\n"), "compose-invalid compose.yaml:1:1", /mapping/],
  ["services that are a list", compose("services: [a]\n"), "compose-invalid compose.yaml:1:1", /services/],
  ["an unknown key", compose(`${api}    foo: 1\n`), "compose-invalid compose.yaml:4:5", /foo/],
  ["an unknown key at the top", compose(`${api}foo: 1\n`), "compose-invalid compose.yaml:4:1", /foo/],
  [
    "a number for a list",
    compose(`${api}    ports: 5\n`),
    "compose-invalid compose.yaml:4:5",
    /ports must be/,
  ],
  [
    "a list for a switch",
    compose(`${api}    privileged: [a]\n`),
    "compose-invalid compose.yaml:4:5",
    /privileged/,
  ],
  ["no duration", compose(`${api}    stop_grace_period: abc\n`), "compose-invalid compose.yaml:4:5", /grace/],
  [
    "a required variable",
    compose(`${api}    environment:\n      X: \${X:?set it}\n`),
    "compose-invalid compose.yaml:5:10",
    /`X` is required here/,
  ],
  [
    "a reference that ends nowhere",
    compose(`${api}    environment:\n      X: \${X-\n`),
    "compose-invalid compose.yaml:5:10",
    /cannot read this reference/,
  ],
  [
    "an env_file that is not there",
    compose(`${api}    env_file:\n      - path: maybe.env\n        required: false\n      - gone.env\n`),
    "compose-invalid compose.yaml:7:9",
    /no file gone\.env/,
  ],
  [
    "an include that is not there",
    compose(`include: [gone.yaml]\n${api}`),
    "compose-invalid compose.yaml:1:11",
    /gone/,
  ],
  [
    "a base that is not there",
    compose(`${api}    extends: { file: gone.yaml, service: z }\n`),
    "compose-invalid compose.yaml:4:22",
    /no file gone\.yaml/,
  ],
  [
    "an include that is broken",
    compose(`include: [inc.yaml]\n${api}`, { "inc.yaml": "services:\n  b:\n    image: x\n   foo: 1\n" }),
    "compose-invalid inc.yaml:4:1",
    /same column/,
  ],
  [
    "an unknown dependency",
    compose(`${api}    depends_on: [db]\n`),
    "compose-invalid compose.yaml:4:18",
    /depends on db/,
  ],
  [
    "a circle",
    compose(`${api}    depends_on:\n      - b\n  b: { image: x, depends_on: [api] }\n`),
    "compose-invalid compose.yaml:5:9",
    /circle: api -> b -> api/,
  ],
  [
    "an unknown network",
    compose(`${api}    networks: [n]\n`),
    "compose-invalid compose.yaml:4:16",
    /n of networks/,
  ],
  [
    "an unknown secret",
    compose(`${api}    secrets: [s]\n`),
    "compose-invalid compose.yaml:4:15",
    /s of secrets/,
  ],
  [
    "no image",
    compose("services:\n  api:\n    user: x\n"),
    "compose-invalid compose.yaml:2:3",
    /neither an image/,
  ],
  [
    "a base that has no such service",
    compose(`${api}    extends: { service: z }\n`),
    "compose-invalid compose.yaml:2:3",
    /z/,
  ],
  [
    "a secret in the wrong place",
    {
      ".env": "API_PASSWORD=sekretword\n",
      "compose.yaml": `${api}    stop_grace_period: \${API_PASSWORD}\n`,
    },
    "compose-invalid compose.yaml:4:5",
    /grace/,
  ],
  [
    "a fault beside what some Compose would not mind",
    { ".env": "A=1\nB", "compose.yaml": `${api}    foo: 1\n` },
    // The older one does mind, and says so first.
    "compose-invalid compose.yaml:4:5 or env-invalid .env:2:1",
    /foo|`B` at the very end/,
  ],
];

const composes: Readonly<Record<string, () => Promise<string>>> = {
  "the Compose of this machine": composePlugin,
  "Compose 2.40": () => pluginOf("docker28"),
  "Compose 5": () => pluginOf("compose5"),
};

async function pluginOf(name: "docker28" | "compose5"): Promise<string> {
  const path = join(engines[name].environment.DOCKER_CONFIG ?? "", "cli-plugins/docker-compose");
  await access(path);
  return path;
}

for (const [who, find] of Object.entries(composes))
  describe(`A project that ${who} refuses (skipped where test/provision.sh has not brought that)`, function () {
    this.timeout(60_000);
    let home = "";
    before(async function () {
      const plugin = await find().catch(() => undefined);
      // A symbolic link takes a right of its own there.
      if (plugin === undefined || process.platform === "win32") return this.skip();
      home = await realpath(await mkdtemp(join(tmpdir(), "hotenv-refusal-")));
      await mkdir(join(home, "bin"));
      await symlink(plugin, join(home, "bin/docker-compose"));
    });
    after(() => (home === "" ? undefined : rm(home, { recursive: true, force: true })));

    for (const [what, files, where, message] of faults)
      it(`for ${what} is told where and why`, async () => {
        const directory = await mkdtemp(join(home, "project-"));
        for (const [path, content] of Object.entries(files)) await writeFile(join(directory, path), content);
        const environment = { PATH: join(home, "bin"), HOME: home };
        const error = await readProject(directory, environment, new AbortController().signal).then(
          () => assert.fail("It was accepted."),
          (known: unknown) => known,
        );
        assert(error instanceof HotenvError, String(error));
        const { file, line, column } = error.location ?? {};
        const told = `${error.code} ${file}:${line}:${column}`;
        assert(where.split(" or ").includes(told), `${told}: ${error.message}`);
        assert.match(error.message, message);
        assert.doesNotMatch(describeError(error), /sekret|hotenv-refusal/);
      });
  });
