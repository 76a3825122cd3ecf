/** The same work on an engine that is reached over TLS, over ssh, or by a context that says how. */
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { agentBench, type Bench } from "../support/agent.ts";
import { docker } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";
import { eventually } from "../support/eventually.ts";
import { type SshDocker, sshDocker, whyNoSshd } from "../support/ssh-docker.ts";
import { type TlsDocker, tlsDocker } from "../support/tls-docker.ts";

/** A dozen programs, each with connections of its own, on a busy machine. */
const limitMs = 600_000;

/** The engine's own socket, which this test goes another way to. */
const socket = /^unix:\/\/(.+)$/.exec(process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock")?.[1];

const project = async (name: string): Promise<TestProject> =>
  composeProject({
    name,
    files: {
      ".env": "VALUE=good\n",
      "compose.yaml": `services:
  api:
    image: ${await testImage()}
    command: ["sh", "-c", "trap 'exit 0' TERM; echo it says $$VALUE; touch /is-$$VALUE; while :; do sleep 0.05; done"]
    environment: { VALUE: "\${VALUE}" }
`,
      // The command runs inside: over a stream that Docker takes over.
      "hotenv.yaml": `policy: { stability: 0s }
services:
  api:
    verify: [{ exec: "test -e /is-good -o -e /is-better" }, { log: { present: "it says" } }]
`,
    },
  });

/** Adopted, changed, refused and put back, followed by an agent: whatever the way, it is the same. */
async function wholeFlow(name: string, environment: NodeJS.ProcessEnv): Promise<void> {
  await using its = await project(name);
  await its.compose("up", "-d");
  await using bench = await agentBench(its.dir, environment);
  const done = async (code: number, ...args: string[]) => {
    const finished = await bench.hotenv(...args);
    assert.equal(finished.code, code, finished.stdout + finished.stderr);
    return finished.stdout;
  };
  assert.match(await done(0, "status"), /api +compose +running/);
  await its.write(".env", "VALUE=better\n");
  assert.match(await done(0, "plan"), /api +recreate/);
  await done(0, "apply");
  assert.equal(await its.environment("api", "VALUE"), "better");
  assert.match(await done(0, "logs", "api"), /it says better/);

  // Through Compose: more than the environment is another.
  await its.write(
    "compose.yaml",
    (await its.read("compose.yaml")).replace("environment:", "labels: { a: b }\n    environment:"),
  );
  await done(0, "apply");
  const { api } = await its.ids();
  await its.write(".env", "VALUE=bad\n");
  assert.match(await done(3, "apply"), /rolled-back/);
  assert.deepEqual(await its.ids(), { api }, "the very same container runs");

  await its.write(".env", "VALUE=better\n");
  const agent = await bench.startAgent();
  await agent.settled();
  // Docker's events are heard.
  await docker(["kill", api ?? ""]);
  await agent.next("health_update", ({ state }) => state !== "running");
  await its.write(".env", "VALUE=good\n");
  assert.equal((await agent.next("verdict")).revision.verdict, "applied");
}

async function refused(bench: Bench, words: RegExp): Promise<void> {
  const { code, stderr } = await bench.hotenv("apply");
  assert.equal(code, 6, stderr);
  assert.match(stderr, words);
}

describe("Docker over TLS", function () {
  this.timeout(limitMs);
  let it_: TlsDocker;
  before(async function () {
    if (socket === undefined) this.skip();
    it_ = await tlsDocker(socket);
  });
  after(() => it_?.[Symbol.asyncDispose]());
  const encrypted = (certificates: string, more: NodeJS.ProcessEnv = {}) => ({
    DOCKER_HOST: it_.host,
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: certificates,
    ...more,
  });

  it("is all that Docker on a socket is", () => wholeFlow("tls", encrypted(it_.certificates)));

  it("is found by a context that keeps its certificates", async () => {
    const config = await mkdtemp(path.join(tmpdir(), "hotenv-config-"));
    try {
      const files = ["ca", "cert", "key"].map((name) => `${name}=${it_.certificates}/${name}.pem`);
      const more = { DOCKER_CONFIG: config, DOCKER_HOST: "", DOCKER_CONTEXT: "" };
      await docker(["--config", config, "context", "create", "far", "--docker", `host=${it_.host},${files}`]);
      await docker(["--config", config, "context", "use", "far"]);
      await wholeFlow("tls-context", more);
    } finally {
      await rm(config, { recursive: true });
    }
  });

  it("is not talked to where one does not trust the other", async () => {
    await using its = await project("tls-distrust");
    await its.compose("up", "-d");
    for (const [certificates, words] of [
      // Not the engine's authority.
      [it_.others, /do not trust each other: self.signed certificate/],
      // The engine's, but none of ours to show.
      [await onlyAuthority(it_), /do not trust each other: .*certificate required/],
    ] as const) {
      await using bench = await agentBench(its.dir, encrypted(certificates));
      await refused(bench, words);
    }
  });
});

async function onlyAuthority({ certificates }: TlsDocker): Promise<string> {
  const directory = await mkdtemp(path.join(path.dirname(certificates), "only-"));
  await copyFile(path.join(certificates, "ca.pem"), path.join(directory, "ca.pem"));
  return directory;
}

describe("Docker over ssh", function () {
  this.timeout(limitMs);
  let its: SshDocker;
  before(async function () {
    const why = await whyNoSshd();
    if (why !== undefined) {
      console.log(`    skipped: ${why}`);
      this.skip();
    }
    its = await sshDocker();
  });
  after(() => its?.[Symbol.asyncDispose]());
  const through = () => ({ DOCKER_HOST: its.host, PATH: `${its.bin}${path.delimiter}${process.env.PATH}` });

  it("is all that Docker on a socket is, and leaves no ssh behind", async () => {
    await wholeFlow("ssh", through());
    await eventually(async () => (await its.clients()).length, 0);
  });

  it("is dialled again where the connection is lost, and missed in ssh's own words where it cannot be", async () => {
    await using one = await project("ssh-lost");
    await one.compose("up", "-d");
    await using bench = await agentBench(one.dir, through());
    const agent = await bench.startAgent();
    await agent.settled();
    const clients = await its.clients();
    // That of the events, and those that wait for the next request.
    assert.ok(clients.length >= 2 && clients.length <= 8, `${clients.length} connections`);
    for (const pid of clients) process.kill(pid);
    await one.write(".env", "VALUE=better\n");
    assert.equal((await agent.next("verdict")).revision.verdict, "applied");
    await agent.stop();

    await its.stop();
    await using other = await agentBench(one.dir, through());
    await refused(
      other,
      /ssh: connect to host 127\.0\.0\.1 .*Connection refused\. .*ssh -l root -p \d+ -- 127/,
    );
    await its.start();
  });
});
