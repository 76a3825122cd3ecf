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
import { quickNeighbours } from "./quick-neighbours.ts";
import { goBackByHand, replaceByHand, type Served, served } from "./served-project.ts";

/** As many as tell a ratio that can be trusted (judge.ts); of the slower ones, fewer. */
const rounds = { smoke: 1, full: 9 };
const healthyRounds = { smoke: 1, full: 5 };
const chainRounds = { smoke: 1, full: 4 };
const reloads = { smoke: 1, full: 30 };
const never = new AbortController().signal;
const bare = "Docker's calls alone";
const up = "docker compose up -d";
const upWait = "docker compose up -d --wait --no-deps";

/** All of them, begun side by side; each is gone afterwards, also where another one did not come up. */
async function together<Name extends string>(
  making: Readonly<Record<Name, Promise<Served>>>,
): Promise<AsyncDisposable & { readonly all: Readonly<Record<Name, Served>> }> {
  const promises: readonly Promise<Served>[] = Object.values(making);
  const outcomes = await Promise.allSettled(promises);
  const made = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const dispose = async () => {
    await Promise.all(made.map((each) => each[Symbol.asyncDispose]()));
  };
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) {
    await dispose();
    throw failed.reason;
  }
  const names = Object.keys(making) as Name[];
  const all = Object.fromEntries(names.map((name, index) => [name, made[index]])) as Record<Name, Served>;
  return { all, [Symbol.asyncDispose]: dispose };
}

/** The agent's own code, in this process: no other one's start is measured. */
async function hotenvOn(its: Served, stateDir: string): Promise<LiveProject & AsyncDisposable> {
  const live = await openProject({
    directory: its.project.dir,
    stateDir: path.join(stateDir, its.project.name),
    watch: false,
    environment: dockerEnvironment,
  });
  await apply(live);
  return { ...live, [Symbol.asyncDispose]: () => live.close() };
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
  await using projects = await together({
    ours: served(`${name}-hotenv`, { healthy }),
    byHand: served(`${name}-bare`, { healthy }),
    upped: served(`${name}-up`, { healthy }),
    waited: served(`${name}-wait`, { healthy }),
  });
  const { ours: its, byHand, upped, waited } = projects.all;
  await using live = await hotenvOn(its, stateDir);
  const gaps: Record<string, number[]> = { hotenv: [], [bare]: [], [up]: [], [upWait]: [] };
  const whole: number[] = [];
  const measured = async (
    key: string,
    one: Served,
    round: number,
    work: (value: string) => Promise<unknown>,
  ) => {
    const value = `v${round}`;
    await one.set(value);
    const { tookMs, gapMs } = await one.during(value, () => work(value));
    if (round >= 0) gaps[key]?.push(gapMs);
    return tookMs;
  };
  const samples = await inTurns(
    {
      hotenv: async (round) => {
        let outcome: Outcome | undefined;
        const tookMs = await measured("hotenv", its, round, async () => {
          outcome = await apply(live);
        });
        if (outcome === undefined) throw new Error("It was not applied.");
        if (round >= 0) whole.push(tookMs);
        return rolloutMs(outcome);
      },
      [bare]: (round) =>
        measured(bare, byHand, round, (value) =>
          replaceByHand(engine, { project: byHand.project, healthy }, value),
        ),
      [up]: (round) => measured(up, upped, round, () => upped.project.compose("up", "-d")),
      [upWait]: (round) =>
        measured(upWait, waited, round, () =>
          waited.project.compose("up", "-d", "--wait", "--no-deps", "web"),
        ),
    },
    { rounds: (healthy ? healthyRounds : rounds)[scale] },
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
      name: `recreate ${check}: nobody serves, as clients see it that come every 5 ms`,
      unit: "ms",
      hotenv: gaps.hotenv ?? [],
      peers: peersOf(gaps),
      note: "Where the benchmark may set it, Linux asks again after 20 ms for the address of a container that does not answer yet. By default a client that comes too early waits a second, whoever replaces the container.",
    },
  ];
}

/** A value with which the last service ends at once. The peers are a person who types the way back in no time. */
async function goBack(services: readonly string[], scale: Scale, stateDir: string): Promise<Line> {
  const engine = new Docker();
  const name = `back${services.length}`;
  await using projects = await together({
    // However late the machine comes to let the new one end: it is not taken for good before.
    ours: served(`${name}-hotenv`, { services, hotenv: "policy: { stability: 30s }\n" }),
    byHand: served(`${name}-bare`, { services }),
    upped: served(`${name}-up`, { services }),
  });
  const { ours, byHand, upped } = projects.all;
  await using live = await hotenvOn(ours, stateDir);
  const samples = await inTurns(
    {
      hotenv: async () => {
        using clients = ours.clients();
        const serving = Promise.withResolvers<number>();
        const off = live.events.on((event) => {
          if (event.type !== "restart_progress" || event.data.step?.state !== "failed") return;
          const failedAt = performance.now();
          clients.until("start").then(() => serving.resolve(performance.now() - failedAt), serving.reject);
        });
        const before = await ours.project.ids();
        await ours.set("bad");
        try {
          const [servingMs] = await Promise.all([serving.promise, apply(live, "rolled-back")]);
          if (JSON.stringify(await ours.project.ids()) !== JSON.stringify(before))
            throw new Error("Other containers run than before.");
          return servingMs;
        } finally {
          off();
          await ours.set("start");
        }
      },
      [bare]: () => goBackByHand(engine, byHand, services, "start"),
      [up]: async () => {
        await upped.set("bad");
        await upped.project.compose("up", "-d");
        await upped.set("start");
        using clients = upped.clients();
        // Not before it has ended are the clients gone.
        return await took(async () => {
          await upped.project.compose("up", "-d");
          await clients.until("start");
        });
      },
    },
    { rounds: (services.length === 1 ? healthyRounds : chainRounds)[scale] },
  );
  const what =
    services.length === 1
      ? "the new container fails: from seeing it until the last good one serves"
      : `the last of ${services.length} services fails: from seeing it until all serve again, in the same containers`;
  return {
    group: "Rollout",
    name: what,
    unit: "ms",
    hotenv: samples.hotenv,
    peers: { [bare]: samples[bare] ?? [], [up]: samples[up] ?? [] },
    budget: { atMost: 500, of: "p50" },
    note:
      services.length === 1
        ? "The peers go back at once: Docker is told to start the old container, or Compose to bring in the former file."
        : "The services depend on each other, so they start one after the other; Docker's own calls are the least that it can take.",
  };
}

/** The same for services that start beside their old containers: until nothing of the new ones is left. */
async function neverStopped(scale: Scale, stateDir: string): Promise<Line> {
  const services = ["one", "two", "three"];
  await using projects = await together({
    ours: served("beside-hotenv", {
      services,
      startFirst: true,
      hotenv: "policy: { stability: 30s }\n",
    }),
    upped: served("beside-up", { services, startFirst: true }),
  });
  const { ours, upped } = projects.all;
  await using live = await hotenvOn(ours, stateDir);
  const startsOf = async () =>
    JSON.stringify((await ours.project.inspect()).map(({ State }) => State.StartedAt));
  const samples = await inTurns(
    {
      hotenv: async () => {
        const before = await startsOf();
        await ours.set("bad");
        let failedAt = 0;
        const off = live.events.on((event) => {
          if (event.type === "restart_progress" && event.data.step?.state === "failed")
            failedAt = performance.now();
        });
        try {
          await apply(live, "rolled-back");
          const tookMs = performance.now() - failedAt;
          if ((await startsOf()) !== before) throw new Error("A container was started anew.");
          return tookMs;
        } finally {
          off();
          await ours.set("start");
        }
      },
      [up]: async () => {
        await upped.set("bad");
        await upped.project.compose("up", "-d");
        await upped.set("start");
        return await took(() => upped.project.compose("up", "-d"));
      },
    },
    { rounds: chainRounds[scale] },
  );
  return {
    group: "Rollout",
    name: "the last of 3 services that start first fails: from seeing it until only the old ones are left, which never stopped",
    unit: "ms",
    hotenv: samples.hotenv,
    peers: { [up]: samples[up] ?? [] },
    budget: { atMost: 500, of: "p50" },
    note: "`deploy.update_config.order: start-first`, which Compose does not heed.",
  };
}

async function reload(scale: Scale, stateDir: string): Promise<Line[]> {
  const engine = new Docker();
  const hotenv = "policy: { stability: 0s }\nservices: { web: { reload: { signal: HUP } } }\n";
  await using projects = await together({
    ours: served("reload-hotenv", { hotenv }),
    theirs: served("reload-bare", {}),
  });
  const { ours, theirs } = projects.all;
  await using live = await hotenvOn(ours, stateDir);
  const [{ Id = "" } = {}] = await engine.listContainers({
    filters: { label: [`com.docker.compose.project=${theirs.project.name}`] },
  });
  const samples = await inTurns(
    {
      hotenv: async (round) => {
        await ours.project.write("rules.txt", `r${round}\n`);
        return rolloutMs(await apply(live));
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
  using _ = quickNeighbours();
  const stateDir = await mkdtemp(path.join(tmpdir(), "hotenv-bench-"));
  try {
    return [
      ...(await recreate(false, scale, stateDir)),
      ...(await recreate(true, scale, stateDir)),
      await goBack(["web"], scale, stateDir),
      await goBack(["one", "two", "three"], scale, stateDir),
      await neverStopped(scale, stateDir),
      ...(await reload(scale, stateDir)),
    ];
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
};
