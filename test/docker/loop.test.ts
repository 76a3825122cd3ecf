/** The main job on a real project: a save reaches exactly the containers that it concerns, or nothing changes. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { type ExampleProject, exampleProject } from "../support/docker-example.ts";

/** The longest that any wait here should take on a busy machine. */
const limitMs = 120_000;

async function upProject(name: string): Promise<ExampleProject> {
  const project = await exampleProject(name);
  await project.compose("up", "-d", "--wait");
  return project;
}

/** What `docker compose up -d` would do, as it says itself. */
async function wouldDo(project: ExampleProject): Promise<string> {
  const { spawnSync } = await import("node:child_process");
  const { stderr, stdout } = spawnSync("docker", ["compose", "--ansi", "never", "up", "-d", "--dry-run"], {
    cwd: project.dir,
    encoding: "utf8",
  });
  return stdout + stderr;
}

describe("An agent on a Compose project", function () {
  this.timeout(limitMs);

  it("gives only the service that uses a changed variable a new container, one that Compose finds up to date", async () => {
    await using project = await upProject("one");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    assert.equal((await agent.settled()).revision, 1, "what runs was adopted");
    const before = await project.ids();

    await project.set({ GREETING: "bonjour" });
    const { revision } = await agent.next("verdict");
    assert.equal(revision.verdict, "applied");
    assert.deepEqual(revision.keys, ["GREETING"]);
    assert.deepEqual(revision.services, ["api"]);

    const after = await project.ids();
    assert.notEqual(after.api, before.api);
    assert.deepEqual({ ...after, api: "" }, { ...before, api: "" });
    assert.equal(await project.greeting(), "bonjour");
    assert.equal((await project.inspect()).length, 3, "nothing is left over");
    assert.doesNotMatch(await wouldDo(project), /Recreate|Creat|Start(?!ed)/);
  });

  it("brings the old container back when the new one is not healthy, and says why", async () => {
    await using project = await upProject("bad");
    await using bench = await agentBench(project.dir);
    const before = await project.ids();

    await project.set({ WORKERS: "many" });
    const adopted = await bench.hotenv("status");
    assert.equal(adopted.code, 0, adopted.stderr);
    const agent = await bench.startAgent();
    await agent.settled();
    // Adopted as it runs: what the file says already is drift, and is brought in only when asked for.
    assert.deepEqual(await project.ids(), before);
    const applied = await bench.hotenv("--json", "apply");
    assert.equal(applied.code, 3, applied.stdout + applied.stderr);

    const { revision, message } = await agent.next("verdict");
    assert.equal(revision.verdict, "rolled-back");
    assert.match(message, /api/);
    const shown = JSON.parse(
      (await bench.hotenv("--json", "history", "show", String(revision.revision))).stdout,
    );
    assert.match(shown.rollout.reason, /^api .*health check/);
    assert.ok(shown.rollout.log.length > 0, "the failing service's log lines are there");
    assert.ok(shown.rollout.log.length <= 20);
    assert.deepEqual(await project.ids(), before, "the very same containers run");
    assert.equal(await project.greeting(), "hello");
    assert.equal((await project.inspect()).length, 3, "nothing is left over");

    // The next good save is applied as if nothing had happened.
    await project.set({ WORKERS: "3", GREETING: "again" });
    assert.equal((await agent.next("verdict")).revision.verdict, "applied");
    assert.equal(await project.greeting(), "again");
  });

  it("touches nothing when a save changes no value", async () => {
    await using project = await upProject("comment");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const before = await project.inspect();

    const text = await project.read(".env");
    await project.write(".env", `# a remark\n\n${text.split("\n").toReversed().join("\n")}\n\n`);
    await project.write(".env", `# another\n${text}`);
    // What comes after it proves that the comment was seen and led to nothing.
    await project.set({ TITLE: "proof" });
    const { revision } = await agent.next("verdict");
    assert.deepEqual(revision.keys, ["TITLE"]);
    const after = await project.inspect();
    assert.deepEqual(
      after.filter(({ Name }) => !Name.includes("-web-")).map(({ Id, State }) => [Id, State.StartedAt]),
      before.filter(({ Name }) => !Name.includes("-web-")).map(({ Id, State }) => [Id, State.StartedAt]),
    );
    assert.equal(JSON.parse((await bench.hotenv("--json", "history", "list")).stdout).length, 2);
  });

  it("applies once what was edited while it was dead, and touches nothing when nothing was", async () => {
    await using project = await upProject("dead");
    await using bench = await agentBench(project.dir);
    const first = await bench.startAgent();
    await first.settled();
    await first.kill();
    const before = await project.ids();

    const second = await bench.startAgent();
    await second.settled();
    assert.deepEqual(await project.ids(), before);
    await second.kill();

    await project.set({ GREETING: "meanwhile" });
    const third = await bench.startAgent();
    const { revision } = await third.next("verdict");
    assert.equal(revision.origin, "offline");
    assert.equal(revision.verdict, "applied");
    assert.equal(await project.greeting(), "meanwhile");
    const after = await project.ids();
    await third.kill();

    const fourth = await bench.startAgent();
    await fourth.settled();
    assert.deepEqual(await project.ids(), after);
    assert.equal(JSON.parse((await bench.hotenv("--json", "history", "list")).stdout).length, 2);
  });

  it("goes back to an earlier revision: file and container", async () => {
    await using project = await upProject("back");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const original = await project.read(".env");

    await project.set({ GREETING: "two" });
    await agent.next("verdict");
    const dry = await bench.hotenv("--json", "rollback", "--dry-run");
    assert.equal(dry.code, 0, dry.stderr);
    assert.equal(await project.greeting(), "two", "a dry run touches nothing");
    const back = await bench.hotenv("--json", "rollback");
    assert.equal(back.code, 0, back.stdout + back.stderr);
    assert.equal(await project.read(".env"), original);
    assert.equal(await project.greeting(), "hello");
    const { revision } = await agent.next("verdict");
    assert.equal(revision.origin, "rollback");
    // The restored file is no new change.
    await project.set({ TITLE: "later" });
    assert.deepEqual((await agent.next("verdict")).revision.keys, ["TITLE"]);
  });

  it("names file and line of a broken .env, leaves the containers alone, and goes on when it is mended", async () => {
    await using project = await upProject("broken");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const before = await project.ids();
    const text = await project.read(".env");

    await project.write(".env", `${text}BROKEN="no end\n`);
    const { detail, problems } = await agent.next("status_update", ({ state }) => state === "invalid");
    assert.match(detail, /\.env/);
    const line = text.split("\n").length;
    assert.deepEqual(
      problems.map((problem) => [problem.file, problem.line]),
      [[".env", line]],
    );
    const refused = await bench.hotenv("apply");
    assert.equal(refused.code, 4, refused.stdout + refused.stderr);
    assert.match(refused.stderr, new RegExp(`\\.env:${line}`));
    assert.deepEqual(await project.ids(), before);

    await project.write(".env", text.replace("GREETING=hello", "GREETING=mended"));
    assert.equal((await agent.next("verdict")).revision.verdict, "applied");
    assert.equal(await project.greeting(), "mended");
  });

  it("names file and line of a broken compose file", async () => {
    await using project = await upProject("yaml");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const file = path.join(project.dir, "compose.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("  api:\n", "  api:\n   bad: [1\n"));
    const { problems } = await agent.next("status_update", ({ state }) => state === "invalid");
    assert.equal(problems[0]?.file, "compose.yaml");
    assert.ok((problems[0]?.line ?? 0) > 10, JSON.stringify(problems));
    await writeFile(file, text);
    await agent.next("status_update", ({ state }) => state === "stable");
  });

  it("rolls back when a port is taken, and names the port", async () => {
    await using project = await upProject("port");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const before = await project.ids();
    await project.set({ API_PORT: String(project.webPort) });
    const { revision, message } = await agent.next("verdict");
    assert.equal(revision.verdict, "rolled-back");
    assert.match(message, new RegExp(`port ${project.webPort} is taken`));
    assert.deepEqual(await project.ids(), before);
    assert.equal(await project.greeting(), "hello");
  });
});
