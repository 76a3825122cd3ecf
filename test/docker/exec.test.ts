/** Commands in containers, and checks that are not there: every engine answers in its own way. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { describe, it } from "mocha";
import { inspectContainer } from "../../agent/runtime/compose/containers.ts";
import { execIn, isMissingCommand } from "../../agent/runtime/compose/exec.ts";
import { hasMissingCheck } from "../../agent/runtime/compose/health-check.ts";
import { docker, testLabel } from "../support/docker.ts";
import { dockerApi } from "../support/docker-api.ts";
import { testImage } from "../support/docker-image.ts";
import { eventually } from "../support/eventually.ts";

const never = new AbortController().signal;

interface Running extends AsyncDisposable {
  readonly engine: Docker;
  readonly id: string;
}

async function container(...options: readonly string[]): Promise<Running> {
  const name = `hotenv-test-${process.pid}-${randomBytes(4).toString("hex")}`;
  const own = ["--detach", "--name", name, "--label", testLabel, ...options];
  const id = (await docker(["run", ...own, await testImage(), "sleep", "600"])).trim();
  return {
    engine: dockerApi(),
    id,
    [Symbol.asyncDispose]: async () => {
      await docker(["rm", "--force", "--volumes", name]);
    },
  };
}

describe("A command in a container", () => {
  const commands: readonly (readonly [command: readonly string[], missing: boolean])[] = [
    [["true"], false],
    [["sh", "-c", "exit 3"], false],
    [["no-such-command"], true],
    [["/no/such/command"], true],
    [["/etc"], true],
    [["sh", "-c", "no-such-command"], true],
    [["sh", "-c", "echo no such file or directory; exit 1"], false],
  ];
  it("is told to be missing where it is, and only there", async () => {
    await using its = await container();
    for (const [command, missing] of commands) {
      const { code } = await execIn(its.engine, its.id, command, never);
      assert.equal(isMissingCommand(code), missing, `${command.join(" ")}: ${code}`);
    }
  });

  it("that Docker refuses is a failure, and no missing command", async () => {
    await using its = await container();
    await assert.rejects(execIn(its.engine, its.id, [], never), { code: "docker-failed" });
    await docker(["pause", its.id]);
    await assert.rejects(execIn(its.engine, its.id, ["true"], never), { code: "docker-failed" });
    await docker(["unpause", its.id]);
    await docker(["kill", its.id]);
    await assert.rejects(execIn(its.engine, its.id, ["true"], never), { code: "docker-failed" });
  });
});

describe("A health check that fails", () => {
  const checks: readonly (readonly [what: string, check: readonly string[], missing: boolean])[] = [
    ["whose command is missing", ["--health-cmd", "no-such-command"], true],
    ["that says no", ["--health-cmd", "echo no such file or directory; exit 1"], false],
    ["that takes too long", ["--health-cmd", "sleep 60", "--health-timeout", "500ms"], false],
  ];
  const often = ["--health-interval", "300ms", "--health-retries", "1"];
  for (const [what, check, missing] of checks)
    it(`${what} ${missing ? "says nothing about" : "counts against"} the service`, async () => {
      await using its = await container(...often, ...check);
      await eventually(
        async () => (await inspectContainer(its.engine, its.id))?.State.Health?.Status,
        "unhealthy",
      );
      const found = await inspectContainer(its.engine, its.id);
      assert(found);
      assert.equal(await hasMissingCheck(its.engine, found, never), missing);
    });

  it("whose command Docker itself cannot start says nothing about the service", async () => {
    await using its = await container();
    const { Config } = await its.engine.getContainer(its.id).inspect();
    const Healthcheck = { Test: ["CMD", "no-such-command"], Interval: 3e8, Retries: 1 };
    const made = await its.engine.createContainer({ ...Config, Healthcheck });
    try {
      await made.start();
      await eventually(
        async () => (await inspectContainer(its.engine, made.id))?.State.Health?.Status,
        "unhealthy",
      );
      const found = await inspectContainer(its.engine, made.id);
      assert(found);
      assert.equal(await hasMissingCheck(its.engine, found, never), true);
    } finally {
      await made.remove({ force: true });
    }
  });
});
