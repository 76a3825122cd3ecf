/** The servers that people reload: a good configuration is taken, a bad one is refused while the old one serves. */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { composeProject } from "../support/docker-project.ts";
import { serversImage } from "../support/docker-servers.ts";
import { freePort } from "../support/free-port.ts";
import { ask, probe } from "../support/prober.ts";

interface Server {
  readonly file: string;
  readonly command: string;
  readonly reload: string;
  readonly configuration: (answer: string) => string;
  /** What it says of a configuration that makes no sense. */
  readonly complaint: RegExp;
  /**
   * How many connections it may close unanswered as it exchanges its configuration: Go's HTTP server can drop one that
   * it accepts in the very moment in which it hands over, which no reload of anybody's changes.
   */
  readonly mayDrop: number;
}

const servers: Readonly<Record<string, Server>> = {
  nginx: {
    file: "nginx.conf",
    command: '["nginx", "-c", "/etc/nginx.conf", "-g", "daemon off;"]',
    reload: '{ signal: HUP, check: "nginx -t -c /etc/nginx.conf" }',
    configuration: (answer) =>
      `user root;\nerror_log stderr;\npid /run/nginx.pid;\nevents {}\nhttp {\n  access_log off;\n  server {\n    listen 8080;\n    return 200 "${answer}";\n  }\n}\n`,
    complaint: /nginx -t .* refuses the new configuration .*unknown directive "nonsense"/s,
    mayDrop: 0,
  },
  haproxy: {
    file: "haproxy.cfg",
    command: '["haproxy", "-W", "-db", "-f", "/etc/haproxy.cfg"]',
    reload: '{ signal: USR2, check: "haproxy -c -f /etc/haproxy.cfg" }',
    configuration: (answer) =>
      `defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\nfrontend web\n  bind :8080\n  http-request return status 200 content-type text/plain string "${answer}"\n`,
    complaint: /haproxy -c .* refuses the new configuration .*unknown keyword 'nonsense'/s,
    mayDrop: 0,
  },
  caddy: {
    file: "Caddyfile",
    command: '["caddy", "run", "--adapter", "caddyfile", "--config", "/etc/Caddyfile"]',
    reload:
      '{ http: { url: "http://127.0.0.1:${ADMIN}/load", headers: { Content-Type: text/caddyfile }, file: Caddyfile } }',
    configuration: (answer) =>
      `{\n  admin 0.0.0.0:2019\n  auto_https off\n}\n:8080 {\n  respond "${answer}"\n}\n`,
    complaint: /POST .*\/load was answered with 400/,
    mayDrop: 1,
  },
};

const probeMs = 20;
/** On a busy machine an answer may take its time. */
const slowMs = 30_000;

async function serves(url: string, text: string): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const said = await ask(url).catch(String);
    if (said === text) return;
    assert.ok(performance.now() < end, `${url} says ${said}, not ${text}`);
  }
}

describe("A server that is reloaded", function () {
  this.timeout(120_000);

  for (const [name, { file, command, reload, configuration, complaint, mayDrop }] of Object.entries(servers))
    it(`${name} takes a good configuration, and refuses a bad one while it serves the old one`, async function () {
      const image = await serversImage();
      // Only Debian's packages bring them without a registry: see test/provision.sh.
      if (image === undefined) return this.skip();
      const [port, admin] = [await freePort(), await freePort()];
      await using its = await composeProject({
        name,
        files: {
          ".env": `PORT=${port}\nADMIN=${admin}\n`,
          "hotenv.yaml": `policy: { stability: 0s }\nservices: { web: { reload: ${reload} } }\n`,
          [file]: configuration("one"),
          "compose.yaml": `services:
  web:
    image: ${image}
    command: ${command}
    environment: { HOME: /tmp }
    ports: ["127.0.0.1:\${PORT}:8080", "127.0.0.1:\${ADMIN}:2019"]
    volumes: ["./${file}:/etc/${file}:ro"]
`,
        },
      });
      const url = `http://127.0.0.1:${port}/`;
      await its.compose("up", "-d");
      await serves(url, "one");
      await using bench = await agentBench(its.dir);
      const agent = await bench.startAgent();
      await agent.settled();
      const [before] = await its.inspect();
      const good = probe(url, probeMs, slowMs);

      await its.write(file, configuration("two"));
      const applied = await agent.next("verdict", ({ revision }) => revision.services.length > 0);
      assert.equal(applied.revision.verdict, "applied", applied.message);
      await serves(url, "two");
      await good.stop();
      assert.ok(good.failures.length <= mayDrop, inspect(good.failures));
      assert.ok(good.answers > 5, `${good.answers} answers`);

      const bad = probe(url, probeMs, slowMs);
      await its.write(file, `nonsense\n${configuration("three")}`);
      const refused = await agent.next("verdict");
      assert.equal(refused.revision.verdict, "rolled-back", refused.message);
      assert.match(refused.message, complaint);
      assert.equal(await its.read(file), configuration("two"), "the file is put back");
      await serves(url, "two");

      await bad.stop();
      assert.deepEqual(bad.failures, []);
      assert.ok(bad.answers > 5, `${bad.answers} answers`);
      const [after] = await its.inspect();
      assert.deepEqual([after?.Id, after?.State.StartedAt], [before?.Id, before?.State.StartedAt]);
    });
});
