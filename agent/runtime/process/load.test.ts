import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { ServiceModel } from "../../../core/compose/model.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { parseSettings } from "../../../core/settings/settings.ts";
import { readSnapshot } from "../../watch/read-snapshot.ts";
import { type LoadRequest, loadProcessServices, localEnvFiles } from "./load.ts";
import { splitWords } from "./shell-words.ts";

describe("loadProcessServices", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotenv-load-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function requestFor(
    files: Record<string, string>,
    environment: Record<string, string> = {},
  ): Promise<LoadRequest> {
    for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
    const { settings, problems } = parseSettings(files["hotenv.yaml"] ?? "", "hotenv.yaml");
    assert.deepEqual(problems, []);
    const snapshot = await readSnapshot(directory, [
      { path: "hotenv.yaml", role: "settings" },
      { path: ".env", role: "env" },
    ]);
    return { directory, environment, settings, snapshot };
  }
  const load = async (
    files: Record<string, string>,
    environment?: Record<string, string>,
  ): Promise<Map<string, ServiceModel>> => loadProcessServices(await requestFor(files, environment));

  it("makes equal models of equal values, and other ones of others", async () => {
    const files = (value: string) => ({
      "hotenv.yaml": "services:\n  a: { command: x, environment: { V: $V } }\n  b: { command: y }\n",
      ".env": `V=${value}\n`,
    });
    const [one, same, other] = [
      await load(files("1")),
      await load(files("1 # note")),
      await load(files("2")),
    ];
    assert.deepEqual(one, same);
    assert.deepEqual(one.get("b"), other.get("b"));
    assert.notDeepEqual(one.get("a"), other.get("a"));
  });

  it("knows which files local services take variables from", async () => {
    const request = await requestFor({
      "hotenv.yaml":
        "services:\n  a: { command: x, env_file: [.env, '${STAGE}.env'] }\n  b: { command: y, env_file: { path: ./sub/../c.env, required: false } }\n",
      ".env": "STAGE=dev\n",
    });
    assert.deepEqual(localEnvFiles(request), [
      { path: ".env", role: "env" },
      { path: "c.env", role: "env" },
      { path: "dev.env", role: "env" },
    ]);
  });

  it("leaves out a check that is switched off, and marks what others wait for to complete", async () => {
    const models = await load({
      "hotenv.yaml": `services:
  migrate: { command: x, healthcheck: { disable: true } }
  api:
    command: y
    depends_on: { migrate: { condition: service_completed_successfully } }
    healthcheck: { test: [NONE] }
`,
    });
    assert.equal(models.get("migrate")?.config.completes, true);
    assert.equal(models.get("api")?.config.completes, false);
    assert.equal(models.get("migrate")?.config.healthcheck, null);
    assert.equal(models.get("api")?.config.healthcheck, null);
    assert.deepEqual(models.get("api")?.dependsOn, [
      { service: "migrate", condition: "service_completed_successfully", restart: false },
    ]);
  });

  const failures: readonly (readonly [
    name: string,
    files: Record<string, string>,
    code: string,
    place: string,
    message: RegExp,
  ])[] = [
    [
      "a reference that is none",
      { "hotenv.yaml": "services:\n  a:\n    command: x\n    environment: { V: '${1}' }\n" },
      "settings-invalid",
      "hotenv.yaml:4:23",
      /^services\.a\.environment\.V has a \$\{ that is no reference\.$/,
    ],
    [
      "a required variable that is missing",
      { "hotenv.yaml": "services:\n  a:\n    command: x ${PORT:?set a port}\n" },
      "settings-invalid",
      "hotenv.yaml:3:14",
      /^services\.a\.command needs the variable PORT: set a port\.$/,
    ],
    [
      "an open quote",
      { "hotenv.yaml": "services:\n  a:\n    command: x 'y\n" },
      "settings-invalid",
      "hotenv.yaml:3:14",
      /never closed/,
    ],
    [
      "a command that comes out empty",
      { "hotenv.yaml": "services:\n  a:\n    command: ${NOTHING}\n" },
      "settings-invalid",
      "hotenv.yaml:3:14",
      /^services\.a\.command is empty\.$/,
    ],
    [
      "a missing env file",
      { "hotenv.yaml": "services:\n  a:\n    command: x\n    env_file: [.env, gone.env]\n", ".env": "" },
      "settings-invalid",
      "hotenv.yaml:4:22",
      /names gone\.env, which does not exist\.$/,
    ],
    [
      "an unknown signal",
      { "hotenv.yaml": "services:\n  a:\n    command: x\n    stop_signal: SIGWHAT\n" },
      "settings-invalid",
      "hotenv.yaml:4:18",
      /names SIGWHAT, which is no signal/,
    ],
    [
      "an env file that Compose would refuse",
      { "hotenv.yaml": "services:\n  a: { command: x }\n", ".env": 'A=1\nB="open\n' },
      "env-invalid",
      ".env:2:3",
      /./,
    ],
  ];
  for (const [name, files, code, place, message] of failures)
    it(`names file and line of ${name}`, async () => {
      await assert.rejects(load(files), (error: unknown) => {
        assert.ok(error instanceof HotenvError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        const { file, line, column } = error.location ?? {};
        assert.equal(`${file}:${line}:${column}`, place);
        return true;
      });
    });
});

describe("splitWords", () => {
  const cases: readonly (readonly [line: string, words: readonly string[] | undefined])[] = [
    ["node server.js", ["node", "server.js"]],
    ["  a\t b \n", ["a", "b"]],
    ["", []],
    ["a 'b c' \"d e\"", ["a", "b c", "d e"]],
    ["a''b \"\"", ["ab", ""]],
    ['a\\ b \'c\\d\' "e\\"f"', ["a b", "c\\d", 'e"f']],
    ["x=1|y", ["x=1|y"]],
    ["'open", undefined],
    ["open\\", undefined],
  ];
  for (const [line, words] of cases)
    it(`splits ${JSON.stringify(line)}`, () => {
      assert.deepEqual(splitWords(line), words);
    });
});
