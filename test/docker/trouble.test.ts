/** Bad luck and bad input around a real project: a clear word, nothing touched, and on it goes when the cause is gone. */
import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { cuttableDocker } from "../support/cuttable-docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { eventually } from "../support/eventually.ts";

/** One service that copies what it reads of a mounted file into its log, at start and at each HUP. */
async function reader(hotenv: string): Promise<TestProject> {
  return composeProject({
    name: "reader",
    files: {
      ".env": "UNUSED=1\n",
      "hotenv.yaml": hotenv,
      "rules.txt": "one\n",
      "reader.sh":
        "trap 'cat /rules.txt; echo hup' HUP\ntrap 'exit 0' TERM\ncat /rules.txt\nwhile :; do sleep 0.1; done\n",
      "compose.yaml": `services:
  reader:
    image: ${await testImage()}
    command: ["sh", "/reader.sh"]
    volumes: ["./rules.txt:/rules.txt:ro", "./reader.sh:/reader.sh:ro"]
  other:
    image: ${await testImage()}
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
`,
    },
  });
}

/** Without what Compose puts there for a terminal. */
const logOf = async (project: TestProject, service: string) =>
  (await project.compose("logs", "--no-log-prefix", service)).replaceAll("\x1b[2K", "");

const restarts = async (project: TestProject) =>
  Object.fromEntries(
    (await project.inspect()).map(({ Config, Id, State }) => [
      Config.Labels["com.docker.compose.service"],
      `${Id} ${State.StartedAt}`,
    ]),
  );

describe("Around a Compose project", function () {
  this.timeout(120_000);

  it("an agent without Docker says so, stays up, and goes on when Docker is there", async () => {
    await using way = await cuttableDocker();
    await using project = await reader("policy: { stability: 0s }\n");
    await project.compose("up", "-d");
    await using bench = await agentBench(project.dir, { DOCKER_HOST: way.host });
    const agent = await bench.startAgent();
    const { state, detail } = await agent.settled();
    assert.equal(state, "error");
    assert.match(detail, /^Docker does not answer\. Start Docker/);
    await way.mend();
    await agent.next("status_update", (status) => status.state === "stable");

    await way.cut();
    const text = await project.read("compose.yaml");
    await project.write(
      "compose.yaml",
      text.replace("  other:\n", "  other:\n    labels: { changed: 'yes' }\n"),
    );
    await agent.next("status_update", (status) => status.state === "error");
    const failed = await bench.hotenv("apply");
    assert.equal(failed.code, 6, failed.stderr);
    await way.mend();
    const { revision } = await agent.next("verdict");
    assert.equal(revision.verdict, "applied");
    assert.deepEqual(revision.services, ["other"]);
  });

  it("without the docker command the missing part is named", async () => {
    await using project = await reader("");
    await using bench = await agentBench(project.dir, { PATH: path.dirname(process.execPath) });
    const plan = await bench.hotenv("plan");
    assert.equal(plan.code, 6, plan.stdout);
    assert.match(plan.stderr, /`docker` command was not found.*Install Docker/);
  });

  it("a project that is not up is named so, and started when asked for", async () => {
    await using project = await reader("policy: { stability: 0s }\n");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    assert.match((await agent.settled()).detail, /not up.*hotenv apply --up/);
    assert.deepEqual(await project.inspect(), []);
    const up = await bench.hotenv("apply", "--up");
    assert.equal(up.code, 0, up.stdout + up.stderr);
    assert.deepEqual(Object.keys(await project.ids()).sort(), ["other", "reader"]);
    await project.compose("up", "-d", "--no-recreate");

    await project.compose("stop", "other");
    const before = await project.inspect();
    const text = await project.read("compose.yaml");
    await project.write("compose.yaml", `${text}    labels: { changed: 'yes' }\n`);
    await agent.next("status_update", ({ detail }) => /other is not running and stays so/.test(detail));
    assert.deepEqual(await project.inspect(), before);
  });

  it("a mounted file that changes restarts the service that reads it, however it was saved", async () => {
    await using project = await reader("policy: { stability: 0s }\n");
    await project.compose("up", "-d");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const before = await restarts(project);
    await project.write("rules.new", "two\n");
    await rename(path.join(project.dir, "rules.new"), path.join(project.dir, "rules.txt"));
    const { revision } = await agent.next("verdict");
    assert.deepEqual(
      [revision.verdict, revision.services, revision.keys],
      ["applied", ["reader"], ["rules.txt"]],
    );
    const after = await restarts(project);
    assert.equal(after.other, before.other);
    await eventually(async () => /one\ntwo\n/.test(await logOf(project, "reader")), true);
    assert.equal(after.reader?.split(" ")[0], before.reader?.split(" ")[0], "the same container");
  });

  it("configs and secrets that come from a variable or stand in the compose file arrive with their new content", async () => {
    const image = await testImage();
    await using project = await composeProject({
      name: "inject",
      files: {
        ".env": "TOKEN=first\nPRICE=1\n",
        "hotenv.yaml": "policy: { stability: 0s }\n",
        "compose.yaml": `services:
  api:
    image: ${image}
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
    secrets: [token, { source: token, target: /etc/deep/token, mode: 0400 }]
    configs: [{ source: page, target: /etc/page }]
secrets: { token: { environment: TOKEN } }
configs: { page: { content: "price \${PRICE}" } }
`,
      },
    });
    const seen = () =>
      project.compose(
        "exec",
        "-T",
        "api",
        "sh",
        "-c",
        "cat /run/secrets/token; echo; cat /etc/page; echo; ls -l /etc/deep/token",
      );
    await project.compose("up", "-d");
    const byCompose = await seen();
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    await project.write(".env", "TOKEN=second\nPRICE=2\n");
    assert.equal((await agent.next("verdict")).revision.verdict, "applied");
    const withoutTime = (text: string) =>
      text.replace(/\w{3} +\d+ \d+:\d+/, "").replace(/ +\d+ +\/etc/, " /etc");
    assert.equal(
      withoutTime(await seen()).replace(/-r\S+ +\d+ +\d+ +\d+ +\d+/, ""),
      withoutTime(byCompose)
        .replace("first", "second")
        .replace("price 1", "price 2")
        .replace(/-r\S+ +\d+ +\d+ +\d+ +\d+/, ""),
    );
    assert.match(await seen(), /second\nprice 2\n-r--------/);
    assert.doesNotMatch(JSON.stringify(agent.events), /second/);
  });

  it("a declared signal reaches the service instead of a restart", async () => {
    await using project = await reader(
      "policy: { stability: 0s }\nservices: { reader: { reload: { signal: SIGHUP } } }\n",
    );
    await project.compose("up", "-d");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const before = await restarts(project);
    await project.write("rules.txt", "two\n");
    const { revision } = await agent.next("verdict");
    assert.equal(revision.verdict, "applied");
    assert.deepEqual(await restarts(project), before, "nothing was restarted");
    await eventually(async () => /one\ntwo\nhup/.test(await logOf(project, "reader")), true);
  });
});
