import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { composePlugin } from "../../../test/support/compose-cli.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { runCompose } from "./compose-cli.ts";
import { composeProgram, pluginIn, throughDocker } from "./compose-program.ts";

const never = new AbortController().signal;

describe("what is run for `docker compose`", () => {
  it("is the plugin, once docker has said where it is", async function () {
    this.timeout(120_000);
    const environment = { ...process.env };
    const version = () =>
      runCompose({ directory: tmpdir(), environment, files: [] }, ["version", "--short"], never);
    const first = await version();
    await eventually(async () => composeProgram(environment) === throughDocker, false);
    assert.notEqual(composeProgram(environment).command, "docker");
    assert.equal(await version(), first);
  });

  it("is docker again when the plugin has moved", async function () {
    this.timeout(120_000);
    // A shell script is no program there.
    if (process.platform === "win32") this.skip();
    const directory = await realpath(await mkdtemp(join(tmpdir(), "hotenv-program-")));
    try {
      // Where the real plugin lies in the user's folder of Docker, another folder would be without it: docker looks
      // into these first, in this order.
      const folder = join(directory, "first");
      const cliPluginsExtraDirs = [folder, dirname(await composePlugin())];
      await writeFile(join(directory, "config.json"), JSON.stringify({ cliPluginsExtraDirs }));
      const environment = { ...process.env, DOCKER_CONFIG: directory };
      const ask = () => runCompose({ directory, environment, files: [] }, ["version", "--short"], never);
      const real = await ask();
      const plugin = join(folder, "docker-compose");
      await mkdir(folder);
      const metadata = JSON.stringify({ SchemaVersion: "0.1.0", Vendor: "test", Version: "1" });
      // Docker asks a plugin what it is; this one says that it is version 1.
      await writeFile(plugin, `#!/bin/sh\nif [ "$1" = compose ]; then echo 1; else echo '${metadata}'; fi\n`);
      await chmod(plugin, 0o755);
      const other = { ...environment };
      const askOther = () =>
        runCompose({ directory, environment: other, files: [] }, ["version", "--short"], never);
      assert.equal((await askOther()).trim(), "1");
      await eventually(async () => composeProgram(other).command, plugin);
      await rm(plugin);
      assert.equal(await askOther(), real);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  const cases: readonly (readonly [what: string, listed: string, command: string | undefined])[] = [
    ["the plugin's path", '[{"Name":"buildx","Path":"/b"},{"Name":"compose","Path":"/c"}]', "/c"],
    ["none where there is no plugin", '[{"Name":"buildx","Path":"/b"}]', undefined],
    ["none where it does not work", '[{"Name":"compose","Path":"/c","Err":"broken"}]', undefined],
    ["none where docker lists nothing", "null", undefined],
    ["none where another program answers", "podman version 5", undefined],
  ];
  for (const [what, listed, command] of cases)
    it(`reads out of docker's list ${what}`, () => {
      assert.equal(pluginIn(listed)?.command, command);
    });
});
