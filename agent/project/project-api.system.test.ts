import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import type { LiveProject } from "./live.ts";
import { openProject } from "./open.ts";

describe("an agent", function () {
  this.timeout(60_000);
  let root: string;
  let directory: string;
  let project: LiveProject;
  const never = new AbortController().signal;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hotenv-api-")));
    directory = join(root, "project");
    await mkdir(directory);
    await writeFile(join(directory, ".env"), "READY=yes\n");
    // With READY=no its health check goes on failing for far longer than the test waits.
    await writeFile(
      join(directory, "hotenv.yaml"),
      `policy: { stability: 0s }
services:
  api:
    command: node -e "setInterval(() => {}, 1000)"
    environment: { READY: "\${READY}" }
    healthcheck: { test: ["CMD-SHELL", "test \\"\${READY}\\" = yes"], interval: 100ms, retries: 100000 }
`,
    );
    project = await openProject({ directory, stateDir: join(root, "state"), watch: true });
    await seen("verdict", ({ data }) => data.revision.services.includes("api"));
  });
  afterEach(async () => {
    await project.close();
    await rm(root, { recursive: true, force: true });
  });

  async function seen<T extends AgentEvent["type"]>(
    type: T,
    wanted: (event: Extract<AgentEvent, { type: T }>) => boolean,
  ): Promise<Extract<AgentEvent, { type: T }>> {
    const is = (event: AgentEvent): event is Extract<AgentEvent, { type: T }> => event.type === type;
    const { promise, resolve } = Promise.withResolvers<Extract<AgentEvent, { type: T }>>();
    const off = project.events.on((event) => {
      if (is(event) && wanted(event)) resolve(event);
    });
    try {
      return await promise;
    } finally {
      off();
    }
  }

  it("cancels a rollout: the last good runs again, and the history tells how it went", async () => {
    assert.deepEqual(await project.api.cancel({}, never), { revision: null });
    const probing = seen("restart_progress", ({ data }) => data.step?.state === "probing");
    const verdict = seen("verdict", () => true);
    await writeFile(join(directory, ".env"), "READY=no\n");
    const { revision } = (await probing).data;
    assert.deepEqual(await project.api.cancel({}, never), { revision });
    const { data } = await verdict;
    assert.equal(data.revision.verdict, "rolled-back");
    assert.match(data.message, /^The rollout was cancelled\. Revision \d+ runs again\.$/);
    assert.equal(data.revision.outcome, "The rollout was cancelled.");
    assert.equal(data.revision.severity, "minor");
    const { rollout } = await project.api["history/show"]({ revision }, never);
    const [step] = rollout?.phases[0]?.steps ?? [];
    assert.deepEqual(
      step?.trail?.map(({ state }) => state),
      ["preparing", "stopping", "starting", "probing", "rolling-back", "rolled-back"],
    );
    const times = step?.trail?.map(({ at }) => at) ?? [];
    assert.deepEqual(times, [...times].sort());
    const { services } = await project.api.status({}, never);
    assert.deepEqual(
      services.map(({ service, health }) => [service, health]),
      [["api", "healthy"]],
    );
  });

  it("finds revisions by words of what they say", async () => {
    const listed = await project.api["history/list"]({}, never);
    const found = (text: string) => project.api["history/list"]({ text }, never);
    assert(listed.length > 0);
    assert.deepEqual(
      await found("API"),
      listed.filter(({ services }) => services.includes("api")),
    );
    assert.deepEqual(await found("nobody ever wrote this"), []);
    const given = AbortSignal.abort(new Error("Nobody waits."));
    await assert.rejects(project.api["history/list"]({ text: "nobody" }, given), /Nobody waits/);
  });
});
