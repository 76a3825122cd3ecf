/** Who starts when: told by the containers themselves, by their IDs and start times. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type InspectedContainer, type TestProject } from "../support/docker-project.ts";

/** Serves its value to whoever asks. */
const serve = 'mkdir -p /www && echo "$$VALUE" > /www/value && exec httpd -f -p 8080 -h /www';
const service = (name: string, value: string, more: string) => `  ${name}:
    <<: *base
    environment: { VALUE: "${value}" }
${more}`;
const healthy = (test: string) =>
  `    healthcheck: { test: ${JSON.stringify(test)}, interval: 1s, retries: 30 }\n`;
const ready = healthy("wget -q -O /dev/null http://127.0.0.1:8080/value");
/** Only whoever starts while the other does can ever be healthy: it waits for the other's new value. */
const together = (other: string) => healthy(`test "$$(wget -q -O - http://${other}:8080/value)" = "$$VALUE"`);

async function byService(project: TestProject): Promise<ReadonlyMap<string, InspectedContainer>> {
  const all = await project.inspect();
  return new Map(all.map((one) => [one.Config.Labels["com.docker.compose.service"] ?? "", one]));
}
const identity = (container: InspectedContainer | undefined) => [container?.Id, container?.State.StartedAt];

interface Shown {
  readonly rollout: {
    readonly phases: readonly { readonly steps: readonly { readonly service: string }[] }[];
  };
}

describe("Services that depend on each other", function () {
  this.timeout(180_000);

  it("start in order, side by side where they can, and leave all others alone", async () => {
    const image = await testImage();
    await using project = await composeProject({
      name: "order",
      files: {
        ".env": "DIAMOND=1\nCHAIN=1\n",
        "hotenv.yaml": "policy: { stability: 0s }\n",
        "compose.yaml": `x-base: &base
  image: ${image}
  command: ["sh", "-c", ${JSON.stringify(serve)}]
  init: true
  stop_grace_period: 1s
services:
${service("bottom", "${DIAMOND}", ready)}
${service("left", "${DIAMOND}", `    depends_on: { bottom: { condition: service_healthy } }\n${together("right")}`)}
${service("right", "${DIAMOND}", `    depends_on: { bottom: { condition: service_healthy } }\n${together("left")}`)}
${service("top", "${DIAMOND}", `    depends_on: { left: { condition: service_healthy }, right: { condition: service_healthy } }\n${ready}`)}
${service("first", "${CHAIN}", ready)}
${service("second", "fixed", `    depends_on: { first: { condition: service_healthy, restart: true } }\n${ready}`)}
${service("third", "fixed", `    depends_on: { second: { condition: service_started } }\n${ready}`)}
${service("fourth", "${CHAIN}", `    depends_on: { third: { condition: service_started } }\n${ready}`)}
${service("bystander", "fixed", ready)}
`,
      },
    });
    await project.compose("up", "-d", "--wait");
    await using bench = await agentBench(project.dir);
    assert.equal((await bench.hotenv("apply")).code, 0);
    const phases = async (): Promise<string[][]> => {
      const [newest] = JSON.parse((await bench.hotenv("--json", "history", "list")).stdout) as {
        revision: number;
      }[];
      const shown = JSON.parse(
        (await bench.hotenv("--json", "history", "show", String(newest?.revision))).stdout,
      ) as Shown;
      return shown.rollout.phases.map(({ steps }) => steps.map((step) => step.service).sort());
    };

    const before = await byService(project);
    await project.write(".env", "DIAMOND=2\nCHAIN=1\n");
    const diamond = await bench.hotenv("apply");
    assert.equal(diamond.code, 0, diamond.stdout + diamond.stderr);
    const between = await byService(project);
    const started = (name: string) => Date.parse(between.get(name)?.State.StartedAt ?? "");
    assert.deepEqual(await phases(), [["bottom"], ["left", "right"], ["top"]]);
    for (const name of ["bottom", "left", "right", "top"])
      assert.notEqual(between.get(name)?.Id, before.get(name)?.Id, `${name} is a new container`);
    for (const [one, other] of [
      ["bottom", "left"],
      ["bottom", "right"],
      ["left", "top"],
      ["right", "top"],
    ] as const)
      assert(started(one) < started(other), `${one} starts before ${other}`);
    for (const name of ["first", "second", "third", "fourth", "bystander"])
      assert.deepEqual(identity(between.get(name)), identity(before.get(name)), `${name} was left alone`);

    await project.write(".env", "DIAMOND=2\nCHAIN=2\n");
    const chain = await bench.hotenv("apply");
    assert.equal(chain.code, 0, chain.stdout + chain.stderr);
    const after = await byService(project);
    const startedLast = (name: string) => Date.parse(after.get(name)?.State.StartedAt ?? "");
    assert.deepEqual(await phases(), [["first"], ["second"], ["fourth"]]);
    assert.notEqual(after.get("first")?.Id, between.get("first")?.Id);
    assert.equal(after.get("second")?.Id, between.get("second")?.Id, "restart: true is a restart");
    assert(startedLast("first") < startedLast("second") && startedLast("second") < startedLast("fourth"));
    for (const name of ["third", "bottom", "left", "right", "top", "bystander"])
      assert.deepEqual(identity(after.get(name)), identity(between.get(name)), `${name} was left alone`);
  });
});
