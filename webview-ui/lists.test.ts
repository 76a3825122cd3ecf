import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { chartOf } from "./chart.ts";
import { demoNow, demoRevisions, summaryOf } from "./demo.fixture.ts";
import { Heights, slotsOf, windowOf } from "./heights.ts";
import { isListed, merged, placeOf } from "./summaries.ts";

describe("merging lists of revisions", () => {
  const list = fc
    .uniqueArray(
      fc.record({
        revision: fc.integer({ min: 1, max: 60 }),
        verdict: fc.constantFrom("applied", null),
        from: fc.string(),
      }),
      {
        selector: ({ revision }) => revision,
        maxLength: 40,
      },
    )
    .map((items) => items.sort((a, b) => b.revision - a.revision));

  it("keeps each revision once, newest first, and no verdict is undone", () => {
    fc.assert(
      fc.property(list, list, (fresh, known) => {
        const all = new Map(known.map((each) => [each.revision, each]));
        for (const each of fresh) {
          const before = all.get(each.revision);
          if (before?.verdict == null || each.verdict !== null) all.set(each.revision, each);
        }
        const wanted = [...all.values()].sort((a, b) => b.revision - a.revision);
        assert.deepEqual(merged(fresh, known), wanted);
        for (const { revision } of wanted) assert(isListed(wanted, revision));
        assert.equal(isListed(wanted, 61), false);
        assert.equal(placeOf(wanted, 0), wanted.length);
      }),
    );
  });
});

describe("the heights of a long list", () => {
  const order = (count: number) => ({
    count,
    indexOf: (revision: number) => (revision <= count ? count - revision : -1),
  });

  it("add up, whatever was measured in whatever order", () => {
    const measures = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 20, max: 900 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        measures,
        fc.integer({ min: 0, max: 8_000 }),
        fc.integer({ min: -1, max: 99 }),
        (list, from, kept) => {
          const heights = new Heights();
          heights.measured(100, 57, true);
          const known = new Map<number, number>();
          for (const [revision, px] of list) {
            heights.measured(revision, px, false);
            known.set(revision, px);
          }
          const layout = heights.layout(order(100));
          let top = 0;
          for (let index = 0; index < 100; index += 1) {
            assert(Math.abs(layout.top(index) - top) <= 0.5 * 100, `card ${index}`);
            top += known.get(100 - index) ?? 57;
          }
          assert.equal(layout.top(100), layout.totalPx);
          const at = layout.indexAt(from);
          assert(layout.top(at) <= from && (at === 99 || layout.top(at + 1) > from));
          const range = windowOf(layout, 100, from, from + 700);
          const slots = slotsOf(layout, 100, range, kept);
          const shown = slots.flatMap((slot) => (slot.kind === "card" ? [slot.index] : []));
          assert(shown.includes(at) && (kept < 0 || shown.includes(kept)));
          const room = slots.reduce((sum, slot) => sum + (slot.kind === "room" ? slot.px : 0), 0);
          const cards = shown.reduce((sum, index) => sum + layout.top(index + 1) - layout.top(index), 0);
          assert(Math.abs(room + cards - layout.totalPx) < 0.01, "Something is missing or there twice.");
        },
      ),
    );
  });

  it("take a card that was never seen for a closed one, and forget them in another width", () => {
    const heights = new Heights();
    assert.equal(heights.measured(3, 60, true), true);
    assert.equal(heights.measured(2, 60.2, true), false);
    assert.equal(heights.measured(2, 300, false), true);
    assert.equal(heights.layout(order(3)).totalPx, 420);
    assert.equal(heights.measured(2, 60, true), true);
    assert.equal(heights.layout(order(3)).totalPx, 180);
    heights.measured(1, 500, false);
    heights.forget();
    heights.measured(3, 90, true);
    assert.equal(heights.layout(order(3)).totalPx, 270);
    assert.deepEqual(
      slotsOf(heights.layout(order(0)), 0, windowOf(heights.layout(order(0)), 0, 0, 700), -1),
      [],
    );
  });
});

describe("the chart", () => {
  const runs = demoRevisions().map(summaryOf);

  it("draws the rollouts that were measured, oldest first, below a round number", () => {
    const { bars, topMs, summary } = chartOf(runs, demoNow);
    assert.equal(bars.length, runs.filter(({ durationMs }) => durationMs !== null).length);
    assert.equal(bars.at(-1)?.revision, 23);
    assert.equal(topMs, 5_000);
    assert(bars.every(({ share }) => share > 0 && share <= 1));
    assert.equal(bars.at(-1)?.share, 3_700 / 5_000);
    assert.match(summary, /^The last \d+ rollouts: \d+ applied, 3 not; median 1\.5 s, longest 3\.7 s$/);
  });

  it("says nothing of what never ran", () => {
    assert.deepEqual(chartOf([], demoNow).bars, []);
    const [first] = runs;
    assert(first);
    assert.deepEqual(chartOf([{ ...first, verdict: null }], demoNow).bars, []);
    assert.match(chartOf([first], demoNow).summary, /^1 rollout: 1 applied, 0 not/);
  });
});
