import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Rendezvous } from "../core/protocol/messages.ts";
import { findAgent, isAlive } from "./rendezvous.ts";
import { type TestProject, testProject } from "./test-agent.ts";

describe("the rendezvous file", () => {
  let project: TestProject;
  beforeEach(() => {
    project = testProject();
  });
  afterEach(() => project.remove());

  const write = (content: string | Partial<Rendezvous>): void => {
    const whole = {
      protocolVersion: 1,
      version: "0.1.0",
      pid: process.pid,
      directory: project.paths.directory,
      socket: project.paths.socket,
      token: "00".repeat(32),
      startedAt: "2026-01-01T00:00:00.000Z",
    };
    writeFileSync(
      project.paths.rendezvous,
      typeof content === "string" ? content : JSON.stringify({ ...whole, ...content }),
    );
  };
  /** No process has this number on Linux, where it is above the highest that can be configured, nor elsewhere. */
  const deadPid = 2 ** 22 + 1;

  it("names the agent whose process lives", async () => {
    write({ version: "1.2.3" });
    const found = await findAgent(project.paths);
    assert.equal(found.kind, "agent");
    assert.equal(found.kind === "agent" && found.rendezvous.version, "1.2.3");
  });

  it("is no error where it does not exist", async () => {
    assert.deepEqual(await findAgent(project.paths), { kind: "none" });
  });

  it("is stale where the process is gone", async () => {
    const pid = deadPid;
    write({ pid });
    assert.deepEqual(await findAgent(project.paths), { kind: "stale", why: `its process ${pid} is gone` });
  });

  for (const [what, content] of [
    ["empty", ""],
    ["cut off", '{"pid": 12'],
    ["of another shape", '{"pid": "12"}'],
    ["far too long", " ".repeat(100_000)],
  ] as const)
    it(`is stale where it is ${what}`, async () => {
      write(content);
      assert.deepEqual(await findAgent(project.paths), {
        kind: "stale",
        why: "its rendezvous file is damaged",
      });
    });

  it("is stale where it speaks of another directory", async () => {
    write({ directory: "/somewhere/else" });
    assert.equal((await findAgent(project.paths)).kind, "stale");
  });

  it("takes a process of another user for living, and no process for dead", () => {
    assert.equal(isAlive(1), true);
    assert.equal(isAlive(0), false);
    assert.equal(isAlive(-1), false);
    assert.equal(isAlive(deadPid), false);
  });
});
