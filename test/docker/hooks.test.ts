/**
 * Commands that Compose (2.30 and later) runs after a container's start: whoever starts it in its place runs them. 2.26
 * knows them, prints them and runs none; Hotenv does what the file says there, too.
 */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { docker } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject } from "../support/docker-project.ts";

const files = (image: string) => ({
  "compose.yaml": `services:
  api:
    image: ${image}
    user: "1000"
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"]
    environment: { VALUE: "\${VALUE}" }
    volumes: [./watched.txt:/watched.txt]
    stop_grace_period: 1s
    post_start:
      - { command: ["sh", "-c", "id -u > /tmp/who; pwd >> /tmp/who; echo $$EXTRA $$VALUE >> /tmp/who; [ $$VALUE != bad ] || { echo no such luck; exit 7; }"], user: "0", working_dir: /usr, environment: { EXTRA: more } }
`,
  "hotenv.yaml": "policy: { stability: 0s }\n",
  ".env": "VALUE=good\n",
  "watched.txt": "one\n",
});

describe("A service with post_start hooks", function () {
  this.timeout(120_000);

  it("has them run for a new container and after a restart, and goes back where one fails", async () => {
    await using project = await composeProject({ name: "hooks", files: files(await testImage()) });
    await project.compose("up", "-d");
    await using bench = await agentBench(project.dir);
    const who = () => docker(["exec", `${project.name}-api-1`, "cat", "/tmp/who"]);
    assert.equal((await bench.hotenv("apply")).code, 0);

    await project.write(".env", "VALUE=next\n");
    const applied = await bench.hotenv("apply");
    assert.equal(applied.code, 0, applied.stdout + applied.stderr);
    assert.equal(await who(), "0\n/usr\nmore next\n");
    const ids = await project.ids();

    await docker(["exec", "--user", "0", `${project.name}-api-1`, "rm", "/tmp/who"]);
    await project.write("watched.txt", "two\n");
    const restarted = await bench.hotenv("apply");
    assert.equal(restarted.code, 0, restarted.stdout + restarted.stderr);
    assert.deepEqual(await project.ids(), ids, "it was restarted, not made anew");
    assert.equal(await who(), "0\n/usr\nmore next\n");

    await docker(["exec", "--user", "0", `${project.name}-api-1`, "rm", "/tmp/who"]);
    await project.write(".env", "VALUE=bad\n");
    const { code, stdout, stderr } = await bench.hotenv("apply");
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout + stderr, /post_start hook .* failed \(exit code 7\): no such luck/);
    assert.deepEqual(await project.ids(), ids);
    assert.equal(await who(), "0\n/usr\nmore next\n", "the former one had its own run again");
    assert.equal((await project.inspect()).length, 1, "nothing is left over");
  });
});
