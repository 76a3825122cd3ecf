/** `deploy.update_config.order: start-first`: the old container serves until the new one is proved, and never stops where it is not. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { freePort } from "../support/free-port.ts";
import { loop, nextVerdict, stack } from "./stack.ts";

const startFirst = "deploy: { update_config: { order: start-first } }";

describe("A service that asks to start first", function () {
  this.timeout(180_000);

  it("runs beside its old container until it is healthy; that one then ends in its own time", async () => {
    await using its = await stack("compose", {
      name: "beside",
      policy: "{ stability: 0s }",
      services: {
        api: `command: ["sh", "-c", "trap 'echo $$VALUE >> /gate/ended; exit 0' TERM; while :; do sleep 0.05; done"]
healthcheck: { test: "test $$VALUE = good -o ! -e /gate/closed", interval: 1s, retries: 100 }
${startFirst}`,
      },
    });
    const agent = await its.agent();
    const [old] = await its.instances();
    await its.close(true);
    const probing = agent.next("restart_progress", ({ step }) => step?.state === "probing");
    await its.set("next");
    await probing;
    assert.deepEqual((await its.instances()).map(({ value }) => value).sort(), ["good", "next"]);
    assert.ok((await its.instances()).some(({ identity }) => identity === old?.identity));
    await its.close(false);
    const { revision, message } = await nextVerdict(agent);
    assert.equal(revision.verdict, "applied", message);
    assert.deepEqual(await its.values(), { api: "next" });
    assert.equal((await its.project.inspect()).length, 1, "nothing is left over");
    assert.equal(await its.project.read("gate/ended"), "good\n", "it was told to end, not killed");
    const ids = await its.project.ids();
    await its.project.compose("up", "-d");
    assert.deepEqual(await its.project.ids(), ids, "Compose finds it up to date");
  });

  it("has never stopped where the third of three fails: all are back at once", async () => {
    await using its = await stack("compose", {
      name: "never-stopped",
      policy: "{ stability: 0s }",
      services: {
        one: `${loop()}\n${startFirst}`,
        two: `${loop()}\ndepends_on: [one]\n${startFirst}`,
        three: `${loop("[ $$VALUE = good ] || exit 3")}\ndepends_on: [two]\nhealthcheck: { test: "test $$VALUE = good", interval: 1s, start_period: 1s }\n${startFirst}`,
      },
    });
    const agent = await its.agent();
    const before = await its.identities();
    await its.set("bad");
    const { revision, message } = await nextVerdict(agent);
    assert.equal(revision.verdict, "rolled-back", message);
    assert.match(message, /three ended with exit code 3/);
    assert.deepEqual(await its.identities(), before, "the same containers, started when they were");
    assert.deepEqual(await its.leftovers(), []);
    assert.equal((await its.project.inspect()).length, 3);
    const failed = agent.events.find(
      (event) => event.type === "restart_progress" && event.data.step?.state === "failed",
    );
    const verdict = agent.events.findLast((event) => event.type === "restart_completed");
    assert.ok(failed !== undefined && verdict !== undefined);
    const tookMs = Date.parse(verdict.timestamp) - Date.parse(failed.timestamp);
    console.log(`      failure seen -> the new ones are gone; the old ones never stopped: ${tookMs} ms`);
  });

  it("is told why it cannot where its port can be had only once", async () => {
    const port = await freePort();
    await using its = await stack("compose", {
      name: "one-port",
      policy: "{ stability: 0s }",
      services: { web: `${loop()}\nports: ["127.0.0.1:${port}:80"]\n${startFirst}` },
    });
    const agent = await its.agent();
    await its.set("next");
    const { revision, message } = await nextVerdict(agent);
    assert.equal(revision.verdict, "applied", message);
    const { detail } = await agent.settled();
    assert.match(
      detail,
      new RegExp(
        `web cannot start beside its old container, since it publishes port ${port}: that one stops first`,
      ),
    );
  });
});
