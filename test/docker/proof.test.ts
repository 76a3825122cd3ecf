/** Everything proves itself, or all of it goes back: what a rollout notices, and what it does then. On each runtime. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { loop, nextVerdict, runtimeKinds, stack } from "./stack.ts";

const lastRollout = (events: readonly AgentEvent[]) => {
  const last = events.findLast((event) => event.type === "restart_completed");
  assert.ok(last?.type === "restart_completed");
  return last.data.rollout;
};

const lastMove = (events: readonly AgentEvent[], service: string) => {
  const last = events.findLast(
    (event) => event.type === "restart_progress" && event.data.step?.service === service,
  );
  return last?.type === "restart_progress" ? last.data.step?.state : undefined;
};

for (const kind of runtimeKinds)
  describe(`A rollout that proves itself (${kind})`, function () {
    this.timeout(180_000);

    it("puts all three services back when the third fails", async () => {
      await using its = await stack(kind, {
        name: "third",
        policy: "{ stability: 0s }",
        services: {
          one: loop(),
          two: `${loop()}\ndepends_on: [one]`,
          // A process has proved itself when it lives: the check makes it wait for the end.
          three: `${loop("[ $$VALUE = good ] || exit 3")}\ndepends_on: [two]\nhealthcheck: { test: "test $$VALUE = good", interval: 1s, start_period: 1s }`,
        },
      });
      const agent = await its.agent();
      const before = await its.identities();
      const isContainer = kind === "compose";
      const ids = (all: Readonly<Record<string, string>>) =>
        Object.entries(all).map(([service, identity]) => [
          service,
          isContainer ? identity.split(" ")[0] : "",
        ]);
      await its.set("bad");
      const { revision, message } = await nextVerdict(agent);
      assert.equal(revision.verdict, "rolled-back", message);
      assert.match(message, isContainer ? /three ended with exit code 3/ : /three exited with code 3/);
      assert.deepEqual(ids(await its.identities()), ids(before), "the very same containers run");
      assert.deepEqual(await its.values(), { one: "good", two: "good", three: "good" });
      assert.deepEqual(await its.leftovers(), []);
      assert.equal(lastRollout(agent.events).failed, "three");

      const moves = agent.events.filter((event) => event.type === "restart_progress");
      const moveOf = (service: string, state: string) =>
        moves.findLast(({ data }) => data.step?.service === service && data.step.state === state)?.timestamp;
      const failed = moveOf("three", "failed");
      const back = ["one", "two"].map((service) => moveOf(service, "rolled-back"));
      assert.ok(failed !== undefined && back.every((time) => time !== undefined));
      const tookMs = Math.max(...back.map((time) => Date.parse(String(time)))) - Date.parse(failed);
      console.log(`      failure seen -> the first two serve again, proved: ${tookMs} ms`);
    });

    it("keeps no service waiting for one that it has nothing to do with", async () => {
      await using its = await stack(kind, {
        name: "apart",
        policy: "{ stability: 0s }",
        services: {
          slow: `${loop()}\nhealthcheck: { test: "test ! -e gate/closed", interval: 1s, retries: 100 }`,
          quick: loop(),
          next: `${loop()}\ndepends_on: [quick]`,
        },
      });
      const agent = await its.agent();
      await its.close(true);
      await its.set("other");
      // It is in the second phase, and the first is not over.
      await agent.next(
        "restart_progress",
        ({ step }) => step?.service === "next" && step.state === "healthy",
      );
      assert.equal(lastMove(agent.events, "slow"), "probing");
      await its.close(false);
      const { revision, message } = await nextVerdict(agent);
      assert.equal(revision.verdict, "applied", message);
      assert.deepEqual(await its.values(), { slow: "other", quick: "other", next: "other" });
    });

    it("notices in the stability window what ends 1.5 s after it was healthy", async () => {
      await using its = await stack(kind, {
        name: "late",
        // Long enough for a slow machine; but a local service is started by a rollout, which waits for all of it.
        policy: `{ stability: ${kind === "compose" ? "60s" : "8s"} }`,
        services: {
          late: loop("n=0", "n=$$((n + 1)); [ $$VALUE = good ] || [ $$n -lt 30 ] || exit 7"),
        },
      });
      const agent = await its.agent();
      await its.set("bad");
      const { revision, message } = await nextVerdict(agent);
      assert.equal(revision.verdict, "rolled-back", message);
      assert.match(message, /late (ended with exit|exited with) code 7/);
      assert.deepEqual(await its.values(), { late: "good" });
    });

    it("calls a probe whose command is missing inconclusive, and goes back", async () => {
      const isContainer = kind === "compose";
      await using its = await stack(kind, {
        name: "missing",
        policy: "{ stability: 0s }",
        services: {
          api: isContainer ? loop() : `${loop()}\nhealthcheck: { test: ["CMD", "\${CHECK}"], interval: 1s }`,
        },
        ...(isContainer ? { settings: { api: 'verify: [{ exec: ["${CHECK}"] }]' } } : {}),
      });
      await its.project.write(".env", "VALUE=good\nCHECK=true\n");
      const agent = await its.agent();
      await its.project.write(".env", "VALUE=other\nCHECK=no-such-command\n");
      const { revision, message } = await nextVerdict(agent);
      assert.equal(revision.verdict, "inconclusive", message);
      assert.match(message, /no-such-command/);
      assert.deepEqual(await its.values(), { api: "good" });
    });

    it("does not wait for a health check's long interval, and runs what hotenv.yaml asks for", async () => {
      const verify = [
        ...(kind === "compose" ? ['{ exec: "test -f /ready-${VALUE}" }'] : []),
        '{ log: { present: "ready ${VALUE}" } }',
      ];
      await using its = await stack(kind, {
        name: "patient",
        policy: "{ stability: 0s }",
        services: {
          api: `${loop(`${kind === "compose" ? "touch /ready-$$VALUE; " : ""}echo ready $$VALUE`)}\nhealthcheck: { test: ["CMD", "true"], interval: 10m }`,
        },
        settings: { api: `verify: [${verify.join(", ")}]` },
        untilHealthy: false,
      });
      const agent = await its.agent();
      await its.set("next");
      const { revision, message } = await nextVerdict(agent);
      assert.equal(revision.verdict, "applied", message);
      const { startedAt, endedAt = "" } = lastRollout(agent.events);
      const tookMs = Date.parse(endedAt) - Date.parse(startedAt);
      assert.ok(tookMs < 100_000, `${tookMs} ms`);
      console.log(`      recreated and healthy with an interval of 10 minutes: ${tookMs} ms`);
    });
  });
