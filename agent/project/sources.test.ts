import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { analyseDisk } from "./analyse.ts";
import { findSources, sourcePath } from "./sources.ts";

const api = "services: { api: { image: x, env_file: api.env } }\n";

const cases: readonly {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly shell?: Readonly<Record<string, string>>;
  readonly compose: readonly string[];
  readonly env: readonly string[];
}[] = [
  {
    what: "a compose file and its override",
    files: { "compose.yaml": api, "compose.override.yml": "services: {}\n" },
    compose: ["compose.yaml", "compose.override.yml"],
    env: [".env", "api.env"],
  },
  {
    what: "a COMPOSE_FILE in a folder: its paths start there, and the .env there counts, too",
    files: {
      ".env": "COMPOSE_FILE=deploy/base.yaml:deploy/more.yaml\n",
      "deploy/base.yaml": api,
      "deploy/more.yaml": api,
    },
    compose: ["deploy/base.yaml", "deploy/more.yaml"],
    env: [".env", "deploy/.env", "deploy/api.env"],
  },
  {
    what: "a second file in another folder: its paths start at the first one's",
    files: {
      ".env": "COMPOSE_FILE=one/a.yaml:two/b.yaml\n",
      "one/a.yaml": "services: {}\n",
      "two/b.yaml": api,
    },
    compose: ["one/a.yaml", "two/b.yaml"],
    env: [".env", "one/.env", "one/api.env"],
  },
  {
    what: "several env files, of which an earlier one has the say in a later one",
    files: { "a.env": "NAME=first\n", "b.env": "NAME=second\nCOMPOSE_FILE=$NAME.yaml\n", "first.yaml": api },
    shell: { COMPOSE_ENV_FILES: "a.env,b.env" },
    compose: ["first.yaml"],
    env: ["a.env", "b.env", "api.env"],
  },
];

describe("the sources of a project", () => {
  for (const { what, files, shell = {}, compose, env } of cases)
    it(`are found for ${what}`, async () => {
      const directory = await realpath(await mkdtemp(join(tmpdir(), "hotenv-sources-")));
      try {
        for (const [name, text] of Object.entries(files)) {
          await mkdir(dirname(join(directory, name)), { recursive: true });
          await writeFile(join(directory, name), text);
        }
        const found = await findSources(directory, shell);
        const ofRole = (wanted: string) =>
          found.sources.filter(({ role }) => role === wanted).map(({ path }) => path);
        assert.deepEqual(
          found.composeFiles.map((path) => sourcePath(directory, path)),
          compose,
        );
        assert.deepEqual(ofRole("compose"), [...compose].sort());
        assert.deepEqual(ofRole("env"), [...env].sort());
        // The editor's side says the same of the same files.
        const project = analyseDisk(directory, shell);
        assert.deepEqual([...project.composeFiles].sort(), [...compose].sort());
        const used = [...project.services.values()].flatMap((service) =>
          service.files.map(({ path }) => path),
        );
        assert.deepEqual([...new Set([...project.envFiles, ...used])].sort(), [...env].sort());
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });
});
