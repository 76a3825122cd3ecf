/** Variables and commands of local services against what Compose makes of the same service in a Compose file. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { parseSettings } from "../../../core/settings/settings.ts";
import { readSnapshot } from "../../watch/read-snapshot.ts";
import { configOf } from "./config.ts";
import { loadProcessServices } from "./load.ts";

describe("loadProcessServices", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotenv-load-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("fills in what Compose fills in, for the same service in a Compose file", async function () {
    this.timeout(60_000);
    const service = `    command: serve --port \${PORT} --name "\${NAME:-some one}" 'a b' \${EMPTY} $$HOME
    env_file: [one.env, two.env]
    environment:
      PORT:
      NAME: "\${NAME:-nobody}"
      FROM_SHELL: \${SHELL_ONLY}
      TWICE: over
      NUMBER: 7
      YES: "true"
      NOWHERE:
      LITERAL: pa$$word
`;
    const files = {
      "hotenv.yaml": `services:\n  api:\n${service}`,
      "compose.yaml": `services:\n  api:\n    image: none\n${service}`,
      ".env": "PORT=80\nEMPTY=\nSHELL_BEATS=file\nPASS='a$b'\n",
      "one.env":
        "A=1\nB=${A}2\nP=$PORT\nPORT=99\nQ=${PORT}\nTWICE=one\nSHELL_BEATS\nS=${SHELL_BEATS}\nPASS\nNOWHERE=set\n",
      "two.env": "C=${A}3\nTWICE=two\nE='${A}'\n",
    };
    const environment = { SHELL_ONLY: "yes", SHELL_BEATS: "shell" };
    for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
    const { settings } = parseSettings(files["hotenv.yaml"], "hotenv.yaml");
    const snapshot = await readSnapshot(directory, [
      { path: "hotenv.yaml", role: "settings" },
      { path: ".env", role: "env" },
    ]);
    const api = (await loadProcessServices({ directory, environment, settings, snapshot })).get("api");
    assert.ok(api);
    const printed = execFileSync("docker", ["compose", "-p", "hotenvtest", "config", "--format", "json"], {
      cwd: directory,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      encoding: "utf8",
    });
    const theirs = (
      JSON.parse(printed.replaceAll("$$", "$")) as {
        services: { api: { command: string[]; environment: Record<string, string | null> } };
      }
    ).services.api;
    const config = configOf(api);
    assert.deepEqual(config.command, theirs.command);
    // A variable that Compose prints as null is not set in the container.
    const set = Object.fromEntries(Object.entries(theirs.environment).filter(([, value]) => value !== null));
    assert.deepEqual(config.environment, set);
  });
});
