/** Everything proves itself, or all of it goes back: what a rollout notices, and what it does then. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as z from "zod";
import { agentBench, type Bench } from "../support/agent.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";

/** Ends at once when it is told to; what VALUE says it does before. */
const loop = (first: string) => `["sh", "-c", "trap 'exit 0' TERM; ${first}; while :; do sleep 0.05; done"]`;

async function project(name: string, hotenv: string, services: Readonly<Record<string, string>>) {
  const image = await testImage();
  const written = Object.entries(services).map(
    ([service, said]) =>
      `  ${service}:\n    image: ${image}\n    environment: { VALUE: "\${VALUE}" }\n${said
        .split("\n")
        .map((line) => `    ${line}\n`)
        .join("")}`,
  );
  return composeProject({
    name,
    files: {
      ".env": "VALUE=good\n",
      "hotenv.yaml": hotenv,
      "compose.yaml": `services:\n${written.join("")}`,
    },
  });
}

const lastRollout = z.object({
  verdict: z.string(),
  rollout: z.object({
    reason: z.string().optional(),
    startedAt: z.string(),
    endedAt: z.string(),
    phases: z.array(
      z.object({ steps: z.array(z.object({ service: z.string(), state: z.string() }).loose()) }),
    ),
  }),
});

async function save(bench: Bench, its: TestProject, value: string) {
  await its.write(".env", `VALUE=${value}\n`);
  const { code } = await bench.hotenv("apply");
  const shown = await bench.hotenv("--json", "history", "show", String((await newest(bench)).revision));
  return { code, ...lastRollout.parse(JSON.parse(shown.stdout)) };
}

async function newest(bench: Bench): Promise<{ revision: number }> {
  const { stdout } = await bench.hotenv("--json", "history", "list");
  const [first] = z.array(z.object({ revision: z.number() })).parse(JSON.parse(stdout));
  assert.ok(first);
  return first;
}

describe("A rollout that proves itself", function () {
  this.timeout(120_000);

  it("puts all three services back on their old containers when the third fails", async () => {
    await using its = await project("third", "policy: { stability: 0s }\n", {
      one: `command: ${loop("true")}`,
      two: `command: ${loop("true")}\ndepends_on: [one]`,
      three: `command: ${loop("[ $$VALUE = good ] || exit 3")}\ndepends_on: [two]\nhealthcheck: { test: "test $$VALUE = good", interval: 1s, start_period: 1s }`,
    });
    await its.compose("up", "-d", "--wait");
    await using bench = await agentBench(its.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const before = await its.ids();
    await its.write(".env", "VALUE=bad\n");
    const { revision, message } = await agent.next("verdict");
    assert.equal(revision.verdict, "rolled-back", message);
    assert.match(message, /three ended with exit code 3/);
    assert.deepEqual(await its.ids(), before, "the very same containers run");
    assert.equal((await its.inspect()).length, 3, "nothing is left over");

    const moves = agent.events.filter((event) => event.type === "restart_progress");
    const moveOf = (service: string, state: string) =>
      moves.findLast(({ data }) => data.step?.service === service && data.step.state === state)?.timestamp;
    const failed = moveOf("three", "failed");
    const back = ["one", "two"].map((service) => moveOf(service, "rolled-back"));
    assert.ok(failed !== undefined && back.every((time) => time !== undefined));
    const tookMs = Math.max(...back.map((time) => Date.parse(String(time)))) - Date.parse(failed);
    console.log(`      failure seen -> the first two serve again, proved: ${tookMs} ms`);
  });

  it("notices in the stability window what ends 1.5 s after it was healthy", async () => {
    await using its = await project("late", "policy: { stability: 3s }\n", {
      late: `command: ["sh", "-c", "trap 'exit 0' TERM; n=0; while :; do sleep 0.05; n=$$((n + 1)); [ $$VALUE = good ] || [ $$n -lt 30 ] || exit 7; done"]`,
    });
    await its.compose("up", "-d");
    await using bench = await agentBench(its.dir);
    await bench.hotenv("apply");
    const before = await its.ids();
    const { code, verdict, rollout } = await save(bench, its, "bad");
    assert.equal(code, 3);
    assert.equal(verdict, "rolled-back");
    assert.match(rollout.reason ?? "", /late ended with exit code 7/);
    assert.deepEqual(await its.ids(), before);
  });

  it("calls a probe whose command is missing inconclusive, and goes back", async () => {
    await using its = await project(
      "missing",
      "policy: { stability: 0s }\nservices: { api: { verify: [{ exec: [no-such-command] }] } }\n",
      { api: `command: ${loop("true")}` },
    );
    await its.compose("up", "-d");
    await using bench = await agentBench(its.dir);
    await bench.hotenv("apply");
    const before = await its.ids();
    const { code, verdict, rollout } = await save(bench, its, "other");
    assert.equal(verdict, "inconclusive");
    assert.equal(code, 5);
    assert.match(rollout.reason ?? "", /no-such-command is no command there/);
    assert.deepEqual(await its.ids(), before);
  });

  it("does not wait for a health check's long interval, and runs what hotenv.yaml asks for", async () => {
    await using its = await project(
      "patient",
      'policy: { stability: 0s }\nservices: { api: { verify: [{ exec: "test -f /ready-${VALUE}" }, { log: { present: "ready ${VALUE}" } }] } }\n',
      {
        api: `command: ${loop("touch /ready-$$VALUE; echo ready $$VALUE")}\nhealthcheck: { test: ["CMD", "true"], interval: 30s }`,
      },
    );
    await its.compose("up", "-d");
    await using bench = await agentBench(its.dir);
    await bench.hotenv("apply");
    const { verdict, rollout } = await save(bench, its, "next");
    assert.equal(verdict, "applied", rollout.reason);
    const tookMs = Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt);
    assert.ok(tookMs < 25_000, `${tookMs} ms`);
    console.log(`      recreated and healthy with an interval of 30 s: ${tookMs} ms`);
  });
});
