import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { eventually } from "../../../test/support/eventually.ts";
import { composeProgram, pluginIn } from "./compose-program.ts";
import { resolveCompose } from "./resolve.ts";

describe("resolving a Compose project", () => {
  it("asks for hashes only where it cannot be sure of them, and gives those that Compose gives", async function () {
    this.timeout(120_000);
    if (process.platform === "win32") this.skip();
    const directory = await realpath(await mkdtemp(join(tmpdir(), "hotenv-resolve-")));
    try {
      const calls = join(directory, "calls");
      const docker = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();
      const { command: plugin } = pluginIn(
        execFileSync(docker, ["info", "--format", "{{json .ClientInfo.Plugins}}"], { encoding: "utf8" }),
      ) ?? { command: "" };
      // The real one, which notes that it was called.
      const config = join(directory, "config");
      await mkdir(join(config, "cli-plugins"), { recursive: true });
      const noting = join(config, "cli-plugins", "docker-compose");
      const note = (remark: string) =>
        writeFile(noting, `#!/bin/sh\n# ${remark}\necho "$*" >> '${calls}'\nexec '${plugin}' "$@"\n`);
      await note("Compose");
      await chmod(noting, 0o755);
      const environment = { ...process.env, DOCKER_CONFIG: config };
      const write = (value: string) => writeFile(join(directory, "web.env"), `VALUE=${value}\n`);
      await writeFile(
        join(directory, "compose.yaml"),
        "services: { web: { image: x, env_file: web.env }, other: { image: y } }\n",
      );
      const resolved = async () => {
        const project = { directory, environment, files: [] };
        const { services } = await resolveCompose(project, () => undefined, new AbortController().signal);
        return [...services].map(([name, { configHash }]) => `${name} ${configHash}`).sort();
      };
      /** Compose's own answer about its own printed model. */
      const oracle = () => {
        const answer = (args: readonly string[], input = "") =>
          execFileSync(docker, ["compose", ...args], {
            cwd: directory,
            env: process.env,
            input,
            encoding: "utf8",
          });
        const printed = answer(["config", "--format", "json"]);
        const name = (JSON.parse(printed) as { name: string }).name;
        const hashes = answer(
          ["-f", "-", "-p", name, "--env-file", "/dev/null", "config", "--hash", "*"],
          printed,
        );
        return hashes.trim().split("\n").sort();
      };
      const asked = async () =>
        (await readFile(calls, "utf8")).split("\n").filter((line) => line.includes("--hash"));

      await write("one");
      const first = await resolved();
      assert.deepEqual(first, oracle());
      assert.deepEqual(await resolved(), first);
      assert.equal((await asked()).length, 1);
      await eventually(async () => composeProgram(environment).command, noting);

      // Which program gave the first answer may not have been known then: one more answer is its own.
      await write("two");
      assert.deepEqual(await resolved(), oracle());
      const { length } = await asked();
      for (const value of ["three", "<four> & $5"]) {
        await write(value);
        const next = await resolved();
        assert.notDeepEqual(next, first);
        assert.deepEqual(next, oracle());
      }
      assert.equal((await asked()).length, length);

      await note("another Compose, by its looks");
      await write("five");
      assert.deepEqual(await resolved(), oracle());
      assert.equal((await asked()).length, length + 1);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});
