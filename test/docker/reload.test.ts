/** The lighter steps on a real container: told to read its file anew, not replaced; a bad file is refused before. */
import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject } from "../support/docker-project.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { ask, probe } from "../support/prober.ts";
import { nextVerdict } from "./stack.ts";

/**
 * Serves what it last read of its file; reads it anew at HUP, for `/bin/reread`, and for POST /cgi-bin/load. It takes
 * the new content by renaming, since a reader in the middle of a copy would see half a file.
 */
const server = `mkdir -p /www/cgi-bin
printf '#!/bin/sh\\ncp /rules.txt /www/.next && mv /www/.next /www/rules.txt\\n' > /bin/reread
printf '#!/bin/sh\\nif grep -q bad /rules.txt; then printf "Status: 400 Bad\\\\r\\\\n\\\\r\\\\nbad rules"; else /bin/reread; printf "\\\\r\\\\nok"; fi\\n' > /www/cgi-bin/load
chmod +x /bin/reread /www/cgi-bin/load
trap /bin/reread HUP
trap 'exit 0' TERM
/bin/reread
httpd -p 8080 -h /www
while :; do sleep 0.05; done
`;

/** Often enough to see a gap, and seldom enough to leave the machine to those that are observed. */
const probeMs = 20;
/** On a busy machine an answer may take its time. */
const slowMs = 30_000;

const ways = {
  signal: `{ signal: HUP, check: "! grep -q bad /rules.txt" }`,
  exec: `{ exec: [/bin/reread], check: ["sh", "-c", "! grep -q bad /rules.txt"] }`,
  http: '{ http: { url: "http://127.0.0.1:${PORT}/cgi-bin/load" } }',
} as const;

describe("A service that can reload", function () {
  this.timeout(120_000);

  it("climbs to a restart where what it was told to do does not help", async () => {
    await using its = await composeProject({
      name: "ladder",
      files: {
        ".env": "",
        "hotenv.yaml": `policy: { stability: 0s }
services: { web: { reload: { signal: HUP }, verify: [{ exec: "cmp /seen /rules.txt", timeout: 5s }] } }
`,
        "rules.txt": "one\n",
        "compose.yaml": `services:
  web:
    image: ${await testImage()}
    command: ["sh", "-c", "cp /rules.txt /seen; trap '' HUP; trap 'exit 0' TERM; while :; do sleep 0.05; done"]
    volumes: ["./rules.txt:/rules.txt:ro"]
`,
      },
    });
    await its.compose("up", "-d");
    await using bench = await agentBench(its.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const [before] = await its.inspect();
    await its.write("rules.txt", "two\n");
    const { revision, message } = await agent.next("verdict", (data) => data.revision.services.length > 0);
    assert.equal(revision.verdict, "applied", message);
    const [after] = await its.inspect();
    assert.equal(after?.Id, before?.Id, "the same container");
    assert.notEqual(after?.State.StartedAt, before?.State.StartedAt, "it was restarted");
    assert.equal(await its.compose("exec", "-T", "web", "cat", "/seen"), "two\n");
    const said = agent.events.flatMap((event) =>
      event.type === "restart_progress" && event.data.step?.detail !== undefined
        ? [event.data.step.detail]
        : [],
    );
    assert.match(said.join(" "), /cmp .* ended with exit code 1.* It was restarted\./);
  });

  it("runs again with the former file where the reload has ended it", async () => {
    const ends = `"! grep -q bad /rules.txt || exit 5"`;
    await using its = await composeProject({
      name: "ended",
      files: {
        ".env": "",
        "hotenv.yaml": `policy: { stability: 30s }\nservices: { web: { reload: { signal: HUP } } }\n`,
        "rules.txt": "one\n",
        "compose.yaml": `services:
  web:
    image: ${await testImage()}
    command: ["sh", "-c", 'trap ${ends} HUP; trap "exit 0" TERM; eval ${ends}; while :; do sleep 0.05; done']
    volumes: ["./rules.txt:/rules.txt:ro"]
`,
      },
    });
    await its.compose("up", "-d");
    await using bench = await agentBench(its.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const [before] = await its.inspect();
    await its.write("rules.txt", "bad\n");
    const { revision, message } = await nextVerdict(agent);
    assert.equal(revision.verdict, "rolled-back", message);
    assert.match(message, /ended with exit code 5/);
    assert.equal(await its.read("rules.txt"), "one\n");
    const [after] = await its.inspect();
    assert.deepEqual([after?.Id, after?.State.Running], [before?.Id, true]);
  });

  for (const [way, reload] of Object.entries(ways))
    it(`is told by ${way}; a bad file is refused while the old one is served`, async () => {
      const port = await freePort();
      await using its = await composeProject({
        name: way,
        files: {
          ".env": `PORT=${port}\n`,
          "hotenv.yaml": `policy: { stability: 0s }\nservices: { web: { reload: ${reload} } }\n`,
          "rules.txt": "one\n",
          "server.sh": server,
          "compose.yaml": `services:
  web:
    image: ${await testImage()}
    command: ["sh", "/server.sh"]
    ports: ["127.0.0.1:\${PORT}:8080"]
    volumes: ["./rules.txt:/rules.txt:ro", "./server.sh:/server.sh:ro"]
    healthcheck: { test: "test -f /www/rules.txt", interval: 1s }
`,
        },
      });
      await its.compose("up", "-d", "--wait");
      await using bench = await agentBench(its.dir);
      const agent = await bench.startAgent();
      await agent.settled();
      const verdict = async () => (await nextVerdict(agent)).revision.verdict;
      const [before] = await its.inspect();
      const url = `http://127.0.0.1:${port}/rules.txt`;
      const served = () => ask(url);
      const prober = probe(url, probeMs, slowMs);

      await its.write("rules.txt", "two\n");
      assert.equal(await verdict(), "applied");
      await eventually(served, "two\n");

      await its.write("rules.txt", "bad\n");
      assert.equal(await verdict(), "rolled-back");
      assert.equal(await served(), "two\n");
      assert.equal(await its.read("rules.txt"), "two\n", "the file is put back");
      await prober.stop();
      assert.deepEqual(prober.failures, []);
      const [after] = await its.inspect();
      assert.deepEqual([after?.Id, after?.State.StartedAt], [before?.Id, before?.State.StartedAt]);

      // Saved by renaming: the container holds on to the old file, and only a restart shows it the new one.
      await its.write("rules.new", "three\n");
      await rename(path.join(its.dir, "rules.new"), path.join(its.dir, "rules.txt"));
      assert.equal(await verdict(), "applied");
      await eventually(served, "three\n");
      const [restarted] = await its.inspect();
      assert.equal(restarted?.Id, before?.Id);
      assert.notEqual(restarted?.State.StartedAt, before?.State.StartedAt);
    });
});
