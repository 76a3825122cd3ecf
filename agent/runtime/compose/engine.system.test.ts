/** Which engine the `docker` command would use: what the environment, the files and the command itself say. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { findEngine } from "./engine.ts";

describe("The engine that `docker` would use", () => {
  it("is DOCKER_HOST's before that of a context, and the usual one without either", async () => {
    const directory = await mkdtemp(join(tmpdir(), "hotenv-"));
    try {
      await writeFile(join(directory, "config.json"), `{"currentContext": "no-such-context"}`);
      const environment = { PATH: process.env.PATH, DOCKER_CONFIG: directory };
      assert.deepEqual(await findEngine({ ...environment, DOCKER_HOST: "unix:///x" }), { host: "unix:///x" });
      assert.match((await findEngine({ ...environment, DOCKER_CONTEXT: "default" })).host, /docker/);
      await assert.rejects(findEngine(environment), (error: unknown) => {
        assert.ok(error instanceof HotenvError);
        assert.equal(error.code, "docker-unreachable");
        assert.match(error.message, /no-such-context/);
        return true;
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
