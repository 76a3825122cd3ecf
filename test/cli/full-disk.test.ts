/** A state directory without room: it is said, what runs goes on, nothing is lost, and with room again all is well. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type CliReport, cliReports } from "../../core/protocol/cli.ts";
import { hotenv, type Running, startHotenv } from "./hotenv.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

const diskBytes = 8 * 1024 * 1024;

/** @returns whether this machine lets us have a disk of our own */
function mountDisk(directory: string): boolean {
  mkdirSync(directory, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskBytes},mode=700`, "tmpfs", directory], {
      stdio: "ignore",
    });
    return true;
  } catch {
    // Not root, or in a container that may not mount.
    return false;
  }
}

/** Takes all the room that there is. */
function fillUp(file: string): void {
  const target = openSync(file, "w");
  try {
    for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
      const piece = Buffer.alloc(bytes);
      try {
        while (writeSync(target, piece) === bytes);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    }
  } finally {
    closeSync(target);
  }
}

describe("a full disk", function () {
  this.timeout(240_000);
  let project: SmallProject;
  let agent: Running | undefined;
  let isMounted = false;

  beforeEach(async () => {
    project = await smallProject();
    isMounted = mountDisk(project.stateDir);
  });
  afterEach(async () => {
    agent?.child.kill("SIGTERM");
    await agent?.ended;
    // Whatever still holds it lets go of it later.
    if (isMounted) execFileSync("umount", ["--lazy", project.stateDir]);
    project.remove();
  });

  const greeting = async (): Promise<string> =>
    (await (await fetch(project.apiUrl)).text()).split(" from ")[0] ?? "";
  const document = async <C extends keyof typeof cliReports>(
    command: C,
    ...args: string[]
  ): Promise<CliReport<C>> =>
    cliReports[command].parse(JSON.parse((await hotenv(project, "--json", ...args)).out)) as CliReport<C>;

  it("is named, stops nothing that runs, and is over when there is room", async function () {
    // Only who may mount has a disk that is full and nobody else's.
    if (!isMounted) this.skip();
    agent = startHotenv(project, "agent");
    await agent.says(/revision 2 · applied/);
    const ballast = join(project.stateDir, "ballast");
    fillUp(ballast);

    project.set({ GREETING: "moin" });
    await agent.says(/cannot keep its state in .*(?:full|ENOSPC|no space)/i);
    assert.equal(await greeting(), "hello", "what runs goes on");
    const refused = await hotenv(project, "apply");
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.err, /cannot keep its state in .* its disk has room/);
    assert.deepEqual(
      (await document("history list", "history", "list")).map(({ revision, verdict }) => [revision, verdict]),
      [
        [2, "applied"],
        [1, "applied"],
      ],
    );

    rmSync(ballast);
    const [, applied] = await agent.says(/revision ([3-9]) · applied/);
    assert.equal(await greeting(), "moin", "it is tried again by itself");
    const { state, revision } = await document("status", "status");
    assert.deepEqual([state, String(revision)], ["stable", applied]);
    agent.child.kill("SIGTERM");
    assert.equal(await agent.ended, 0);
    const kept = await document("history list", "history", "list");
    assert.deepEqual(
      kept.map(({ revision: number }) => number),
      [...kept.keys()].map((at) => kept.length - at),
      "nothing is lost",
    );
  });
});
