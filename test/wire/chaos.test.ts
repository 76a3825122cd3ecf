/** Connections and agents that die in the middle of rollouts: every client ends with the same, complete list of events. */
import assert from "node:assert/strict";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Backoff } from "../../client/backoff.ts";
import { projectPaths } from "../../client/location.ts";
import { findAgent } from "../../client/rendezvous.ts";
import { type AgentSession, startSession } from "../../client/session.ts";
import { spawnAgent } from "../../client/spawn.ts";
import type { AgentEvent } from "../../core/protocol/messages.ts";
import { environmentOf, type Running, startHotenv } from "../cli/hotenv.ts";
import { type SmallProject, smallProject } from "../cli/small-project.ts";
import { type CuttingProxy, cuttingProxy } from "./cutting-proxy.ts";

const wantedCuts = process.env.HOTENV_LONG === undefined ? 20 : 200;
const cutClients = 3;
/** Nobody becomes offline here: whoever was cut comes again at once. */
const eager: Backoff = { firstMs: 5, maxMs: 20, limit: 10_000, slowMs: 20, settledMs: 0 };

interface Follower {
  readonly session: AgentSession;
  readonly events: AgentEvent[];
  until(fits: (event: AgentEvent) => boolean): Promise<AgentEvent>;
}

function follow(session: AgentSession): Follower {
  const events: AgentEvent[] = [];
  const wakers = new Set<() => void>();
  session.onEvent((event) => {
    events.push(event);
    for (const wake of wakers) wake();
  });
  return {
    session,
    events,
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(fits);
          if (found === undefined) return;
          wakers.delete(look);
          resolve(found);
        };
        wakers.add(look);
        look();
      }),
  };
}

/** A small generator, so that a failure can be had again by its seed (Numerical Recipes' constants). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("chaos", function () {
  this.timeout(process.env.HOTENV_LONG === undefined ? 120_000 : 0);
  let project: SmallProject;
  let agent: Running | undefined;
  const followers: Follower[] = [];
  const proxies: CuttingProxy[] = [];

  beforeEach(async () => {
    project = await smallProject();
  });
  afterEach(async () => {
    for (const { session } of followers.splice(0)) session.dispose();
    for (const proxy of proxies.splice(0)) await proxy[Symbol.asyncDispose]();
    const found = await findAgent(paths());
    if (found.kind === "agent" && agent === undefined) {
      const ending = startHotenv(project, "stop");
      await ending.ended;
    }
    agent?.child.kill("SIGTERM");
    await agent?.ended;
    agent = undefined;
    project.remove();
  });
  const paths = () => projectPaths(project.directory, { stateDir: project.stateDir });
  const join = async (more: Partial<Parameters<typeof startSession>[0]> = {}): Promise<Follower> => {
    const session = startSession({ paths: paths(), client: "extension", backoff: eager, ...more });
    const follower = follow(session);
    followers.push(follower);
    await session.online();
    return follower;
  };
  /** What all of them must have: each number once, in order, none left out, and the same under each. */
  const same = (one: Follower, other: Follower, from: number, to: number): void => {
    const part = ({ events }: Follower) => events.filter(({ seq }) => seq >= from && seq <= to);
    assert.deepEqual(
      part(one).map(({ seq }) => seq),
      Array.from({ length: to - from + 1 }, (_, index) => from + index),
    );
    assert.deepEqual(part(one), part(other));
    for (const { session } of [one, other]) assert.equal(session.statistics.gaps, 0);
  };

  it(`${wantedCuts} connections cut at random during rollouts: the same events for all, and one rollback`, async () => {
    const seed = Date.now() % 2 ** 31;
    console.log(`      seed ${seed}`);
    const random = randomFrom(seed);
    agent = startHotenv(project, "agent");
    await agent.says(/revision 2 · applied/);
    const steady = await join();
    const enough = Promise.withResolvers<void>();
    let cuts = 0;
    const onCut = (): void => {
      cuts += 1;
      if (cuts === wantedCuts) enough.resolve();
    };
    const shaky: Follower[] = [];
    for (let i = 0; i < cutClients; i += 1) {
      const proxy = await cuttingProxy(paths(), `proxy${i}`, { maxBytes: 12_000, random, onCut });
      proxies.push(proxy);
      shaky.push(await join({ paths: proxy.paths }));
    }
    const first = Math.max(...followers.map(({ session }) => session.seq)) + 1;
    // One rollout after the other, until there were enough cuts.
    let rollouts = 0;
    let isEnough = false;
    void enough.promise.then(() => {
      isEnough = true;
    });
    do {
      const over = steady.until(
        (event) => event.type === "verdict" && event.data.revision.revision === 3 + rollouts,
      );
      project.set({ COLOR: `color${rollouts}` });
      await over;
      rollouts += 1;
    } while (!isEnough);
    // Asked for over a connection that is being cut.
    const [asker] = shaky;
    const outcome = await asker?.session.call("rollback", { revision: 2 });
    assert.equal(outcome?.verdict, "applied");
    for (const proxy of proxies) proxy.spare();
    const last = await steady.until(
      (event) => event.type === "verdict" && event.data.revision.revision === 3 + rollouts,
    );
    await Promise.all(shaky.map((each) => each.until(({ seq }) => seq >= last.seq)));
    for (const each of shaky) same(each, steady, first, last.seq);
    const rollbacks = steady.events.filter(
      (event) => event.type === "verdict" && event.data.revision.origin === "rollback",
    );
    assert.equal(rollbacks.length, 1);
    assert.ok(cuts >= wantedCuts);
    console.log(`      ${cuts} cuts in ${rollouts} rollouts, ${last.seq - first + 1} events`);
  });

  it("an agent killed in the middle of a rollout is started again, and its clients miss nothing", async () => {
    const entry = path.join(import.meta.dirname, "../../agent/main.ts");
    const spawn = (signal: AbortSignal): Promise<void> =>
      spawnAgent({
        entry,
        execPath: process.execPath,
        environment: environmentOf(project),
        directory: project.directory,
        stateDir: project.stateDir,
        startMs: 60_000,
        signal,
      });
    const one = await join({ spawn });
    const other = await join({ spawn });
    await one.until((event) => event.type === "verdict" && event.data.revision.revision === 2);
    const first = Math.max(one.session.seq, other.session.seq) + 1;
    const before = one.session.state.status?.agent.pid ?? 0;
    const isStarting = (event: AgentEvent): boolean =>
      event.type === "restart_progress" && event.data.revision === 3 && event.data.step?.state === "starting";
    const begun = one.until(isStarting);
    project.set({ COLOR: "green" });
    await begun;
    process.kill(before, "SIGKILL");
    const isOver = (event: AgentEvent): boolean =>
      event.type === "verdict" &&
      event.data.revision.revision >= 4 &&
      event.data.revision.verdict === "applied";
    const [last] = await Promise.all([one.until(isOver), other.until(isOver)]);
    assert.match(await (await fetch(project.webUrl)).text(), /^green from /);
    const { status } = one.session.state;
    assert.notEqual(status?.agent.pid, before);
    assert.ok((last.seq ?? 0) > first);
    same(one, other, first, last.seq);
    assert.equal(one.session.statistics.losses, 1);
  });
});
