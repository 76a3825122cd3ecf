import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { ServiceModel } from "../../../core/compose/model.ts";
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
  stepOf,
  type TestProject,
} from "./runtime.fixture.ts";

const owner = fileURLToPath(new URL("./owner.fixture.ts", import.meta.url));

describe("a process whose agent was killed", function () {
  this.timeout(60_000);
  let project: TestProject;
  let port: number;
  let api: ServiceModel;
  let pid: number;
  let runtime: ProcessRuntime | undefined;

  beforeEach(async () => {
    project = await makeProject();
    port = await freePort();
    api = httpService("api", port, "first");
    const { directory, stateDirectory, logDirectory } = project;
    const agent = spawn(
      process.execPath,
      [owner, JSON.stringify({ directory, stateDirectory, logDirectory }), JSON.stringify(api)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(agent.stdout, "data")) as [Buffer];
    const said = JSON.parse(line.toString()) as { pid: number; verified: unknown };
    assert.deepEqual(said.verified, { ok: true });
    pid = said.pid;
    agent.kill("SIGKILL");
    await once(agent, "exit");
  });
  afterEach(async () => {
    await runtime?.close();
    runtime = undefined;
    assert.equal(isGroupAlive(pid), false);
    await project.remove();
  });

  it("goes on, and is taken over untouched", async () => {
    assert.equal(await answerOf(port), "first");
    runtime = await ProcessRuntime.open(project);
    const [status] = await runtime.observe(never);
    assert.deepEqual(
      { state: status?.state, health: status?.health, instances: status?.instances },
      { state: "running", health: "healthy", instances: [String(pid)] },
    );
    assert.deepEqual(await runtime.drift(new Map([["api", api]]), never), []);
    assert.deepEqual(await runtime.verify("api", api, 0, never), { ok: true });
    assert.equal(await pidOf(runtime, "api"), pid);
    assert.deepEqual(await runtime.logs("api", 5, never), ["listening"]);
  });

  it("is known not to have what was edited meanwhile, and is replaced", async () => {
    runtime = await ProcessRuntime.open(project);
    const next = httpService("api", port, "second");
    assert.deepEqual(await runtime.drift(new Map([["api", next]]), never), ["api"]);
    await perform(runtime, stepOf(next, api), "r2");
    assert.deepEqual(await runtime.verify("api", next, 0, never), { ok: true });
    assert.equal(await answerOf(port), "second");
    assert.equal(isGroupAlive(pid), false);
  });

  it("is seen to end", async () => {
    runtime = await ProcessRuntime.open(project);
    const event = new Promise<RuntimeEvent>((done) => runtime?.onEvent(done));
    process.kill(pid, "SIGKILL");
    assert.match((await event).what, /^api ended after /);
    assert.equal((await runtime.observe(never))[0]?.state, "exited");
  });

  it("that ended while no agent ran is not mistaken for another with its pid", async () => {
    process.kill(pid, "SIGKILL");
    while (isGroupAlive(pid)) await new Promise((done) => setTimeout(done, 5));
    // This test's own process stands in for a stranger that got the pid.
    const file = join(project.stateDirectory, "processes.json");
    const registry = JSON.parse(await readFile(file, "utf8")) as { processes: { pid: number }[] };
    for (const entry of registry.processes) entry.pid = process.pid;
    await writeFile(file, JSON.stringify(registry));
    runtime = await ProcessRuntime.open(project);
    assert.equal((await runtime.observe(never))[0]?.state, "exited");
    await runtime.close();
    assert.doesNotThrow(() => process.kill(process.pid, 0));
  });

  it("is found even when its pid was never written down", async function () {
    if (process.platform !== "linux") this.skip();
    const file = join(project.stateDirectory, "processes.json");
    const registry = JSON.parse(await readFile(file, "utf8")) as {
      processes: { pid: null; started: null }[];
    };
    for (const entry of registry.processes) [entry.pid, entry.started] = [null, null];
    await writeFile(file, JSON.stringify(registry));
    runtime = await ProcessRuntime.open(project);
    assert.equal(await pidOf(runtime, "api"), pid);
  });

  it("is left alone by a close() that shall not stop", async () => {
    const visitor = await ProcessRuntime.open(project);
    await visitor.close({ stop: false });
    assert.equal(await answerOf(port), "first");
    runtime = await ProcessRuntime.open(project);
    assert.equal(await pidOf(runtime, "api"), pid);
  });
});
