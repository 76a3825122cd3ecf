/** What only a real process has: signals, pipes that break, colours that depend on where it writes. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { CancellationToken } from "vscode-jsonrpc/node";
import { type TestAgent, type TestProject, testAgent, testProject } from "../../client/test-agent.ts";
import { compileCache } from "../../test/support/compile-cache.ts";
import * as samples from "./golden/samples.ts";

const main = join(import.meta.dirname, "..", "main.ts");

interface Running {
  readonly child: ChildProcess;
  out: string;
  err: string;
  /** Resolves as soon as standard error has it. */
  said(text: string): Promise<void>;
  readonly ended: Promise<number | null>;
}

function hotenv(project: TestProject, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [main, "--state-dir", project.stateDir, ...args], {
    cwd: project.paths.directory,
    env: { PATH: process.env.PATH, ...compileCache, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const running: Running = {
    child,
    out: "",
    err: "",
    async said(text) {
      while (!running.err.includes(text)) await once(child.stderr ?? child, "data");
    },
    ended: once(child, "close").then(([code]: (number | null)[]) => code ?? null),
  };
  child.stdout?.on("data", (chunk) => {
    running.out += String(chunk);
  });
  child.stderr?.on("data", (chunk) => {
    running.err += String(chunk);
  });
  return running;
}

describe("hotenv as a process", () => {
  let project: TestProject;
  let agent: TestAgent | undefined;
  beforeEach(() => {
    project = testProject();
    writeFileSync(join(project.paths.directory, "compose.yaml"), "services: {}\n");
  });
  afterEach(async () => {
    await agent?.stop();
    agent = undefined;
    project.remove();
  });

  const escapeCode = "\u001b[";
  const colors: [name: string, environment: NodeJS.ProcessEnv, colored: boolean][] = [
    ["writes no colours into a pipe", {}, false],
    ["writes colours where FORCE_COLOR asks for them", { FORCE_COLOR: "1" }, true],
    ["writes no colours where NO_COLOR forbids them", { NO_COLOR: "1" }, false],
  ];
  for (const [name, environment, colored] of colors)
    it(name, async () => {
      agent = await testAgent(project.paths, { answers: { status: () => samples.status } });
      const running = hotenv(project, ["status"], environment);
      assert.equal(await running.ended, 0);
      assert.equal(running.out.includes(escapeCode), colored);
      assert.match(running.out, /quickstart/);
    });

  it("is quiet where its reader goes away", async () => {
    const line = "x".repeat(1000);
    agent = await testAgent(project.paths, {
      answers: { logs: () => Array.from({ length: 5000 }, () => line) },
    });
    const running = hotenv(project, ["logs", "api"]);
    await once(running.child.stdout ?? running.child, "data");
    running.child.stdout?.destroy();
    assert.equal(await running.ended, 0);
    assert.equal(running.err, "");
  });

  /** An apply that ends as its signal is aborted, when the test lets it. */
  const slowApply = () => {
    const begun = Promise.withResolvers<void>();
    const cancelled = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const apply = async (_params: unknown, token: CancellationToken) => {
      begun.resolve();
      token.onCancellationRequested(() => cancelled.resolve());
      await finish.promise;
      return samples.failedOutcome;
    };
    return { apply, begun: begun.promise, cancelled: cancelled.promise, finish: finish.resolve };
  };

  it("cancels a rollout at Ctrl-C, and waits for what ran before to be back", async () => {
    const { apply, begun, cancelled, finish } = slowApply();
    agent = await testAgent(project.paths, { answers: { apply } });
    const running = hotenv(project, ["apply"]);
    await begun;
    running.child.kill("SIGINT");
    await cancelled;
    await running.said("hotenv: Cancelling; what ran before comes back.");
    finish();
    assert.equal(await running.ended, 3);
    assert.match(running.out, /^revision 13 · rolled-back/);
  });

  it("says at the second Ctrl-C what is still running, and leaves at the third", async () => {
    const { apply, begun, cancelled, finish } = slowApply();
    agent = await testAgent(project.paths, {
      answers: { apply, status: () => ({ ...samples.status, rollout: samples.running }) },
    });
    const running = hotenv(project, ["apply"]);
    await begun;
    running.child.kill("SIGINT");
    await cancelled;
    running.child.kill("SIGINT");
    await running.said("revision 14 is still being rolled out\n  api  recreate    probing\n");
    await running.said("Press Ctrl-C once more to leave at once");
    running.child.kill("SIGINT");
    assert.equal(await running.ended, 130);
    finish();
  });
});
