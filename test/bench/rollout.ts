/**
 * A changed variable until the new container is proved, how long nobody serves meanwhile, the way back, and a reload.
 * Beside Docker's bare calls, and beside what one types without Hotenv.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import Docker from "dockerode";
import type { LiveProject } from "../../agent/project/live.ts";
import { openProject } from "../../agent/project/open.ts";
import type { Outcome } from "../../core/protocol/messages.ts";
import { docker, dockerEnvironment } from "../support/docker.ts";
import { type Benchmark, inTurns, type Line, type Scale, took } from "./measure.ts";
import { replaceByHand, type Served, served } from "./served-project.ts";

const rounds = { smoke: 1, full: 15 };
const reloads = { smoke: 1, full: 40 };
const never = new AbortController().signal;
const bare = "Docker's calls alone";
const up = "docker compose up -d";
const upWait = "docker compose up -d --wait --no-deps";

interface Hotenv extends AsyncDisposable {
  readonly its: Served;
  readonly live: LiveProject;
}

/** The agent's own code, in this process: no other one's start is measured. */
async function hotenvOn(its: Served, stateDir: string): Promise<Hotenv> {
  const live = await openProject({
    directory: its.project.dir,
    stateDir: path.join(stateDir, its.project.name),
    watch: false,
    environment: dockerEnvironment,
  });
  await apply(live);
  return {
    its,
    live,
    async [Symbol.asyncDispose]() {
      await live.close();
      await its[Symbol.asyncDispose]();
    },
  };
}

async function apply(live: LiveProject, verdict = "applied"): Promise<Outcome> {
  const outcome = await live.api.apply({}, never);
  if (outcome.verdict !== verdict) throw new Error(`${outcome.verdict}: ${outcome.message}`);
  return outcome;
}

/** From the plan to the end of the rollout, in ms. */
function rolloutMs({ rollout }: Outcome): number {
  if (rollout?.endedAt === undefined) throw new Error("Nothing was rolled out.");
  return Date.parse(rollout.endedAt) - Date.parse(rollout.startedAt);
}

async function recreate(healthy: boolean, scale: Scale, stateDir: string): Promise<Line[]> {
  const engine = new Docker();
  const name = healthy ? "healthy" : "plain";
  await using ours = await hotenvOn(await served(`${name}-hotenv`, { healthy }), stateDir);
  await using byHand = await served(`${name}-bare`, { healthy });
  await using upped = await served(`${name}-up`, { healthy });
  await using waited = await served(`${name}-wait`, { healthy });
  const gaps: Record<string, number[]> = { hotenv: [], [bare]: [], [up]: [], [upWait]: [] };
  const whole: number[] = [];
  const measured = async (
    key: string,
    its: Served,
    value: string,
    round: number,
    work: () => Promise<unknown>,
  ) => {
    await its.set(value);
    const { tookMs, gapMs } = await its.during(value, work);
    if (round >= 0) gaps[key]?.push(gapMs);
    return tookMs;
  };
  const samples = await inTurns(
    {
      hotenv: async (round) => {
        let outcome: Outcome | undefined;
        const tookMs = await measured("hotenv", ours.its, `v${round}`, round, async () => {
          outcome = await apply(ours.live);
        });
        if (outcome === undefined) throw new Error("It was not applied.");
        if (round >= 0) whole.push(tookMs);
        return rolloutMs(outcome);
      },
      [bare]: (round) =>
        measured(bare, byHand, `v${round}`, round, () =>
          replaceByHand(engine, { project: byHand.project, healthy }, `v${round}`),
        ),
      [up]: (round) => measured(up, upped, `v${round}`, round, () => upped.project.compose("up", "-d")),
      [upWait]: (round) =>
        measured(upWait, waited, `v${round}`, round, () =>
          waited.project.compose("up", "-d", "--wait", "--no-deps", "web"),
        ),
    },
    { rounds: rounds[scale] },
  );
  const peersOf = (from: Readonly<Record<string, readonly number[]>>) =>
    Object.fromEntries([bare, up, upWait].map((peer) => [peer, from[peer] ?? []]));
  const check = healthy ? "with a health check every second" : "without health check";
  return [
    {
      group: "Rollout",
      name: `recreate ${check}: from the plan to the proof, the old one removed`,
      unit: "ms",
      hotenv: samples.hotenv,
      peers: peersOf(samples),
      budget: { ratio: 1.25, to: bare },
    },
    {
      group: "Rollout",
      name: `recreate ${check}: from the saved file to the proof`,
      unit: "ms",
      hotenv: whole,
      peers: { [up]: samples[up] ?? [], [upWait]: samples[upWait] ?? [] },
      ...(healthy ? {} : { budget: { ratio: 1 / 3, to: up } }),
    },
    {
      group: "Rollout",
      name: `recreate ${check}: nobody serves, as a client sees it`,
      unit: "ms",
      hotenv: gaps.hotenv ?? [],
      peers: peersOf(gaps),
    },
  ];
}

/** A value with which the service ends at once. The peer is a person who types the way back in no time. */
async function rollback(scale: Scale, stateDir: string): Promise<Line[]> {
  await using ours = await hotenvOn(await served("back-hotenv", { healthy: false }), stateDir);
  await using theirs = await served("back-up", { healthy: false });
  const samples = await inTurns(
    {
      hotenv: async () => {
        const served = Promise.withResolvers<number>();
        const off = ours.live.events.on((event) => {
          if (event.type !== "restart_progress" || event.data.step?.state !== "failed") return;
          const failedAt = performance.now();
          ours.its.serves("start").then(() => served.resolve(performance.now() - failedAt), served.reject);
        });
        await ours.its.set("bad");
        await apply(ours.live, "rolled-back");
        off();
        await ours.its.set("start");
        return served.promise;
      },
      [up]: async () => {
        await theirs.set("bad");
        await theirs.project.compose("up", "-d");
        await theirs.set("start");
        return took(async () => {
          await theirs.project.compose("up", "-d");
          await theirs.serves("start");
        });
      },
    },
    { rounds: rounds[scale] },
  );
  return [
    {
      group: "Rollout",
      name: "the new container fails: from seeing it to the last good one serving",
      unit: "ms",
      hotenv: samples.hotenv,
      peers: { [up]: samples[up] ?? [] },
      budget: { atMost: 500, of: "p50" },
      note: "The peer is `up -d` with the former file, begun at once.",
    },
  ];
}

async function reload(scale: Scale, stateDir: string): Promise<Line[]> {
  const engine = new Docker();
  const hotenv = "policy: { stability: 0s }\nservices: { web: { reload: { signal: HUP } } }\n";
  await using ours = await hotenvOn(await served("reload-hotenv", { healthy: false, hotenv }), stateDir);
  await using theirs = await served("reload-bare", { healthy: false });
  const [{ Id = "" } = {}] = await engine.listContainers({
    filters: { label: [`com.docker.compose.project=${theirs.project.name}`] },
  });
  const samples = await inTurns(
    {
      hotenv: async (round) => {
        await ours.its.project.write("rules.txt", `r${round}\n`);
        return rolloutMs(await apply(ours.live));
      },
      [bare]: () => took(() => engine.getContainer(Id).kill({ signal: "HUP" })),
      "docker compose kill": () => took(() => theirs.project.compose("kill", "-s", "HUP", "web")),
    },
    { rounds: reloads[scale] },
  );
  return [
    {
      group: "Rollout",
      name: "reload by signal: from the plan to the proof",
      unit: "ms",
      hotenv: samples.hotenv,
      peers: { [bare]: samples[bare] ?? [], "docker compose kill": samples["docker compose kill"] ?? [] },
      note: "Hotenv also compares the file inside of the container, keeps a journal, and looks whether the service runs on.",
    },
  ];
}

export const benchmark: Benchmark = async (scale) => {
  await docker(["version"]);
  const stateDir = await mkdtemp(path.join(tmpdir(), "hotenv-bench-"));
  try {
    return [
      ...(await recreate(false, scale, stateDir)),
      ...(await recreate(true, scale, stateDir)),
      ...(await rollback(scale, stateDir)),
      ...(await reload(scale, stateDir)),
    ];
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
};
