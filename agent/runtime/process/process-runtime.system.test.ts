import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { freePort } from "../../../test/support/free-port.ts";
import type { RuntimeEvent } from "../runtime.ts";
import { isGroupAlive } from "./identity.ts";
import { ProcessRuntime } from "./process-runtime.ts";
import {
  answerOf,
  httpService,
  makeProject,
  never,
  perform,
  pidOf,
  revert,
  scripted,
  stepOf,
  type TestProject,
  throughJournal,
} from "./runtime.fixture.ts";

const stayAlive = "setInterval(() => {}, 1000);";
/** A stability window that a service is to end in: nobody waits for the rest of it. */
const untilItEndsMs = 50_000;

describe("the process runtime", function () {
  this.timeout(60_000);
  let project: TestProject;
  let runtime: ProcessRuntime;

  beforeEach(async () => {
    project = await makeProject();
    runtime = await ProcessRuntime.open(project);
  });
  afterEach(async () => {
    await runtime.close();
    await project.remove();
  });

  const nextEvent = () => new Promise<RuntimeEvent>((done) => runtime.onEvent(done));

  it("starts a service, proves it by its health check, and stops it", async () => {
    const port = await freePort();
    const api = httpService("api", port, "hello");
    await perform(runtime, stepOf(api), "r1");
    const [starting] = await runtime.observe(never);
    assert.equal(starting?.state, "running");
    assert.equal(starting?.health, "starting");

    assert.deepEqual(await runtime.verify("api", api, 0, never), { ok: true });
    assert.equal(await answerOf(port), "hello");
    const [running] = await runtime.observe(never);
    assert.equal(running?.health, "healthy");
    assert.deepEqual(await runtime.logs("api", 10, never), ["listening"]);

    const pid = await pidOf(runtime, "api");
    await perform(runtime, { ...stepOf(api, api), target: undefined }, "r2");
    assert.equal(isGroupAlive(pid), false);
    assert.deepEqual(await runtime.observe(never), []);
    assert.deepEqual(await runtime.logs("api", 10, never), ["listening", "ending"]);
  });

  it("replaces the old one on the same port, and brings it back when reverted, each step twice", async () => {
    const port = await freePort();
    const [old, next] = [httpService("api", port, "old"), httpService("api", port, "new")];
    await perform(runtime, stepOf(old), "r1");
    assert.deepEqual(await runtime.verify("api", old, 0, never), { ok: true });
    assert.deepEqual(await runtime.drift(new Map([["api", old]]), never), []);
    assert.deepEqual(await runtime.drift(new Map([["api", next]]), never), ["api"]);

    const script = await runtime.prepare(stepOf(next, old), "r2");
    assert.deepEqual(
      script.operations.map(({ kind }) => kind),
      ["process-stop", "process-start"],
    );
    for (const operation of script.operations)
      for (let twice = 0; twice < 2; twice++) await runtime.perform(throughJournal(operation), never);
    assert.deepEqual(await runtime.verify("api", next, 0, never), { ok: true });
    assert.equal(await answerOf(port), "new");

    await revert(runtime, script);
    assert.deepEqual(await runtime.verify("api", old, 0, never), { ok: true });
    assert.equal(await answerOf(port), "old");
    const pid = await pidOf(runtime, "api");
    await revert(runtime, script);
    assert.equal(await pidOf(runtime, "api"), pid);
  });

  it("reverts a step that was never performed by touching nothing", async () => {
    const old = scripted("api", stayAlive);
    await perform(runtime, stepOf(old), "r1");
    const pid = await pidOf(runtime, "api");
    for (const action of ["recreate", "restart"] as const)
      await revert(runtime, await runtime.prepare(stepOf(old, old, { action }), "r2"));
    assert.equal(await pidOf(runtime, "api"), pid);
  });

  it("restarts with the same configuration", async () => {
    const api = scripted("api", stayAlive);
    await perform(runtime, stepOf(api), "r1");
    const pid = await pidOf(runtime, "api");
    await perform(runtime, stepOf(api, api, { action: "restart" }), "r2");
    assert.notEqual(await pidOf(runtime, "api"), pid);
    assert.equal(isGroupAlive(pid), false);
  });

  it("signals the process itself, and again when reverted", async () => {
    const api = scripted(
      "api",
      `process.on("SIGHUP", () => console.log("reloaded")); console.log("up"); ${stayAlive}`,
    );
    await perform(runtime, stepOf(api), "r1");
    const lines = async (count: number) => {
      while ((await runtime.logs("api", 10, never)).length < count) await delay(10);
    };
    await lines(1);
    const script = await perform(runtime, stepOf(api, api, { action: "signal", signal: "SIGHUP" }), "r2");
    await lines(2);
    await revert(runtime, script);
    await lines(3);
    assert.deepEqual(await runtime.logs("api", 10, never), ["up", "reloaded", "reloaded"]);
  });

  it("ends grandchildren, too, and kills who ignores SIGTERM after the grace", async function () {
    if (process.platform === "win32") this.skip();
    const stubborn = `process.on("SIGTERM", () => {}); ${stayAlive}`;
    const parent = `
      const { spawn } = require("child_process");
      const child = spawn(process.execPath, ["-e", ${JSON.stringify(`console.log(process.pid); ${stubborn}`)}], { stdio: "inherit" });
      ${stubborn}`;
    const api = scripted("api", parent, { stop_grace_period: 300 });
    await perform(runtime, stepOf(api), "r1");
    while ((await runtime.logs("api", 1, never)).length === 0) await delay(10);
    const grandchild = Number((await runtime.logs("api", 1, never))[0]);
    const leader = await pidOf(runtime, "api");
    process.kill(grandchild, 0);

    const before = performance.now();
    await perform(runtime, { ...stepOf(api, api), target: undefined }, "r2");
    const tookMs = performance.now() - before;
    // Without a grace of its own it would have had ten seconds.
    assert.ok(tookMs >= 290 && tookMs < 9_000, `${tookMs} ms`);
    assert.equal(isGroupAlive(leader), false);
    const state = await readFile(`/proc/${grandchild}/stat`, "utf8").catch(() => "gone");
    assert.match(state, /^gone$|\) [ZX] /);
  });

  it("waits for a grandchild that takes its time to end, although its parent is gone", async function () {
    if (process.platform === "win32") this.skip();
    const slow = `process.on("SIGTERM", () => setTimeout(() => { console.log("flushed"); process.exit(0); }, 200)); console.log("up"); ${stayAlive}`;
    const api = scripted("api", "", {
      command: ["/bin/sh", "-c", `"${process.execPath}" -e '${slow}' & wait`],
    });
    await perform(runtime, stepOf(api), "r1");
    while ((await runtime.logs("api", 1, never)).length === 0) await delay(10);
    await perform(runtime, { ...stepOf(api, api), target: undefined }, "r2");
    assert.deepEqual(await runtime.logs("api", 10, never), ["up", "flushed"]);
  });

  it("can be cancelled while it waits for an end, and finished later", async () => {
    const api = scripted("api", `process.on("SIGTERM", () => {}); console.log("up"); ${stayAlive}`, {
      stop_grace_period: 60_000,
    });
    await perform(runtime, stepOf(api), "r1");
    while ((await runtime.logs("api", 1, never)).length === 0) await delay(10);
    const { operations } = await runtime.prepare({ ...stepOf(api, api), target: undefined }, "r2");
    const [stop] = operations;
    assert.ok(stop);
    await assert.rejects(runtime.perform(stop, AbortSignal.timeout(100)), { name: "AbortError" });
    assert.ok(await pidOf(runtime, "api"));
    const { operations: again } = await runtime.prepare(stepOf(api), "r3");
    const start = again.at(-1);
    assert.ok(start);
    await runtime.perform(start, never);
    await runtime.revert({ ...start, rollout: "r1" }, "kill");
    assert.deepEqual(await runtime.observe(never), []);
  });

  it("says how a service ended that does not stay up, with the last 20 lines of its own log", async () => {
    const first = scripted("api", "console.log('of an earlier one')");
    await perform(runtime, stepOf(first), "r1");
    assert.equal((await runtime.verify("api", first, untilItEndsMs, never)).ok, false);

    // Both streams are one file, opened for appending: their lines are in the order in which they were written.
    const api = scripted(
      "api",
      "for (let i = 1; i <= 30; i++) console[i % 3 === 0 ? 'log' : 'error']('line ' + i); process.exit(3)",
    );
    await perform(runtime, stepOf(api, first), "r2");
    const result = await runtime.verify("api", api, untilItEndsMs, never);
    assert.ok(!result.ok);
    assert.equal(result.inconclusive, false);
    assert.match(result.reason, /^api exited with code 3 after \d+\.\d s\.$/);
    assert.deepEqual(
      result.log,
      Array.from({ length: 20 }, (_, index) => `line ${index + 11}`),
    );

    const short = scripted("api", "console.log('short')");
    await perform(runtime, stepOf(short, api), "r3");
    const ended = await runtime.verify("api", short, untilItEndsMs, never);
    assert.deepEqual(!ended.ok && ended.log, ["short"]);
  });

  it("sees a crash inside the stability window", async () => {
    const api = scripted("api", "setTimeout(() => process.exit(1), 300)");
    await perform(runtime, stepOf(api), "r1");
    assert.deepEqual(await runtime.verify("api", api, 0, never), { ok: true });
    const result = await runtime.verify("api", api, untilItEndsMs, never);
    assert.match(result.ok ? "" : result.reason, /exited with code 1/);
  });

  it("reports a later crash by itself, and what is left of its group is ended", async function () {
    if (process.platform === "win32") this.skip();
    const crash = `
      require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stayAlive)}], { stdio: "ignore" });
      setTimeout(() => process.abort(), 200);`;
    const api = scripted("api", crash);
    const event = nextEvent();
    await perform(runtime, stepOf(api), "r1");
    const leader = await pidOf(runtime, "api");
    assert.match((await event).what, /^api was ended by SIGABRT after \d\.\d s\.$/);
    const [status] = await runtime.observe(never);
    assert.equal(status?.state, "exited");
    assert.deepEqual(status?.instances, []);
    while (isGroupAlive(leader)) await delay(10);
  });

  it("says why a health check fails, after as many times as it may", async () => {
    const check = { interval: 50, timeout: 20_000, retries: 3, start_period: 0 };
    const api = scripted("api", stayAlive, {
      healthcheck: {
        ...check,
        test: ["CMD", process.execPath, "-e", "console.error('no database'); process.exit(1)"],
      },
    });
    await perform(runtime, stepOf(api), "r1");
    const result = await runtime.verify("api", api, 0, never);
    assert.deepEqual(result, {
      ok: false,
      inconclusive: false,
      reason: "api failed its health check 3 times in a row: exit code 1: no database.",
      log: [],
    });
    assert.equal((await runtime.observe(never))[0]?.health, "unhealthy");
  });

  it("gives a check that hangs its timeout, and ends it", async function () {
    if (process.platform === "win32") this.skip();
    const file = join(project.directory, "check.pid");
    const test = ["CMD-SHELL", `echo $$ > '${file}'; sleep 60`];
    const api = scripted("api", stayAlive, {
      healthcheck: { test, interval: 10, timeout: 2_000, retries: 1, start_period: 0 },
    });
    await perform(runtime, stepOf(api), "r1");
    const result = await runtime.verify("api", api, 0, never);
    assert.equal(result.ok ? "" : result.reason, "api failed its health check: no answer within 2000 ms.");
    // It was killed; the system takes its time to let it go.
    const group = Number(await readFile(file, "utf8"));
    while (isGroupAlive(group)) await delay(10);
  });

  it("does not count failures in the start period, nor wait for a long interval to be over", async () => {
    const ready = join(project.directory, "ready");
    const test = ["CMD", process.execPath, "-e", `require("fs").accessSync(${JSON.stringify(ready)})`];
    const api = scripted(
      "api",
      `setTimeout(() => require("fs").writeFileSync(${JSON.stringify(ready)}, ""), 400); ${stayAlive}`,
      {
        healthcheck: { test, interval: 50_000, timeout: 20_000, retries: 1, start_period: 0 },
      },
    );
    const before = performance.now();
    await perform(runtime, stepOf(api), "r1");
    assert.deepEqual(await runtime.verify("api", api, 0, never), { ok: true });
    assert.ok(performance.now() - before < 50_000);
  });

  it("is inconclusive when the check's command is missing", async () => {
    const check = { interval: 50, timeout: 20_000, retries: 3, start_period: 0 };
    const tests = [["CMD", "hotenv-no-such-command"]];
    if (process.platform !== "win32") tests.push(["CMD-SHELL", "hotenv-no-such-command --flag"]);
    for (const test of tests) {
      const api = scripted("api", stayAlive, { healthcheck: { ...check, test } });
      await perform(runtime, stepOf(api), "r1");
      const result = await runtime.verify("api", api, 0, never);
      assert.ok(!result.ok && result.inconclusive, test.join(" "));
      assert.match(result.reason, /hotenv-no-such-command/);
    }
  });

  it("waits for one that others need to complete", async () => {
    const good = scripted("migrate", "setTimeout(() => process.exit(0), 200)", { completes: true });
    await perform(runtime, stepOf(good), "r1");
    assert.deepEqual(await runtime.verify("migrate", good, 0, never), { ok: true });
    const bad = scripted("migrate", "setTimeout(() => process.exit(2), 200)", { completes: true });
    await perform(runtime, stepOf(bad, good), "r2");
    assert.equal((await runtime.verify("migrate", bad, 0, never)).ok, false);
  });

  it("names a command and a directory that do not exist", async () => {
    const expected = (message: RegExp) => (error: unknown) => {
      assert.ok(error instanceof HotenvError);
      assert.equal(error.code, "process-failed");
      assert.match(error.message, message);
      return true;
    };
    const nothing = scripted("api", "", { command: ["hotenv-no-such-command"] });
    await assert.rejects(
      perform(runtime, stepOf(nothing), "r1"),
      expected(/^api cannot be started: the command hotenv-no-such-command was not found\.$/),
    );
    const nowhere = scripted("api", stayAlive, { working_dir: "nowhere" });
    await assert.rejects(
      perform(runtime, stepOf(nowhere), "r1"),
      expected(/its directory .*nowhere does not exist/),
    );
    assert.deepEqual(await runtime.observe(never), []);
  });

  it("keeps variables out of process arguments, and state and logs to their owner", async function () {
    if (process.platform !== "linux") this.skip();
    const api = scripted("api", `console.log("secret is " + process.env.SECRET); ${stayAlive}`, {
      environment: { SECRET: "hunter2" },
    });
    await perform(runtime, stepOf(api), "r1");
    while ((await runtime.logs("api", 1, never)).length === 0) await delay(10);
    assert.deepEqual(await runtime.logs("api", 1, never), ["secret is hunter2"]);
    const pid = await pidOf(runtime, "api");
    assert.ok(!(await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("hunter2"));
    for (const file of [
      join(project.stateDirectory, "processes.json"),
      join(project.logDirectory, "api.log"),
    ])
      assert.equal((await stat(file)).mode & 0o777, 0o600, file);
    assert.ok(!(await readFile(join(project.stateDirectory, "processes.json"), "utf8")).includes("hunter2"));
    assert.equal((await stat(project.logDirectory)).mode & 0o777, 0o700);
  });

  it("finds node for a service when PATH does not lead to one", async () => {
    await runtime.close();
    runtime = await ProcessRuntime.open({
      ...project,
      environment: { PATH: join(project.directory, "empty") },
    });
    const api = scripted("api", "", { command: ["node", "-e", stayAlive] });
    await perform(runtime, stepOf(api), "r1");
    assert.deepEqual(await runtime.verify("api", api, 200, never), { ok: true });
  });

  it("keeps logs of a chatty service small", async () => {
    await runtime.close();
    const maxLogBytes = 20_000;
    runtime = await ProcessRuntime.open({ ...project, maxLogBytes });
    const chatty = `let n = 0; setInterval(() => { for (let i = 0; i < 20; i++) console.log("line " + ++n + " ".repeat(80)); }, 50);`;
    const api = scripted("api", chatty);
    await perform(runtime, stepOf(api), "r1");
    const file = join(project.logDirectory, "api.log");
    while (!(await readdir(project.logDirectory)).includes("api.log.1")) await delay(50);
    const cut = (await stat(file)).size;
    await delay(300);
    assert.ok((await stat(file)).size > cut, "it goes on at the start of the emptied file");
    assert.equal((await stat(`${file}.1`)).size, maxLogBytes);
    assert.ok((await stat(file)).size < 300_000);
    const numbers = (await runtime.logs("api", 50, never)).map((line) => Number(line.split(" ")[1]));
    assert.equal(numbers.length, 50);
    assert.ok(numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0)));
  });

  it("stops everything when it is closed, the last started first", async () => {
    const file = join(project.directory, "order");
    await writeFile(file, "");
    const noting = (name: string) =>
      scripted(
        name,
        `process.on("SIGTERM", () => { require("fs").appendFileSync(${JSON.stringify(file)}, "${name} "); process.exit(0); }); console.log("up"); ${stayAlive}`,
      );
    const pids: number[] = [];
    for (const name of ["db", "api", "web"]) {
      await perform(runtime, stepOf(noting(name)), "r1");
      while ((await runtime.logs(name, 1, never)).length === 0) await delay(10);
      pids.push(await pidOf(runtime, name));
    }
    // Who starts again keeps its place.
    await perform(runtime, stepOf(noting("db"), noting("db"), { action: "restart" }), "r2");
    while ((await runtime.logs("db", 2, never)).length < 2) await delay(10);
    pids.push(await pidOf(runtime, "db"));
    await runtime.close();
    assert.equal(await readFile(file, "utf8"), "db web api db ");
    assert.deepEqual(
      pids.filter((pid) => isGroupAlive(pid)),
      [],
    );
  });

  it("sets a damaged registry aside and says so", async () => {
    await runtime.close();
    await mkdir(project.stateDirectory, { recursive: true });
    const file = join(project.stateDirectory, "processes.json");
    await writeFile(file, '{"version":1,"processes":[{"ser');
    const warnings: string[] = [];
    runtime = await ProcessRuntime.open({ ...project, warn: (sentence) => warnings.push(sentence) });
    assert.match(warnings.join("\n"), /was damaged and is now .*processes\.json\.damaged\./);
    assert.equal(await readFile(`${file}.damaged`, "utf8"), '{"version":1,"processes":[{"ser');
    assert.deepEqual(await runtime.observe(never), []);
  });
});
