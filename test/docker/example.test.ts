// The example that the README and the other suites build on does what its files say, by Compose alone.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { docker, removeProject, sweepLeftovers, words } from "../support/docker.ts";
import { type ExampleProject, exampleProject } from "../support/docker-example.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject } from "../support/docker-project.ts";

describe("examples/compose", function () {
  this.timeout(60_000);
  let project: ExampleProject;
  before(async () => {
    project = await exampleProject("example");
    await project.compose("up", "-d", "--wait");
  });
  after(() => project.down());

  it("runs three healthy services, and the api answers with a value from .env", async () => {
    const containers = await project.inspect();
    assert.deepEqual(
      containers.map(({ Config, State }) => [
        Config.Labels["com.docker.compose.service"],
        State.Health?.Status,
      ]),
      [
        ["api", "healthy"],
        ["db", "healthy"],
        ["web", "healthy"],
      ],
    );
    assert.equal(await project.greeting(), "hello");
  });

  it("gives a new container to nobody but the api when only its variable changes", async () => {
    const before = await project.ids();
    await project.set({ GREETING: "good morning" });
    await project.compose("up", "-d", "--wait");
    const now = await project.ids();
    assert.deepEqual({ ...now, api: "" }, { ...before, api: "" });
    assert.notEqual(now.api, before.api);
    assert.equal(await project.greeting(), "good morning");
    assert.equal(await project.environment("api", "GREETING"), "good morning");
  });

  it("has an api that becomes unhealthy with a bad value, and says why", async () => {
    await project.set({ WORKERS: "many" });
    await assert.rejects(project.compose("up", "-d", "--wait"), /unhealthy/);
    assert.match(
      await project.compose("logs", "--no-log-prefix", "api"),
      /WORKERS must be a number, but is 'many'/,
    );
  });

  it("stops within a second, so that a test of a recreate does not wait for SIGKILL", async () => {
    const start = performance.now();
    await project.compose("stop", "web");
    assert.ok(performance.now() - start < 5_000);
  });
});

describe("the Docker fixtures", function () {
  this.timeout(60_000);

  it("sweep what a dead process has left, and nothing of a living one", async () => {
    const image = await testImage();
    const files = {
      "compose.yaml": `services:\n  idle:\n    image: ${image}\n    init: true\n    command: sleep 600\n`,
    };
    await using living = await composeProject({ name: "living", files });
    await living.compose("up", "-d");
    // No process has this number on Linux, where it is above the highest that can be configured.
    const dead = `hotenvtest-${2 ** 22 + 1}-dead`;
    try {
      await living.compose("--project-name", dead, "up", "-d");
      await sweepLeftovers();
      const left = await docker([
        "ps",
        "--all",
        "--quiet",
        "--filter",
        `label=com.docker.compose.project=${dead}`,
      ]);
      assert.deepEqual(words(left), []);
      assert.deepEqual(Object.keys(await living.ids()), ["idle"]);
    } finally {
      await removeProject(dead);
    }
  });
});
