/** Others work on the same containers and files while a rollout runs: named, and survived. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cuttableDocker } from "../support/cuttable-docker.ts";
import { docker } from "../support/docker.ts";
import { loop, nextVerdict, stack } from "./stack.ts";

const gated = `${loop()}\nhealthcheck: { test: "test $$VALUE = good -o ! -e gate/closed", interval: 1s, retries: 60 }`;

describe("While a rollout runs", function () {
  this.timeout(120_000);

  it("a new container that somebody removes is missed, and the old one comes back", async () => {
    await using its = await stack("compose", {
      name: "removed",
      policy: "{ stability: 0s }",
      services: { api: gated },
    });
    const agent = await its.agent();
    const [before] = await its.instances();
    await its.close(true);
    await its.set("next");
    await agent.next("restart_progress", ({ step }) => step?.state === "probing");
    await docker(["rm", "--force", `${its.project.name}-api-1`]);
    const { revision, message } = await nextVerdict(agent);
    assert.equal(revision.verdict, "rolled-back", message);
    assert.match(message, /api (has no container|ended with exit code 137)/);
    const [after] = await its.instances();
    assert.equal(after?.identity.split(" ")[0], before?.identity.split(" ")[0]);
    assert.deepEqual(await its.values(), { api: "good" });
    assert.deepEqual(await its.leftovers(), []);
  });

  it("an old container that somebody removes cannot come back: what is left is said, and how to go on", async () => {
    await using its = await stack("compose", {
      name: "lost",
      policy: "{ stability: 0s }",
      services: { api: gated, other: loop() },
    });
    const agent = await its.agent();
    await its.close(true);
    await its.set("next");
    await agent.next("restart_progress", ({ step }) => step?.service === "api" && step.state === "probing");
    const kept = (await its.leftovers()).find((name) => name.includes("-api-1"));
    assert.ok(kept !== undefined);
    await docker(["rm", "--force", kept.slice(1)]);
    await docker(["kill", `${its.project.name}-api-1`]);
    const { revision, message } = await nextVerdict(agent);
    assert.equal(revision.verdict, "failed", message);
    assert.match(
      message,
      /api could not be put back: .*gone.* Now api is missing, other is running\. To finish by hand/,
    );
    assert.equal((await its.values()).other, "good");

    await its.close(false);
    const finished = await its.bench.hotenv("apply", "--up");
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    assert.deepEqual(await its.values(), { api: "next", other: "next" });
    assert.deepEqual(await its.leftovers(), []);
  });

  it("Docker that stops and comes back ends what was begun, and applies the change then", async () => {
    await using way = await cuttableDocker();
    await way.mend();
    await using its = await stack("compose", {
      name: "away",
      policy: "{ stability: 0s }",
      services: { api: gated, other: `${loop()}\ndepends_on: { api: { condition: service_healthy } }` },
      environment: { DOCKER_HOST: way.host },
    });
    const agent = await its.agent();
    await its.close(true);
    await its.set("next");
    await agent.next("restart_progress", ({ step }) => step?.service === "api" && step.state === "probing");
    await way.cut();
    // As it is after Docker itself was restarted: no container of the project runs.
    for (const { identity } of await its.instances()) await docker(["kill", identity.split(" ")[0] ?? ""]);
    await its.close(false);
    const { detail } = await agent.next("status_update", ({ state }) => state === "error");
    assert.match(detail, /Docker does not answer/);
    await way.mend();
    await agent.next("log", ({ message }) => /interrupted while it applied this/.test(message));
    const { revision } = await nextVerdict(agent, ({ revision }) => revision.verdict === "applied");
    assert.ok(revision.services.includes("api"));
    assert.equal((await its.values()).api, "next");
    const names = (await its.project.inspect()).map(({ Name }) => Name.replace(`/${its.project.name}-`, ""));
    assert.deepEqual(names, ["api-1", "other-1"], "nothing is left over");
  });

  it("a file that a change that failed had only begun to mount stays where it was", async () => {
    await using its = await stack("compose", {
      name: "mount",
      policy: "{ stability: 0s }",
      services: {
        api: `${loop("[ ! -e /extra.txt ] || exit 3")}\nhealthcheck: { test: "test ! -e /extra.txt", interval: 1s, retries: 1 }`,
      },
      files: { "extra.txt": "years old\n" },
    });
    const agent = await its.agent();
    const text = await its.project.read("compose.yaml");
    await its.project.write(
      "compose.yaml",
      text.replace("volumes: [./gate:/gate]", "volumes: [./gate:/gate, './extra.txt:/extra.txt:ro']"),
    );
    const { revision, message } = await nextVerdict(agent);
    assert.equal(revision.verdict, "rolled-back", message);
    assert.equal(await its.project.read("extra.txt"), "years old\n");
    assert.deepEqual(await its.values(), { api: "good" });
  });
});
