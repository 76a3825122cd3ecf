import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import { connectAgent } from "../../client/connect.ts";
import { type TestProject, testProject } from "../../client/test-agent.ts";
import { claimProject } from "./claim.ts";
import { serverOptions } from "./server.fixture.ts";
import { startServer } from "./server.ts";

const agentScript = fileURLToPath(new URL("agent.fixture.ts", import.meta.url));
const atOnce = 20;

describe("one agent a project", () => {
  let project: TestProject;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    project = testProject();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "close");
    }
    project.remove();
  });
  /** Starts an agent and waits for what it says. */
  const agent = async (): Promise<{ child: ChildProcess; said: string }> => {
    const child = spawn(process.execPath, [agentScript, project.paths.directory, project.stateDir], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    assert.ok(child.stdout);
    const [said] = await once(createInterface(child.stdout), "line");
    return { child, said };
  };
  const answers = async () => {
    const client = await connectAgent(project.paths, { client: "cli" });
    assert.deepEqual(await client.call("logs", { service: "api" }), ["api is up"]);
    client.close();
    return client.rendezvous.pid;
  };
  const running = { code: "agent-running", name: "HotenvError" };

  it(`however many start at once: of ${atOnce}, one wins and the others say so`, async function () {
    this.timeout(60_000);
    const all = await Promise.all(Array.from({ length: atOnce }, agent));
    const winners = all.filter(({ said }) => said === "ready");
    assert.equal(winners.length, 1, all.map(({ said }) => said).join("\n"));
    for (const { said } of all) if (said !== "ready") assert.equal(JSON.parse(said).code, "agent-running");
    assert.equal(await answers(), winners[0]?.child.pid);
  });

  it("recovers from kill -9: the next start replaces socket and rendezvous", async function () {
    this.timeout(60_000);
    for (let i = 0; i < 3; i++) {
      const { child, said } = await agent();
      assert.equal(said, "ready");
      assert.equal(await answers(), child.pid);
      child.kill("SIGKILL");
      await once(child, "close");
      assert.ok(existsSync(project.paths.rendezvous), "the dead leave their rendezvous");
      await assert.rejects(answers(), { code: "agent-unreachable" });
    }
    const { child, said } = await agent();
    assert.equal(said, "ready");
    child.stdin?.end();
    await once(child, "close");
    assert.equal(existsSync(project.paths.rendezvous), false);
    assert.equal(existsSync(project.paths.socket), false);
  });

  it("names the process that has the project", async function () {
    this.timeout(60_000);
    const { child } = await agent();
    await assert.rejects(startServer(serverOptions(project.paths)), {
      ...running,
      message: `Another Hotenv works on ${project.paths.directory} (process ${child.pid}).`,
    });
  });

  it("does not take a stale rendezvous for an agent, even when a living process has its number", async () => {
    const server = await startServer(serverOptions(project.paths));
    const stale = readFileSync(project.paths.rendezvous);
    await server.close();
    writeFileSync(project.paths.rendezvous, stale);
    const next = await startServer(serverOptions(project.paths));
    assert.notDeepEqual(readFileSync(project.paths.rendezvous), stale);
    await next.close();
  });

  it("replaces a damaged rendezvous, and leaves a successor's alone when it ends", async () => {
    writeFileSync(project.paths.rendezvous, "{");
    const server = await startServer(serverOptions(project.paths));
    await answers();
    writeFileSync(project.paths.rendezvous, '{"token":"another"}');
    await server.close();
    assert.equal(readFileSync(project.paths.rendezvous, "utf8"), '{"token":"another"}');
  });

  it("leaves a socket alone on which somebody answers", async () => {
    const other = createServer().listen(project.paths.socket);
    await once(other, "listening");
    try {
      await assert.rejects(startServer(serverOptions(project.paths)), running);
      assert.ok(existsSync(project.paths.socket));
      // What failed has let go of the claim.
      claimProject(project.paths).release();
    } finally {
      other.close();
      await once(other, "close");
    }
  });

  it("serves under a claim that was made before, and leaves that to whoever made it", async () => {
    const claim = claimProject(project.paths);
    assert.throws(() => claimProject(project.paths), running);
    const server = await startServer(serverOptions(project.paths, { claim }));
    await answers();
    await server.close();
    assert.throws(() => claimProject(project.paths), running);
    claim.release();
    claim.release();
    claimProject(project.paths).release();
  });
});
