/** An agent's life: begun once however many want it, ended when nobody does, replaced by a newer one. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { connectAgent } from "../../client/connect.ts";
import { projectPaths } from "../../client/location.ts";
import { findAgent, isAlive } from "../../client/rendezvous.ts";
import { type AgentSession, startSession } from "../../client/session.ts";
import { spawnAgent } from "../../client/spawn.ts";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { environmentOf, hotenv, type Place, type Running, startHotenv, startScript } from "../cli/hotenv.ts";
import { type SmallProject, smallProject } from "../cli/small-project.ts";

const entry = path.join(import.meta.dirname, "../../agent/main.ts");
const window = path.join(import.meta.dirname, "window.fixture.ts");
const windows = 12;
const terminals = 8;

const pathsOf = ({ directory, stateDir }: Place) => projectPaths(directory, { stateDir });

/** Resolves when the process is gone, whoever's child it is. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function pidOf(place: Place): Promise<number> {
  const found = await findAgent(pathsOf(place));
  if (found.kind !== "agent") throw new Error(`No agent runs: ${found.kind}.`);
  return found.rendezvous.pid;
}

describe("an agent's life", function () {
  this.timeout(240_000);
  let project: SmallProject;
  const sessions: AgentSession[] = [];
  const processes: Running[] = [];

  beforeEach(async () => {
    project = await smallProject();
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.dispose();
    for (const each of processes) if (each.child.exitCode === null) each.child.kill("SIGTERM");
    await Promise.all(processes.splice(0).map(({ ended }) => ended));
    const found = await findAgent(pathsOf(project));
    if (found.kind === "agent") {
      await hotenv(project, "stop");
      await gone(found.rendezvous.pid);
    }
    project.remove();
  });

  const spawn = (signal?: AbortSignal): Promise<void> =>
    spawnAgent({
      entry,
      execPath: process.execPath,
      environment: environmentOf(project),
      directory: project.directory,
      stateDir: project.stateDir,
      startMs: 100_000,
      signal,
    });
  const join = (version?: string): AgentSession => {
    const session = startSession({ paths: pathsOf(project), client: "extension", version, spawn });
    sessions.push(session);
    return session;
  };
  const heard = (session: AgentSession, fits: (event: AgentEvent) => boolean): Promise<AgentEvent> =>
    new Promise((resolve) => {
      const stop = session.onEvent((event) => {
        if (!fits(event)) return;
        stop();
        resolve(event);
      });
    });
  const isVerdict = (revision: number) => (event: AgentEvent) =>
    event.type === "verdict" && event.data.revision.revision === revision;

  it(`is one, although ${windows} windows and ${terminals} terminals start one at the same instant`, async () => {
    const all = Array.from({ length: windows + terminals }, (_, index) =>
      index < windows
        ? startScript(project, window, project.directory, project.stateDir)
        : startHotenv(project, "agent"),
    );
    processes.push(...all);
    const opened = all.slice(0, windows);
    const pids = await Promise.all(opened.map(async (each) => Number((await each.says(/agent (\d+)/))[1])));
    const agent = await pidOf(project);
    assert.deepEqual(new Set(pids), new Set([agent]));
    // Of the terminals at most one has it; the others say who does.
    for (const each of all.slice(windows)) {
      if (each.child.pid === agent) continue;
      assert.equal(await each.ended, 6);
      assert.match(each.err, /Another Hotenv works on /);
    }
  });

  it("goes on, and so does its rollout, when the window that began both is killed with all its processes", async () => {
    const opened = startScript(project, window, project.directory, project.stateDir);
    processes.push(opened);
    const pid = Number((await opened.says(/agent (\d+)/))[1]);
    const witness = join();
    await witness.online();
    const step = heard(witness, ({ type }) => type === "restart_progress");
    const over = heard(witness, (event) => event.type === "verdict");
    await step;
    opened.child.kill("SIGKILL");
    await opened.ended;
    const verdict = await over;
    assert.equal(verdict.type === "verdict" && verdict.data.revision.verdict, "applied");
    assert.equal(await pidOf(project), pid);
  });

  it("makes room for a newer one after the rollout that runs, and every window follows", async () => {
    const older = join();
    await older.online();
    const settled = older.state.status?.revision === 2 ? undefined : heard(older, isVerdict(2));
    await settled;
    const before = await pidOf(project);
    const begun = heard(older, (event) => event.type === "restart_progress" && event.data.revision === 3);
    const over = heard(older, isVerdict(3));
    project.set({ COLOR: "green" });
    await begun;
    const newer = join("999.0.0");
    await newer.online();
    assert.equal(newer.state.status?.agent.pid, before, "it is served by the older one meanwhile");
    const verdict = await over;
    assert.equal(verdict.type === "verdict" && verdict.data.revision.verdict, "applied");
    await gone(before);
    const replaced = (session: AgentSession): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          const { connection, status } = session.state;
          // Its local services were the older one's: they are started anew.
          const runs = status?.services.every(
            ({ state, health }) => state === "running" && health !== "starting",
          );
          if (connection === "online" && status?.agent.pid !== before && status?.state === "stable" && runs)
            resolve();
        };
        session.onState(look);
        look();
      });
    await Promise.all([replaced(older), replaced(newer)]);
    assert.equal(older.state.status?.agent.pid, newer.state.status?.agent.pid);
    assert.equal(older.statistics.gaps + newer.statistics.gaps, 0);
    assert.match(await (await fetch(project.webUrl)).text(), /^green from /);
  });

  it("does not make room where a person started it, or where the other is not newer", async () => {
    const agent = startHotenv(project, "agent");
    processes.push(agent);
    await agent.says(/revision 2 · applied/);
    const byHand = await connectAgent(pathsOf(project), { client: "extension" });
    await assert.rejects(byHand.call("handover", { version: "999.0.0" }), {
      code: "usage",
      message: /by hand/,
    });
    assert.equal(byHand.initial.status.agent.pid, agent.child.pid);
    byHand.close();
  });

  it("ends when nobody is connected for a while, but not while local services run", async () => {
    const root = mkdtempSync(path.join(tmpdir(), "hotenv idle-"));
    const place = { directory: path.join(root, "quiet"), stateDir: path.join(root, "state") };
    mkdirSync(place.directory);
    writeFileSync(path.join(place.directory, "hotenv.yaml"), "watch: []\n");
    try {
      const quiet = startHotenv(place, "agent", "--spawned", "--idle", "1s");
      const held = startHotenv(project, "agent", "--idle", "100ms");
      processes.push(quiet, held);
      await quiet.says(/ready/);
      const client = await connectAgent(pathsOf(place), { client: "cli" });
      await held.says(/revision 2 · applied/);
      assert.equal(quiet.child.exitCode, null, "a client is connected");
      client.close();
      assert.equal(await quiet.ended, 0);
      assert.equal((await findAgent(pathsOf(place))).kind, "none");
      assert.equal(held.child.exitCode, null, "its services run");
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
