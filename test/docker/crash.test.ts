/** SIGKILL at the points between which a rollout can be interrupted: all services end on one revision, nothing is left over. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { describe, it } from "mocha";
import * as z from "zod";
import type { Bench } from "../support/agent.ts";
import { loop, runtimeKinds, type Stack, stack } from "./stack.ts";

const crashAgent = path.join(import.meta.dirname, "../support/crash-agent.ts");
const services = ["one", "two", "three"] as const;
/** Journal points that the default run tries, spread over all of them. */
const samples = { compose: 4, process: 8 };

async function crashAt(
  { project, bench }: Stack,
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

const listSchema = z.array(z.object({ revision: z.number(), verdict: z.string().nullable() }));

/** Newest first. */
async function wholeHistory(bench: Bench): Promise<z.infer<typeof listSchema>> {
  const all: z.infer<typeof listSchema> = [];
  for (;;) {
    const before = all.at(-1)?.revision;
    const more = before === undefined ? [] : ["--before", String(before)];
    const page = listSchema.parse(
      JSON.parse((await bench.hotenv("--json", "history", "list", ...more)).stdout),
    );
    if (page.length === 0) return all;
    all.push(...page);
  }
}

for (const kind of runtimeKinds)
  describe(`An agent that is killed in the middle of a rollout (${kind})`, function () {
    const isLong = process.env.HOTENV_LONG === "1";
    this.timeout(isLong ? 3_600_000 : 300_000);

    it("leaves nothing half: the next one brings all services to one revision", async () => {
      // Of containers, one starts beside the one before it: that has other points.
      const order = kind === "compose" ? "\ndeploy: { update_config: { order: start-first } }" : "";
      // And one is created by Compose, since more than its environment changes.
      const byCompose = kind === "compose" ? '\nlabels: { at: "${VALUE}" }' : "";
      await using its = await stack(kind, {
        name: "crash",
        policy: "{ stability: 0s }",
        services: {
          one: `${loop()}\nstop_grace_period: 2s`,
          two: `${loop()}\nstop_grace_period: 2s\ndepends_on: [one]${order}`,
          three: `${loop()}\nstop_grace_period: 2s\ndepends_on: [two]${byCompose}`,
        },
      });
      const { bench } = its;
      const first = await its.agent();
      await first.stop();

      await its.set("count");
      const counted = z
        .object({ points: z.number(), verdict: z.string() })
        .parse(JSON.parse((await crashAt(its, 0)).stdout));
      assert.equal(counted.verdict, "applied");
      assert.ok(counted.points >= (kind === "compose" ? 25 : 15), `${counted.points} points`);

      const every = isLong ? 1 : Math.ceil(counted.points / samples[kind]);
      for (let at = 1; at <= counted.points; at += every) {
        const value = `at${at}`;
        await its.set(value);
        const { signal } = await crashAt(its, at);
        assert.equal(signal, "SIGKILL", `point ${at} was reached`);
        const between = await its.values();
        const next = await bench.startAgent();
        const { state, detail } = await next.settled();
        assert.equal(state, "stable", `killed at point ${at}: ${detail}`);
        const instances = await its.instances();
        assert.deepEqual(
          instances.map((instance) => `${instance.service} ${instance.value}`).sort(),
          services.map((service) => `${service} ${value}`).sort(),
          `killed at point ${at}`,
        );
        assert.deepEqual(await its.leftovers(), [], `killed at point ${at}`);
        assert.deepEqual(
          kind === "compose"
            ? (await its.project.inspect()).map(({ Name }) => Name.replace(`/${its.project.name}-`, ""))
            : ["one-1", "three-1", "two-1"],
          ["one-1", "three-1", "two-1"],
        );
        await next.stop();
        const left = services.map((service) => between[service] ?? "(none)").join(" ");
        console.log(
          `      point ${String(at).padStart(3)} of ${counted.points}  left ${left.padEnd(24)}  ended ${value}`,
        );
      }
      const history = await wholeHistory(bench);
      assert.deepEqual(
        history.map(({ revision }) => revision),
        history.map((_, index) => history.length - index),
        "no revision is missing",
      );
      assert.ok(history.every(({ verdict }) => verdict !== null));
    });
  });
