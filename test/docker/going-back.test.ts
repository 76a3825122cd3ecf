/**
 * A change that Compose has to create the new container for, and that fails: whatever Compose calls that container, the
 * very same one as before runs again, under its name, and nothing is left over.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { agentBench, type Bench } from "../support/agent.ts";
import { docker } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { freePort } from "../support/free-port.ts";

/** One service each: the lines by which it differs from the others, with NEXT in them, which changes. */
const kinds: Readonly<Record<string, string>> = {
  port: `ports: ["127.0.0.1:\${NEXT_port}:80"]`,
  mount: `volumes: ["./\${NEXT_mount}:/data"]`,
  image: `image: "\${NEXT_image}"`,
  label: `labels: { at: "\${NEXT_label}" }`,
  network: `networks: { default: {}, back: { aliases: ["\${NEXT_network}"] } }`,
  volume: `volumes: [/anonymous]\nlabels: { at: "\${NEXT_volume}" }`,
  named: `container_name: "\${COMPOSE_PROJECT_NAME}-by-name"\nlabels: { at: "\${NEXT_named}" }`,
  replicas: `deploy: { replicas: 2 }\nlabels: { at: "\${NEXT_replicas}" }`,
  beside: `deploy: { update_config: { order: start-first } }\nlabels: { at: "\${NEXT_beside}" }`,
};

const service = (kind: string, lines: string, image: string) =>
  `  ${kind}:
    image: ${image}
    entrypoint: ["\${START_${kind}}", "-c"]
    command: ["trap 'exit 0' TERM; while :; do sleep 0.05; done"]
    environment: { VALUE: "\${VALUE_${kind}}" }
    healthcheck: { test: 'test "$$VALUE" = good', interval: 1s, retries: 2 }
${lines.replaceAll(/^/gm, "    ")}
`;

interface Instance {
  readonly service: string;
  readonly id: string;
  readonly name: string;
  readonly startedAt: string;
}

/** Running or not. */
async function containers(project: TestProject): Promise<Instance[]> {
  return (await project.inspect()).map(({ Id, Name, Config, State }) => ({
    service: Config.Labels["com.docker.compose.service"] ?? "",
    id: Id,
    name: Name,
    startedAt: State.StartedAt,
  }));
}

type Failure = readonly [words: string, variable: string, value: string, reason: RegExp];
const failures: readonly Failure[] = [
  ["is not healthy", "VALUE", "bad", /health check/],
  ["does not start", "START", "/nowhere", /did not start/],
];

const isLong = process.env.HOTENV_LONG === "1";

describe("A change that goes through Compose and fails", function () {
  this.timeout(120_000);
  let project: TestProject;
  let bench: Bench;
  let good: Record<string, string>;
  let other: string;

  const write = (variables: Readonly<Record<string, string>>) =>
    project.write(
      ".env",
      Object.entries(variables)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    );

  before(async () => {
    const image = await testImage();
    other = `${image}-other-${process.pid}`;
    await docker(["tag", image, other]);
    good = {
      ...Object.fromEntries(
        Object.keys(kinds).flatMap((kind) => [
          [`VALUE_${kind}`, "good"],
          [`START_${kind}`, "sh"],
          [`NEXT_${kind}`, "one"],
        ]),
      ),
      NEXT_port: String(await freePort()),
      NEXT_image: image,
    };
    const lines = Object.entries(kinds).map(([kind, own]) =>
      service(kind, own, kind === "image" ? "" : image).replace("    image: \n", ""),
    );
    project = await composeProject({
      name: "going-back",
      files: {
        "compose.yaml": `services:\n${lines.join("")}networks: { back: {} }\n`,
        "hotenv.yaml": "policy: { stability: 0s }\n",
        "one/.keep": "",
        "two/.keep": "",
      },
    });
    await write(good);
    await project.compose("up", "-d", "--wait");
    bench = await agentBench(project.dir);
    const adopted = await bench.hotenv("apply");
    assert.equal(adopted.code, 0, adopted.stdout + adopted.stderr);
  });

  after(async () => {
    await bench?.[Symbol.asyncDispose]();
    await project?.down();
    if (other !== undefined) await docker(["rmi", other]);
  });

  /** Changes these services, of which all fail. */
  async function failAll(changed: readonly string[], [, variable, value, reason]: Failure): Promise<void> {
    const was = await containers(project);
    const next: Readonly<Record<string, string>> = { port: String(await freePort()), image: other };
    await write({
      ...good,
      ...Object.fromEntries(
        changed.flatMap((kind) => [
          [`${variable}_${kind}`, value],
          [`NEXT_${kind}`, next[kind] ?? "two"],
        ]),
      ),
    });

    const { code, stdout, stderr } = await bench.hotenv("apply");

    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout + stderr, reason);
    const now = await containers(project);
    const names = (all: readonly Instance[]) => all.map(({ id, name }) => ({ id, name }));
    assert.deepEqual(names(now), names(was), "the same containers, names and number");
    const untouched = (all: readonly Instance[]) =>
      all.filter(({ service }) => service === "beside" || !changed.includes(service));
    assert.deepEqual(untouched(now), untouched(was), "what it does not concern never stopped");
    for (const { State, Name } of await project.inspect()) assert.ok(State.Running, `${Name} runs`);
    await write(good);
    const after = await bench.hotenv("apply");
    assert.equal(after.code, 0, after.stdout + after.stderr);
    assert.deepEqual(await containers(project), now, "there is nothing more to do");
  }

  const all = Object.keys(kinds);
  for (const failure of failures) {
    it(`leaves the former containers as they were: all of ${all.join(", ")}, and it ${failure[0]}`, () =>
      failAll(all, failure));
    // One by one it is the rollout itself that meets each, and not the way back of another's.
    for (const kind of isLong ? all : [])
      it(`leaves the former container as it was: ${kind}, and it ${failure[0]}`, () =>
        failAll([kind], failure));
  }

  it("leaves nothing where the service is new", async () => {
    const was = await containers(project);
    const compose = await project.read("compose.yaml");
    for (const [, variable, value] of failures) {
      const added = service("added", "", await testImage());
      await project.write("compose.yaml", compose.replace("services:\n", `services:\n${added}`));
      await write({ ...good, VALUE_added: "good", START_added: "sh", [`${variable}_added`]: value });
      const { code, stdout, stderr } = await bench.hotenv("apply", "--up");
      assert.equal(code, 3, stdout + stderr);
      assert.deepEqual(await containers(project), was);
    }
  });
});
