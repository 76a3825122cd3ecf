/** The command line from end to end: real processes, a real agent, real services that answer over HTTP. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "mocha";
import { projectPaths } from "../../client/location.ts";
import { findAgent } from "../../client/rendezvous.ts";
import { spawnAgent } from "../../client/spawn.ts";
import { type CliReport, cliReports } from "../../core/protocol/cli.ts";
import { eventSchema } from "../../core/protocol/messages.ts";
import { hotenv, type Running, startHotenv } from "./hotenv.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

/** "hello from 123": what a service says, and which process it is. */
async function ask(url: string): Promise<{ says: string; pid: string }> {
  const [says = "", pid = ""] = (await (await fetch(url)).text()).split(" from ");
  return { says, pid };
}

describe("hotenv from end to end", function () {
  this.timeout(120_000);
  let project: SmallProject;
  let agent: Running | undefined;

  beforeEach(async () => {
    project = await smallProject();
  });
  afterEach(async () => {
    if (agent?.child.exitCode === null && agent.child.signalCode === null) {
      agent.child.kill("SIGTERM");
      await agent.ended;
    }
    agent = undefined;
    project.remove();
  });

  const startAgent = async (...args: string[]): Promise<Running> => {
    agent = startHotenv(project, "agent", ...args);
    return agent;
  };
  /** An agent whose services run. */
  const startSettled = async (): Promise<Running> => {
    const started = await startAgent();
    await started.says(/revision 2 · applied/);
    return started;
  };
  const run = (...args: string[]) => hotenv(project, ...args);
  const document = async <C extends keyof typeof cliReports>(
    command: C,
    ...args: string[]
  ): Promise<CliReport<C>> => {
    const { out, err } = await run("--json", ...args);
    assert.equal(err, "");
    return cliReports[command].parse(JSON.parse(out)) as CliReport<C>;
  };

  it("tells what it watches, starts the services, and tells each change that it applies", async () => {
    const started = await startSettled();
    assert.match(started.out, /^hotenv \S+ · small · /);
    assert.match(started.out, /\n {2}\.env +env\n {2}hotenv\.yaml +settings\n/);
    assert.match(started.out, /\nServices\n {2}api +process .*\n {2}web +process /);
    assert.match(started.out, /history list/);
    const [api, web] = [await ask(project.apiUrl), await ask(project.webUrl)];
    assert.deepEqual([api.says, web.says], ["hello", "red"]);

    project.set({ GREETING: "good day" });
    await started.says(/GREETING {2}hello → good day\n/);
    await started.says(/api +recreate +healthy/);
    await started.says(/revision 3 · applied/);
    assert.equal((await ask(project.apiUrl)).says, "good day");
    // `web` does not use it: the same process goes on.
    assert.deepEqual(await ask(project.webUrl), web);
    assert.notEqual((await ask(project.apiUrl)).pid, api.pid);

    started.child.kill("SIGINT");
    assert.equal(await started.ended, 0);
    await assert.rejects(ask(project.apiUrl));
    assert.equal(
      (await findAgent(projectPaths(project.directory, { stateDir: project.stateDir }))).kind,
      "none",
    );
  });

  it("answers status, plan, history, diff and logs through the running agent", async () => {
    const started = await startSettled();
    project.set({ GREETING: "good day" });
    await started.says(/revision 3 · applied/);

    const status = await document("status", "status");
    assert.equal("agent" in status && status.agent?.pid, started.child.pid);
    assert.match((await run("status")).out, /^small {2}stable\n/);
    assert.equal((await run("plan")).out, "Nothing to do: what runs is what the files on disk say.\n");

    const list = await document("history list", "history", "list");
    assert.deepEqual(
      Array.isArray(list) &&
        list.map((each) => "revision" in each && [each.revision, each.verdict, each.keys]),
      [
        [3, "applied", ["GREETING"]],
        [2, "applied", []],
        [1, "applied", []],
      ],
    );
    const show = await run("history", "show");
    assert.match(show.out, /^revision 3 · applied/);
    assert.match(show.out, /GREETING {2}hello → good day/);
    const diff = await run("history", "diff", "2", "3");
    assert.match(diff.out, /^revision 2 → revision 3\n {2}GREETING {2}hello → good day\n/);
    assert.match(diff.out, /\n-GREETING=hello\n\+GREETING=good day\n/);
    assert.deepEqual(await run("history", "diff"), {
      exitCode: 0,
      out: "No difference between revision 3 and the files on disk.\n",
      err: "",
    });
    assert.deepEqual(await document("history diff", "history", "diff", "3"), { entries: [], files: [] });

    assert.equal((await run("history", "show", "99")).exitCode, 2);
    assert.equal((await run("logs", "nobody")).exitCode, 2);
    assert.equal((await run("logs", "api")).exitCode, 0);
  });

  it("rolls a bad value back: apply exits with 3, the old value serves again", async () => {
    const started = await startSettled();
    await run("pause");
    project.set({ GREETING: "bad" });
    const plan = await run("plan");
    assert.match(plan.out, /^1 change · 1 service/);
    assert.match(plan.out, /api +recreate +.*GREETING/);
    const refused = await run("apply");
    assert.equal(refused.exitCode, 4);
    assert.match(refused.err, /^hotenv: Hotenv is paused/);

    await run("resume");
    await started.says(/revision 3 · rolled-back/);
    assert.match(started.out, /│ api cannot say bad\n/);
    assert.equal((await ask(project.apiUrl)).says, "hello");

    const applied = await run("apply", "--reason", "once more");
    assert.equal(applied.exitCode, 3);
    assert.match(applied.out, /^revision 4 · rolled-back · /);
    assert.match(applied.out, /api +recreate +.*rolled-back: api exited with code 1/);
    assert.match(applied.out, /│ api cannot say bad\n/);
    const outcome = await document("apply", "apply");
    assert.equal("verdict" in outcome && outcome.verdict, "rolled-back");
    assert.equal((await ask(project.apiUrl)).says, "hello");
    assert.match((await run("history", "show", "4")).out, /reason +once more\n/);
  });

  it("runs the last good revision after a restart, too, while the file holds what failed", async () => {
    const first = await startSettled();
    project.set({ GREETING: "bad" });
    await first.says(/revision 3 · rolled-back/);
    await run("stop");
    await first.ended;
    const second = await startAgent();
    await second.says(/Watching/);
    // The first look is over when the status answers.
    assert.match((await run("status")).out, /error/);
    assert.equal((await ask(project.apiUrl)).says, "hello");
    assert.equal((await document("history list", "history", "list")).length, 3);
  });

  it("rolls back by hand: the file and the service are as they were", async () => {
    const started = await startSettled();
    const before = project.readEnv();
    project.set({ GREETING: "good day" });
    await started.says(/revision 3 · applied/);

    const dry = await run("rollback", "--dry-run");
    assert.equal(dry.exitCode, 0);
    assert.match(dry.out, /GREETING {2}good day → hello/);
    assert.match(dry.out, /api +recreate/);
    assert.equal((await ask(project.apiUrl)).says, "good day");

    const rolled = await run("rollback", "2");
    assert.equal(rolled.exitCode, 0, rolled.err);
    assert.match(rolled.out, /^revision 4 · applied/);
    assert.equal((await ask(project.apiUrl)).says, "hello");
    assert.equal(project.readEnv(), before);
    assert.equal((await run("rollback", "77")).exitCode, 2);
  });

  it("restarts nothing for a comment", async () => {
    const started = await startSettled();
    const before = [await ask(project.apiUrl), await ask(project.webUrl)];
    project.writeEnv(`# Another comment\n\n${project.readEnv()}`);
    assert.match((await run("apply")).out, /^Nothing to do/);
    assert.deepEqual([await ask(project.apiUrl), await ask(project.webUrl)], before);
    // The next change of a value is revision 3: the comment made none.
    project.set({ COLOR: "blue" });
    await started.says(/revision 3 · applied/);
    assert.equal((await ask(project.webUrl)).says, "blue");
  });

  it("applies once what was edited while it was dead, and touches nothing where nothing was", async () => {
    const first = await startSettled();
    const paths = projectPaths(project.directory, { stateDir: project.stateDir });
    first.child.kill("SIGKILL");
    await first.ended;
    const before = [await ask(project.apiUrl), await ask(project.webUrl)];

    const second = await startAgent();
    await second.says(/Timeline/);
    await document("apply", "apply");
    assert.deepEqual([await ask(project.apiUrl), await ask(project.webUrl)], before);
    second.child.kill("SIGKILL");
    await second.ended;
    assert.ok(existsSync(paths.rendezvous));

    project.set({ GREETING: "good day" });
    const third = await startAgent();
    await third.says(/revision 3 · applied/);
    assert.equal((await ask(project.apiUrl)).says, "good day");
    const list = await document("history list", "history", "list");
    assert.equal(Array.isArray(list) && list.length, 3);
    assert.deepEqual(await ask(project.webUrl), before[1]);
  });

  it("names file and line of what is invalid, keeps the services, and recovers", async () => {
    const started = await startSettled();
    const before = await ask(project.apiUrl);
    const good = project.readEnv();
    project.writeEnv(`${good}BROKEN="never closed\n`);
    const [, line] = await started.says(/invalid {2}\.env:(\d+):\d+: /);
    assert.equal(line, "6");
    const refused = await run("apply");
    assert.equal(refused.exitCode, 4);
    assert.match(refused.err, /^hotenv: \.env:6/);
    assert.deepEqual(await ask(project.apiUrl), before);
    project.writeEnv(good);
    await started.says(/\d {2}stable\n/);
  });

  it("answers without an agent, too, but does not run local services for one command", async () => {
    const status = await document("status", "status");
    assert.equal("agent" in status && status.agent, null);
    assert.match((await run("plan")).out, /api +recreate .*not running/);
    for (const command of ["apply", "rollback"]) {
      const { exitCode, out } = await run(command);
      assert.notEqual(exitCode, 0);
      assert.equal(out, "");
    }
    const refused = await run("apply");
    assert.equal(refused.exitCode, 6);
    assert.match(refused.err, /^hotenv: Local services run as long as an agent does/);
    // Nor does it keep the agent that follows from starting them.
    await startSettled();
    assert.equal((await ask(project.apiUrl)).says, "hello");
  });

  it("refuses a second agent, and says which one runs", async () => {
    const started = await startSettled();
    const second = await run("agent");
    assert.equal(second.exitCode, 6);
    assert.equal(second.out, "");
    assert.ok(second.err.includes(`(process ${started.child.pid})`), second.err);
    assert.match(second.err, /hotenv stop/);
  });

  it("stops the agent and its services, and waits for both", async () => {
    const started = await startSettled();
    assert.deepEqual(await document("stop", "stop"), { stopped: true });
    assert.equal(await started.ended, 0);
    await assert.rejects(ask(project.apiUrl));
    const again = await run("stop");
    assert.equal(again.exitCode, 6);
  });

  it("streams every event as a line of JSON", async () => {
    const started = await startAgent("--json");
    await started.says(/"verdict"[^\n]*"revision":2,[^\n]*\n/);
    const events = started.out
      .trimEnd()
      .split("\n")
      .map((line) => eventSchema.parse(JSON.parse(line)));
    assert.equal(events[0]?.type, "status_update");
    const numbers = events.map(({ seq }) => seq);
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => (numbers[0] ?? 0) + index),
    );
  });

  it("ends well where its reader goes away", async () => {
    const started = await startSettled();
    started.child.stdout?.destroy();
    project.set({ GREETING: "good day" });
    assert.equal(await started.ended, 0);
    assert.equal(started.err, "");
    await assert.rejects(ask(project.apiUrl));
  });

  it("lives on as a spawned agent when nobody holds its pipes, and logs into its file", async () => {
    const paths = projectPaths(project.directory, { stateDir: project.stateDir });
    await spawnAgent({
      entry: new URL("../../agent/main.ts", import.meta.url).pathname,
      execPath: process.execPath,
      environment: { PATH: process.env.PATH, HOME: project.stateDir },
      directory: project.directory,
      stateDir: project.stateDir,
    });
    try {
      await run("apply");
      project.set({ GREETING: "good day" });
      await run("apply");
      assert.equal((await ask(project.apiUrl)).says, "good day");
      assert.match(
        readFileSync(paths.log, "utf8"),
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}revision 3 · applied/m,
      );
    } finally {
      assert.equal((await run("stop")).exitCode, 0);
    }
    assert.match(readFileSync(paths.log, "utf8"), /Ended\.\n$/);
  });

  it("ends, services and all, where it is told to in the middle of its start", async () => {
    const started = startHotenv(project, "agent", "--spawned");
    await started.says(/ready/);
    started.child.kill("SIGTERM");
    assert.equal(await started.ended, 0);
    await assert.rejects(ask(project.apiUrl));
    await assert.rejects(ask(project.webUrl));
  });

  it("answers with one line of JSON where a spawned agent cannot start", async () => {
    await startSettled();
    const { exitCode, out } = await run("agent", "--spawned");
    assert.equal(exitCode, 6);
    assert.equal((JSON.parse(out) as { error: { code: string } }).error.code, "agent-running");
    assert.equal(out.trimEnd().split("\n").length, 1);
  });
});
