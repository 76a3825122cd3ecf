import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { drift, growth, judge } from "./judge.ts";
import { inTurns, type Line, percentile } from "./measure.ts";

const line = (more: Partial<Line>): Line => ({
  group: "g",
  name: "n",
  unit: "ms",
  hotenv: [1],
  peers: {},
  ...more,
});
const ramp = (from: number, step: number, count = 9): number[] =>
  Array.from({ length: count }, (_, at) => from + at * step);

describe("what is read out of samples", () => {
  it("takes percentiles by the nearest rank", () => {
    const samples = [5, 1, 4, 2, 3];
    assert.equal(percentile(samples, 0.5), 3);
    assert.equal(percentile(samples, 0.99), 5);
    assert.equal(percentile([7], 0.01), 7);
  });

  it("calls a ratio stable when machine and peer drift together, and unstable when one does", () => {
    const together = judge(line({ hotenv: ramp(10, 1), peers: { peer: ramp(20, 2) } }));
    assert.deepEqual(together.ratios, [{ peer: "peer", ratio: 0.5, stable: true }]);
    const alone = judge(line({ hotenv: ramp(10, 1), peers: { peer: ramp(20, 0) } }));
    assert.equal(alone.ratios[0]?.stable, false);
    const few = judge(line({ hotenv: [1, 1], peers: { peer: [1, 1] } }));
    assert.equal(few.ratios[0]?.stable, false);
  });

  it("holds a line against its budget, by amount and by ratio", () => {
    const amount = judge(line({ hotenv: [1, 2, 3], budget: { atMost: 2, of: "p50" } }));
    assert.deepEqual(amount.budget, { words: "p50 ≤ 2 ms", figure: 2, met: true });
    const ratio = judge(line({ hotenv: [3], peers: { bare: [2] }, budget: { ratio: 1.25, to: "bare" } }));
    assert.deepEqual(ratio.budget, { words: "≤ 1.25 × bare", figure: 1.5, met: false });
    assert.throws(() => judge(line({ budget: { ratio: 1, to: "nobody" } })), /nobody/);
  });

  it("finds the exponent of growth", () => {
    const sizes = [10, 100, 1_000].map((size) =>
      judge(line({ size, hotenv: [size * 3], peers: { flat: [7], square: [size ** 2] } })),
    );
    const [found] = growth(sizes);
    assert.ok(found !== undefined && Math.abs(found.exponent - 1) < 1e-9);
    assert.ok(Math.abs((found.peers.square ?? 0) - 2) < 1e-9);
    assert.equal(found.peers.flat, 0);
    assert.deepEqual(growth([judge(line({}))]), []);
  });

  it("compares two runs by their ratios", () => {
    const run = (ours: number) => [
      judge(line({ hotenv: Array(9).fill(ours), peers: { peer: Array(9).fill(2) } })),
    ];
    const [found] = drift(run(1), run(1.2));
    assert.equal(found?.stable, true);
    assert.ok(Math.abs((found?.by ?? 0) - 0.2) < 1e-9);
  });

  it("measures in turns, each beginning once in a while, and does not count the warm-up", async () => {
    const order: string[] = [];
    const contender = (name: string) => (round: number) => {
      order.push(`${name}${round}`);
      return round;
    };
    const samples = await inTurns({ a: contender("a"), b: contender("b") }, { rounds: 2 });
    assert.deepEqual(samples, { a: [0, 1], b: [0, 1] });
    assert.deepEqual(order, ["a-1", "b-1", "b0", "a0", "a1", "b1"]);
  });
});
