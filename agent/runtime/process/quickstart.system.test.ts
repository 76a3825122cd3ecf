/** The example that needs no Docker does what its README says, as far as the runtime goes. */
import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { ServiceModel } from "../../../core/compose/model.ts";
import { findImpacts } from "../../../core/plan/impact.ts";
import { orderPhases } from "../../../core/plan/phases.ts";
import { parseSettings } from "../../../core/settings/settings.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { readSnapshot } from "../../watch/read-snapshot.ts";
import { loadProcessServices } from "./load.ts";
import { ProcessRuntime } from "./process-runtime.ts";
import {
  answerOf,
  makeProject,
  never,
  perform,
  pidOf,
  revert,
  stepOf,
  type TestProject,
} from "./runtime.fixture.ts";

const example = fileURLToPath(new URL("../../../examples/quickstart", import.meta.url));

describe("examples/quickstart", function () {
  this.timeout(60_000);
  let project: TestProject;
  let runtime: ProcessRuntime;
  let port: number;
  let running: Map<string, ServiceModel>;

  async function edit(from: RegExp, to: string): Promise<void> {
    const file = join(project.directory, ".env");
    const text = await readFile(file, "utf8");
    assert.match(text, from);
    await writeFile(file, text.replace(from, to));
  }

  async function load(): Promise<Map<string, ServiceModel>> {
    const { directory } = project;
    const snapshot = await readSnapshot(directory, [
      { path: ".env", role: "env" },
      { path: "hotenv.yaml", role: "settings" },
    ]);
    const { settings, problems } = parseSettings(
      await readFile(join(directory, "hotenv.yaml"), "utf8"),
      "hotenv.yaml",
    );
    assert.deepEqual(problems, []);
    return loadProcessServices({ directory, environment: {}, settings, snapshot });
  }

  const impacts = (next: Map<string, ServiceModel>) =>
    findImpacts(running, next, new Set(), new Map()).map(({ service, action, cause }) => ({
      service,
      action,
      cause,
    }));

  beforeEach(async () => {
    project = await makeProject();
    await cp(example, project.directory, { recursive: true });
    port = await freePort();
    await edit(/WEB_PORT=\d+/, `WEB_PORT=${port}`);
    await edit(/API_PORT=\d+/, `API_PORT=${await freePort()}`);
    runtime = await ProcessRuntime.open(project);
    running = await load();
    const phases = orderPhases(running, new Set(running.keys()));
    assert.deepEqual(phases, [["api"], ["web"]]);
    for (const service of phases.flat()) {
      const model = running.get(service);
      assert.ok(model);
      await perform(runtime, stepOf(model), "r1");
      assert.deepEqual(await runtime.verify(service, model, 0, never), { ok: true });
    }
  });
  afterEach(async () => {
    await runtime.close();
    await project.remove();
  });

  it("shows a new greeting after only the api was replaced", async () => {
    assert.equal(await answerOf(port), "Hotenv quickstart: Hello Hello\n");
    const web = await pidOf(runtime, "web");
    await edit(/GREETING=.*/, "GREETING='Good day'");
    const next = await load();
    assert.deepEqual(impacts(next), [
      { service: "api", action: "recreate", cause: "environment.GREETING changed" },
    ]);
    const api = next.get("api");
    assert.ok(api);
    await perform(runtime, stepOf(api, running.get("api")), "r2");
    assert.deepEqual(await runtime.verify("api", api, 0, never), { ok: true });
    assert.equal(await answerOf(port), "Hotenv quickstart: Good day Good day\n");
    assert.equal(await pidOf(runtime, "web"), web);
  });

  it("replaces only the page for a new title, and nothing for a comment", async () => {
    await edit(/TITLE=/, "# a note\nTITLE=");
    assert.deepEqual(impacts(await load()), []);
    await edit(/TITLE=.*/, "TITLE=Mine");
    assert.deepEqual(impacts(await load()), [
      { service: "web", action: "recreate", cause: "environment.TITLE changed" },
    ]);
  });

  it("refuses to start with a bad value, says why, and serves again when it is put back", async () => {
    await edit(/REPEAT=.*/, "REPEAT=1000");
    const next = await load();
    const api = next.get("api");
    const old = running.get("api");
    assert.ok(api && old);
    const script = await perform(runtime, stepOf(api, old), "r2");
    const result = await runtime.verify("api", api, 0, never);
    assert.ok(!result.ok);
    assert.match(result.reason, /^api exited with code 1 after/);
    assert.deepEqual(result.log, ["REPEAT is 1000, but must be a whole number from 1 to 10."]);
    await revert(runtime, script);
    assert.deepEqual(await runtime.verify("api", old, 0, never), { ok: true });
    assert.equal(await answerOf(port), "Hotenv quickstart: Hello Hello\n");
  });
});
