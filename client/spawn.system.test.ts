import assert from "node:assert/strict";
import { on } from "node:events";
import { chmodSync, existsSync, readFileSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { isAlive } from "./rendezvous.ts";
import { spawnAgent } from "./spawn.ts";
import { type TestProject, testProject } from "./test-agent.ts";

describe("spawnAgent", () => {
  let project: TestProject;
  const born: number[] = [];
  beforeEach(() => {
    project = testProject();
  });
  afterEach(() => {
    for (const pid of born.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
    project.remove();
  });

  /** Runs `script` as the agent; what it writes into `file("x")` can be read afterwards. */
  const file = (name: string): string => join(project.paths.directory, name);
  const run = (
    script: string,
    {
      environment,
      ...more
    }: { startMs?: number; signal?: AbortSignal; environment?: NodeJS.ProcessEnv } = {},
  ): Promise<void> => {
    const entry = file("agent.cjs");
    writeFileSync(entry, `require("fs").writeFileSync("pid", String(process.pid));\n${script}`);
    return spawnAgent({
      entry,
      execPath: process.execPath,
      environment: { PATH: process.env.PATH, MARK: "one", ...environment },
      directory: project.paths.directory,
      stateDir: project.stateDir,
      ...more,
    }).finally(() => born.push(...bornPid()));
  };
  /** Nothing where the process did not get as far as its first line. */
  const bornPid = (): number[] =>
    existsSync(file("pid")) ? [Number(readFileSync(file("pid"), "utf8"))] : [];

  it("starts a process that goes on when the parent has let go, and survives its own warnings", async () => {
    const watcher = watch(project.paths.directory);
    // From here on, so that nothing which happens meanwhile is missed.
    const changes = on(watcher, "change");
    await run(`
      require("fs").writeFileSync("argv", JSON.stringify([process.argv.slice(2), process.env.MARK, process.env.ELECTRON_RUN_AS_NODE, process.cwd()]));
      console.log('{"ready":true}');
      setInterval(() => console.error("a warning"), 10);
      setTimeout(() => require("fs").writeFileSync("later", "alive"), 100);`);
    assert.deepEqual(JSON.parse(readFileSync(file("argv"), "utf8")), [
      ["--project", project.paths.directory, "--state-dir", project.stateDir, "agent", "--spawned"],
      "one",
      "1",
      project.paths.directory,
    ]);
    for await (const [, name] of changes) if (name === "later") break;
    watcher.close();
    assert.match(readFileSync(project.paths.log, "utf8"), /a warning/);
  });

  it("lets Node keep what it made of the source beside the state, unless somebody has said where", async () => {
    const script = `require("fs").writeFileSync("cache", process.env.NODE_COMPILE_CACHE); console.log('{"ready":true}');`;
    await run(script);
    assert.equal(readFileSync(file("cache"), "utf8"), project.paths.compileCache);
    const own = file("own");
    await run(script, { environment: { NODE_COMPILE_CACHE: own } });
    assert.equal(readFileSync(file("cache"), "utf8"), own);
  });

  it("throws the error that the agent reports", async () => {
    const error = {
      code: "settings-invalid",
      message: "The settings are broken.",
      location: { file: "hotenv.yaml", line: 2 },
      todo: "Mend them.",
    };
    await assert.rejects(run(`console.log(${JSON.stringify(JSON.stringify({ error }))}); process.exit(4);`), {
      name: "HotenvError",
      ...error,
    });
  });

  it("shows the log of an agent that ends as it starts", async () => {
    await assert.rejects(run(`throw new Error("no database");`), {
      code: "agent-unreachable",
      message: /ended as it started \(exit code 1\)[\s\S]*no database/,
    });
  });

  it("does not take any other words for ready", async () => {
    await assert.rejects(run(`console.log("hello"); setInterval(() => {}, 1000);`), {
      code: "agent-unreachable",
    });
  });

  it("gives up, and ends the process, when it stays silent", async () => {
    await assert.rejects(run(`setInterval(() => {}, 1000);`, { startMs: 500 }), {
      message: /not ready within 0.5 s/,
    });
    // It was killed; the system takes its time to let it go.
    while (born.some(isAlive)) await delay(5);
  });

  it("names a Node that cannot be started", async () => {
    const execPath = file("node");
    writeFileSync(execPath, "");
    chmodSync(execPath, 0o600);
    const { directory } = project.paths;
    await assert.rejects(
      spawnAgent({ entry: "x", execPath, environment: {}, directory, stateDir: project.stateDir }),
      { code: "agent-unreachable", message: /could not be started/ },
    );
  });
});
