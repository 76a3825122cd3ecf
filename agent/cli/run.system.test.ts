import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { type TestAgent, testAgent, testProject } from "../../client/test-agent.ts";
import { hotenv } from "./terminal.fixture.ts";

describe("hotenv, against an agent", () => {
  it("waits until the process of the agent that it stops is gone", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const ended = once(child, "exit");
    const project = testProject();
    let agent: TestAgent | undefined;
    try {
      writeFileSync(join(project.paths.directory, "compose.yaml"), "services: {}\n");
      const stop = () => {
        setTimeout(() => agent?.cut(), 20);
        setTimeout(() => child.kill("SIGKILL"), 80);
        return {};
      };
      agent = await testAgent(project.paths, { answers: { stop }, rendezvous: { pid: child.pid ?? 0 } });
      const { exitCode, out, err } = await hotenv(
        project.paths.directory,
        "--state-dir",
        project.stateDir,
        "stop",
      );
      assert.deepEqual([exitCode, out, err], [0, "The agent has stopped.\n", ""]);
      assert.throws(() => process.kill(child.pid ?? 0, 0), { code: "ESRCH" });
    } finally {
      child.kill("SIGKILL");
      await ended;
      await agent?.stop();
      project.remove();
    }
  });
});
