/** SIGKILL at the points between which a rollout can be interrupted: all services end on one revision, nothing is left over. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { describe, it } from "mocha";
import * as z from "zod";
import { agentBench, type Bench } from "../support/agent.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";

const crashAgent = path.join(import.meta.dirname, "../support/crash-agent.ts");

/** Three in a row, quick to start and to stop. */
async function chain(): Promise<TestProject> {
  const service = (needs: string) => `
    image: ${image}
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"]
    environment: { VALUE: "\${VALUE}" }
    stop_grace_period: 2s${needs}`;
  const image = await testImage();
  const files = {
    ".env": "VALUE=0\n",
    "hotenv.yaml": "policy: { stability: 0s }\n",
    "compose.yaml": `services:
  one:${service("")}
  two:${service("\n    depends_on: [one]")}
  three:${service("\n    depends_on: [two]")}
`,
  };
  return composeProject({ name: "crash", files });
}

async function crashAt(
  project: TestProject,
  bench: Bench,
  at: number,
): Promise<{ stdout: string; signal: string | null }> {
  const child = spawn(process.execPath, [crashAgent, project.dir, String(at)], { env: bench.environment });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  assert.ok(signal === "SIGKILL" || code === 0, stderr);
  return { stdout, signal };
}

const values = async (project: TestProject) =>
  Promise.all(["one", "two", "three"].map((service) => project.environment(service, "VALUE")));

describe("An agent that is killed in the middle of a rollout", function () {
  const isLong = process.env.HOTENV_LONG === "1";
  this.timeout(isLong ? 3_600_000 : 300_000);

  it("leaves nothing half: the next one brings all services to one revision", async () => {
    await using project = await chain();
    await project.compose("up", "-d");
    await using bench = await agentBench(project.dir);
    const first = await bench.startAgent();
    await first.settled();
    await first.stop();

    await project.write(".env", "VALUE=count\n");
    const counted = z
      .object({ points: z.number(), verdict: z.string() })
      .parse(JSON.parse((await crashAt(project, bench, 0)).stdout));
    assert.equal(counted.verdict, "applied");
    assert.ok(counted.points >= 25, `${counted.points} points`);

    // All of them in the long run; else some from every part of the rollout.
    const every = isLong ? 1 : Math.ceil(counted.points / 4);
    const rows: string[] = [];
    for (let at = 1; at <= counted.points; at += every) {
      const value = `at${at}`;
      await project.write(".env", `VALUE=${value}\n`);
      const { signal } = await crashAt(project, bench, at);
      assert.equal(signal, "SIGKILL", `point ${at} was reached`);
      const between = await values(project);
      const next = await bench.startAgent();
      const { state } = await next.settled();
      assert.equal(state, "stable");
      assert.deepEqual(await values(project), [value, value, value], `killed at point ${at}`);
      const containers = await project.inspect();
      assert.equal(
        containers.length,
        3,
        `killed at point ${at}: ${containers.map(({ Name }) => Name).join(" ")}`,
      );
      assert.deepEqual(
        containers.map(({ Name }) => Name.replace(`/${project.name}-`, "")),
        ["one-1", "three-1", "two-1"],
      );
      await next.stop();
      rows.push(
        `      point ${String(at).padStart(3)} of ${counted.points}  left ${between.join(" ").padEnd(30)}  ended ${value}`,
      );
    }
    const history = JSON.parse((await bench.hotenv("--json", "history", "list")).stdout) as {
      revision: number;
      verdict: string;
    }[];
    assert.deepEqual(
      history.map(({ revision }) => revision),
      history.map((_, index) => history.length - index),
      "no revision is missing",
    );
    assert.ok(history.every(({ verdict }) => verdict !== null));
    console.log(rows.join("\n"));
  });
});
