/** Many clients of one agent: every one hears everything, once and in order, and none waits for another. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type FanOut, fanOut } from "./fan-out.ts";

const long = process.env.HOTENV_LONG !== undefined;
/** Either way all that is told is more than what may wait for a client that never reads: 256 KiB, and the system's. */
const load = long
  ? { clients: 1000, perSecond: 100, seconds: 60 }
  : { clients: 50, perSecond: 100, seconds: 3, paddingBytes: 4096 };
const { clients, perSecond, seconds } = load;

const figures = ({ p50Ms, p99Ms, maxMs, memory, heap, external, cpuMs }: FanOut): string => {
  const [p50, p99, max, cpu] = [p50Ms, p99Ms, maxMs, cpuMs].map((ms) => ms.toFixed(1));
  const [rss, used, outside] = [memory, heap, external].map(({ before, during, after }) =>
    [before, during, after].map((mb) => mb.toFixed(1)).join(" → "),
  );
  return `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms, agent's processor ${cpu} ms, RSS ${rss} MB, heap ${used} MB, external ${outside} MB`;
};

describe(`${clients} clients of one agent, ${perSecond} events a second for ${seconds} s`, function () {
  this.timeout(long ? 0 : 120_000);
  let free: FanOut;

  it("hear every event once, in order, and cost nothing when they are gone", async () => {
    free = await fanOut(load);
    console.log(`      ${figures(free)}`);
    assert.deepEqual([free.lost, free.doubled, free.disordered], [0, 0, 0]);
    // Per client and for all that it was told; the rest is what any process's heap grows by as it works.
    assert.ok(free.heap.after - free.heap.before < 10 + clients / 100, figures(free));
    assert.ok(free.external.after - free.external.before < 30, figures(free));
    // Measured: 33 MB for 1,000, 3 MB for 50; with V8's own measure of a young heap, 90 MB.
    assert.ok(free.memory.during - free.memory.before < 40 + clients / 10, figures(free));
  });

  it("do not wait for one that never reads", async () => {
    const stalled = await fanOut({ ...load, stalled: 1 });
    console.log(`      ${figures(stalled)}`);
    assert.deepEqual([stalled.lost, stalled.doubled, stalled.disordered], [0, 0, 0]);
    // What another client could wait for is the stalled one's time-out (here ten minutes), not a machine's other work.
    assert.ok(stalled.p99Ms < 10 * free.p99Ms + 10_000, `${figures(stalled)}; without it: ${figures(free)}`);
    assert.ok(stalled.heap.after - stalled.heap.before < 10 + clients / 100, figures(stalled));
  });
});
