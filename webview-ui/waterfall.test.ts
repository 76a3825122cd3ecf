import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Moment, type Rollout, type RolloutStep, stepStates } from "../core/protocol/words.ts";
import { demoNow, demoRevisions, demoStatus, liveDemo, summaryOf } from "./demo.fixture.ts";
import { initialState, type PageFact, type PageState, reduce } from "./state.ts";
import { type Bar, waterfall } from "./waterfall.ts";

const start = demoNow;
const iso = (ms: number): string => new Date(start + ms).toISOString();
const step = (service: string, more: Partial<RolloutStep>): RolloutStep => ({
  service,
  action: "recreate",
  cause: "",
  state: "pending",
  ...more,
});
const running = (...steps: RolloutStep[]): Rollout => ({
  id: "r",
  revision: 2,
  startedAt: iso(0),
  phases: steps.map((each) => ({ steps: [each] })),
});
const shares = ({ segments }: Bar): [string, number][] =>
  segments.map(({ state, share }) => [state, Math.round(share * 1000) / 1000]);

describe("a rollout's waterfall", () => {
  it("shows steps of an old history, which kept no trail, as one bar each, where they stood in time", () => {
    const [revision] = demoRevisions();
    assert(revision?.rollout);
    const phases = revision.rollout.phases.map(({ steps }) => ({
      steps: steps.map(({ trail: _trail, ...rest }) => rest),
    }));
    const { spanMs, bars } = waterfall({ ...revision.rollout, phases }, demoNow);
    assert.equal(spanMs, 3_700);
    assert.deepEqual(
      bars.map((bar) => [
        bar.service,
        Math.round(bar.offset * spanMs),
        bar.ms,
        bar.state,
        bar.live,
        bar.segments.length,
      ]),
      [
        ["db", 0, 1_240, "healthy", false, 1],
        ["api", 1_250, 1_830, "healthy", false, 1],
        ["web", 3_090, 610, "healthy", false, 1],
      ],
    );
  });

  it("divides a live step into what it did, the last part growing", () => {
    const trail: Moment[] = [
      { state: "preparing", at: iso(0) },
      { state: "stopping", at: iso(100) },
      { state: "starting", at: iso(300) },
    ];
    const rollout = running(
      step("api", { state: "starting", startedAt: iso(0), expectedMs: 1_000, trail }),
      step("web", {}),
    );
    const [api, web] = waterfall(rollout, start + 500).bars;
    assert(api && web);
    assert.deepEqual(shares(api), [
      ["preparing", 0.1],
      ["stopping", 0.2],
      ["starting", 0.2],
    ]);
    assert.deepEqual([api.live, api.ms], [true, 500]);
    assert.deepEqual([web.live, web.ms, web.segments.length], [false, null, 0]);
    const [later] = waterfall(rollout, start + 900).bars;
    assert(later);
    assert.deepEqual(shares(later), [
      ["preparing", 0.1],
      ["stopping", 0.2],
      ["starting", 0.6],
    ]);
  });

  it("lengthens its axis in steps once it takes longer than expected", () => {
    const rollout = running(step("api", { state: "probing", startedAt: iso(0), expectedMs: 700 }));
    const spans = [100, 700, 701, 999, 1_000, 4_000, 5_500].map(
      (ms) => waterfall(rollout, start + ms).spanMs,
    );
    assert.deepEqual(spans, [700, 700, 1_000, 1_000, 2_000, 5_000, 10_000]);
  });

  it("keeps the parts of a step that went back", () => {
    const trail: Moment[] = [
      { state: "starting", at: iso(0) },
      { state: "failed", at: iso(400) },
      { state: "rolling-back", at: iso(400) },
      { state: "rolled-back", at: iso(1_000) },
    ];
    const rollout: Rollout = {
      ...running(step("api", { state: "rolled-back", startedAt: iso(0), durationMs: 1_000, trail })),
      endedAt: iso(1_000),
      verdict: "rolled-back",
    };
    const [api] = waterfall(rollout, start + 60_000).bars;
    assert(api);
    assert.deepEqual(shares(api), [
      ["starting", 0.4],
      ["rolling-back", 0.6],
    ]);
  });

  it("never leaves the axis, whatever the clocks say", () => {
    const ms = fc.integer({ min: -10_000, max: 100_000 });
    const anyStep = fc.record({
      state: fc.constantFrom(...stepStates),
      began: fc.option(ms),
      lasted: fc.option(fc.nat(50_000)),
      moments: fc.array(fc.record({ state: fc.constantFrom(...stepStates), at: ms }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 4 }), ms, fc.boolean(), (list, now, over) => {
        const steps = list.map(({ state, began, lasted, moments }, index) =>
          step(`s${index}`, {
            state,
            trail: moments.map((moment) => ({ state: moment.state, at: iso(moment.at) })),
            ...(began === null ? {} : { startedAt: iso(began) }),
            ...(lasted === null ? {} : { durationMs: lasted }),
          }),
        );
        const rollout: Rollout = {
          ...running(...steps),
          ...(over ? { endedAt: iso(20_000), verdict: "applied" } : {}),
        };
        for (const bar of waterfall(rollout, start + now).bars) {
          const parts = bar.segments.map(({ share }) => share);
          assert(
            parts.every((share) => share >= 0),
            "A part is negative.",
          );
          assert(
            bar.offset + parts.reduce((sum, share) => sum + share, 0) <= 1.000_001,
            "A bar leaves the axis.",
          );
        }
      }),
    );
  });

  it("draws the demo's live rollout from its events alone", () => {
    const revisions = demoRevisions().map(summaryOf);
    const live = liveDemo(demoNow, 100);
    const facts: PageFact[] = [
      { type: "snapshot", seq: 100, status: demoStatus(), revisions },
      ...live.begin.map((event): PageFact => ({ type: "event", event })),
    ];
    const state: PageState = facts.reduce(reduce, initialState);
    const rollout = state.rollouts.get(24);
    assert(rollout);
    const [api] = waterfall(rollout, demoNow).bars;
    assert.deepEqual(
      api?.segments.map(({ state: part, ms }) => [part, ms]),
      [
        ["preparing", 130],
        ["stopping", 280],
        ["starting", 560],
        ["probing", 1_620],
      ],
    );
  });
});
