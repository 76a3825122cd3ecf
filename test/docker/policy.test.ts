/** What a person can decide about a failure: how far back it goes, who is left out, and that all of it stops. */
import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "mocha";
import type { EventData } from "../../core/protocol/messages.ts";
import { eventually } from "../support/eventually.ts";
import { loop, nextVerdict, runtimeKinds, type Stack, stack } from "./stack.ts";

/** Fails with a bad value, as soon as the gate is open. */
const fragile = `${loop("while [ $$VALUE = bad -a -e gate/closed ]; do sleep 0.05; done; [ $$VALUE != bad ] || exit 3")}\nhealthcheck: { test: "test $$VALUE != bad", interval: 1s, retries: 60 }`;
const failedAt = ({ revision }: EventData<"verdict">) => revision.verdict !== "applied";

/** Writes a file as an editor does that another one's reader never sees half. */
async function replace({ project }: Stack, file: string, text: string): Promise<void> {
  await project.write(`${file}.new`, text);
  await rename(path.join(project.dir, `${file}.new`), path.join(project.dir, file));
}

for (const kind of runtimeKinds)
  describe(`After a failure (${kind})`, function () {
    this.timeout(120_000);

    it("rollback-all puts the files back, too, and leaves alone what was edited meanwhile", async () => {
      await using its = await stack(kind, {
        name: "all",
        policy: "{ stability: 0s, onFailure: rollback-all }",
        services: { api: fragile },
      });
      const agent = await its.agent();
      await its.set("bad");
      const { message } = await nextVerdict(agent, failedAt);
      assert.match(message, /\.env was put back\./);
      assert.equal(await its.project.read(".env"), "VALUE=good\n");
      // The files are what runs: nothing is wrong any more.
      await agent.next("status_update", ({ state }) => state === "stable");
      assert.deepEqual(await its.values(), { api: "good" });

      const edited = "VALUE=better # while it failed\n";
      const probing = agent.next(
        "restart_progress",
        ({ step }) => step?.service === "api" && step.state === "probing",
      );
      await its.close(true);
      await its.set("bad");
      await probing;
      await replace(its, ".env", edited);
      await its.close(false);
      const { message: second } = await nextVerdict(agent, failedAt);
      assert.match(second, /\.env was changed meanwhile and was left as it is\./);
      const { revision } = await nextVerdict(agent);
      assert.equal(revision.verdict, "applied", "the edit is what comes next");
      assert.equal(await its.project.read(".env"), edited);
      assert.deepEqual(await its.values(), { api: "better" });
    });

    it("keep leaves what failed to be looked at; the next rollout puts it back first", async () => {
      await using its = await stack(kind, {
        name: "keep",
        policy: "{ stability: 0s, onFailure: keep }",
        services: {
          db: loop(),
          api: `${loop()}\ndepends_on: [db]\nhealthcheck: { test: "test $$VALUE != bad", interval: 1s, retries: 1 }`,
        },
      });
      const agent = await its.agent();
      await its.set("bad");
      const { revision, message } = await nextVerdict(agent, failedAt);
      assert.equal(revision.verdict, "failed");
      assert.match(message, /left as it is, to be looked at/);
      assert.deepEqual(await its.values(), { db: "bad", api: "bad" }, "it can be looked at");

      await its.set("mended");
      assert.equal((await nextVerdict(agent)).revision.verdict, "applied");
      assert.deepEqual(await its.values(), { db: "mended", api: "mended" });
      assert.deepEqual(await its.leftovers(), []);
      assert.equal((await its.instances()).length, 2);
    });

    it("a service that fails repeatedly is left out, the others go on, and it is tried again by itself", async () => {
      await using its = await stack(kind, {
        name: "breaker",
        policy: "{ stability: 0s, breaker: { failures: 2, retry: 10s } }",
        services: {
          weak: `${loop("[ $$VALUE = good -o ! -e gate/closed ] || exit 3")}\nhealthcheck: { test: "test $$VALUE = good -o ! -e gate/closed", interval: 1s, start_period: 1s }`,
          strong: loop(),
        },
      });
      const good = JSON.stringify([
        ["strong", "two"],
        ["weak", "good"],
      ]);
      const agent = await its.agent();
      const applied = async (services: readonly string[]) => {
        const { revision } = await nextVerdict(agent, (data) => !failedAt(data));
        assert.deepEqual(revision.services, services);
      };
      await its.close(true);
      await its.set("two");
      await nextVerdict(agent, failedAt);
      assert.deepEqual(await its.values(), { weak: "good", strong: "good" });
      await its.set("two", { strong_OWN: "more" });
      await nextVerdict(agent, failedAt);
      await applied(["strong"]);
      // On a busy machine it is being tried again by now: it is back when that has failed.
      await eventually(async () => JSON.stringify(Object.entries(await its.values()).sort()), good);
      const said = await its.bench.hotenv("status");
      assert.match(said.stdout, /weak .*degraded after \d+ failures, tried again at/);

      await its.close(false);
      await applied(["weak"]);
      assert.deepEqual(await its.values(), { weak: "two", strong: "two" });

      assert.match((await its.bench.hotenv("disable", "weak")).stdout, /weak .*disabled/);
      await its.set("three");
      await applied(["strong"]);
      assert.doesNotMatch((await its.bench.hotenv("enable", "weak")).stdout, /disabled/);
      await applied(["weak"]);
      assert.deepEqual(await its.values(), { weak: "three", strong: "three" });
    });

    it("pause stops a rollout between two steps; resume applies it", async () => {
      await using its = await stack(kind, {
        name: "pause",
        policy: "{ stability: 0s }",
        services: {
          one: `${loop()}\nhealthcheck: { test: "test ! -e gate/closed", interval: 1s, retries: 60 }`,
          two: `${loop()}\ndepends_on: { one: { condition: service_healthy } }`,
        },
      });
      const agent = await its.agent();
      const before = await its.identities();
      await its.close(true);
      await its.set("next");
      await agent.next("restart_progress", ({ step }) => step?.service === "one" && step.state === "probing");
      assert.equal((await its.bench.hotenv("pause")).code, 0);
      await its.close(false);
      const { revision, message } = await nextVerdict(agent);
      assert.equal(revision.verdict, "rolled-back", message);
      assert.match(message, /paused in the middle/);
      assert.deepEqual(await its.values(), { one: "good", two: "good" });
      assert.equal((await its.identities()).two, before.two, "the next step was never begun");
      assert.deepEqual(await its.leftovers(), []);
      assert.equal((await its.bench.hotenv("resume")).code, 0);
      assert.equal((await nextVerdict(agent)).revision.verdict, "applied");
      assert.deepEqual(await its.values(), { one: "next", two: "next" });
    });
  });

describe("A cooldown", function () {
  this.timeout(120_000);

  it("goes on when the agent is started anew", async () => {
    await using its = await stack("compose", {
      name: "cooldown",
      policy: "{ stability: 0s, cooldown: 1h }",
      services: { api: loop() },
    });
    const agent = await its.agent();
    await its.set("next");
    assert.equal((await nextVerdict(agent)).revision.verdict, "applied");
    await agent.stop();
    const again = await its.bench.startAgent();
    await again.settled();
    await its.set("third");
    const { waiting } = await again.next("status_update", ({ state }) => state === "waiting");
    assert.equal(waiting?.for, "cooldown");
    assert.deepEqual(await its.values(), { api: "next" });
  });
});
