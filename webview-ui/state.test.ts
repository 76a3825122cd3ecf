import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { AgentEvent } from "../core/protocol/messages.ts";
import { demoNow, demoRevisions, demoStatus, eventMaker, liveDemo, summaryOf } from "./demo.fixture.ts";
import { initialState, type PageFact, type PageState, reduce } from "./state.ts";

const seq = 100;
const all = initialState.filter;
const revisions = demoRevisions().map(summaryOf);
const snapshot: PageFact = { type: "snapshot", seq, status: demoStatus(), revisions };
const live = liveDemo(demoNow, seq);
const facts = (events: readonly AgentEvent[]): PageFact[] =>
  events.map((event) => ({ type: "event", event }));
const learn = (...list: readonly PageFact[]): PageState => list.reduce(reduce, initialState);
const numbers = (state: PageState): number[] => state.revisions.map(({ revision }) => revision);

describe("the page's state", () => {
  it("is connecting and knows nothing until a snapshot comes", () => {
    const early = learn(...facts(live.begin));
    assert.equal(early, initialState);
    assert.equal(early.connection, "connecting");
    assert.equal(learn(snapshot).connection, "online");
    assert.equal(learn(snapshot).seq, seq);
  });

  it("is the same whether events come once or overlap in replays", () => {
    const events = [...live.begin, ...live.end];
    const once = learn(snapshot, ...facts(events));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(events.length), fc.nat(events.length)), { maxLength: 6 }),
        (replays) => {
          let state = learn(snapshot);
          let next = 0;
          // Each replay begins at or before what came last, and reaches as far as it likes.
          for (const [back, until] of replays) {
            const from = Math.max(0, next - back);
            const to = Math.max(next, until);
            state = facts(events.slice(from, to)).reduce(reduce, state);
            next = to;
          }
          assert.deepEqual(facts(events.slice(Math.max(0, next - 3))).reduce(reduce, state), once);
        },
      ),
      { numRuns: 200 },
    );
    for (let length = 1; length <= events.length; length += 1)
      assert.equal(facts(events.slice(0, length)).reduce(reduce, once), once);
  });

  it("ignores events that the snapshot includes already", () => {
    const ahead = learn({ ...snapshot, seq: seq + live.begin.length });
    assert.equal(facts(live.begin).reduce(reduce, ahead), ahead);
  });

  it("follows a rollout: its steps, their moments, its verdict", () => {
    const running = learn(snapshot, ...facts(live.begin));
    assert.deepEqual(
      running.rollouts.get(24)?.phases[0]?.steps[0]?.trail?.map(({ state }) => state),
      ["preparing", "stopping", "starting", "probing"],
    );
    assert.equal(running.rollouts.get(24)?.phases[0]?.steps[0]?.state, "probing");
    assert.equal(running.begun.get(24)?.origin, "editor");
    assert.equal(running.announced, null);
    assert.equal(numbers(running)[0], 23);
    const over = facts(live.end).reduce(reduce, running);
    assert.equal(over.revisions[0]?.verdict, "applied");
    assert.equal(over.rollouts.get(24)?.verdict, "applied");
    assert.equal(over.status?.revision, 24);
    assert.equal(over.news, "Revision 24: Applied to api, web.");
  });

  it("builds a rollout from its steps where no status told of it", () => {
    const steps = live.begin.filter(({ type }) => type === "restart_progress");
    const state = learn(snapshot, ...facts(steps));
    assert.deepEqual(
      state.rollouts.get(24)?.phases.map((phase) => phase.steps.map((step) => [step.service, step.state])),
      [[["api", "probing"]], [["web", "preparing"]]],
    );
  });

  it("updates the health of one service and leaves the others", () => {
    const event = eventMaker(seq);
    const before = learn(snapshot);
    const [, api] = before.status?.services ?? [];
    assert(api);
    const state = reduce(before, {
      type: "event",
      event: event("health_update", { ...api, health: "unhealthy" }, demoNow),
    });
    assert.deepEqual(
      state.status?.services.map(({ service, health }) => [service, health]),
      [
        ["db", "healthy"],
        ["api", "unhealthy"],
        ["web", "healthy"],
        ["worker", "none"],
        ["mailpit", "none"],
      ],
    );
  });

  it("keeps older revisions over a reconnect that continues the same history", () => {
    const recent = revisions.slice(0, 10);
    const state = learn(
      { ...snapshot, revisions: recent },
      { type: "older-asked", filter: all },
      { type: "older", filter: all, revisions: revisions.slice(10, 15), limit: 5 },
      { type: "connection", state: "offline", detail: "The agent has ended." },
      { ...snapshot, seq: seq + 5, revisions: recent },
    );
    assert.deepEqual(numbers(state), numbers(learn(snapshot)).slice(0, 15));
    assert.equal(state.connectionDetail, "");
    assert.equal(state.older.state, "unknown");
  });

  it("forgets what it knew where a reconnect finds another history, a gap, or another project", () => {
    const recent = revisions.slice(0, 10);
    const old = learn({ ...snapshot, revisions: revisions.slice(10, 20) });
    assert.deepEqual(
      numbers(reduce(old, { ...snapshot, revisions: recent })),
      numbers(learn(snapshot)).slice(0, 10),
    );
    const renumbered = recent.map((summary) => ({ ...summary, time: "2026-01-01T00:00:00.000Z" }));
    assert.deepEqual(reduce(learn(snapshot), { ...snapshot, revisions: renumbered }).revisions, renumbered);
    const elsewhere = demoStatus({ project: { name: "other", directory: "/home/ada/other" } });
    assert.equal(
      reduce(learn(snapshot), { ...snapshot, status: elsewhere, revisions: recent }).revisions.length,
      10,
    );
  });

  it("does not let an older list undo a verdict", () => {
    const [newest] = revisions;
    assert(newest);
    const state = learn(snapshot, {
      type: "older",
      filter: all,
      revisions: [{ ...newest, verdict: null }],
      limit: 1,
    });
    assert.equal(state.revisions[0]?.verdict, "applied");
  });

  it("knows the end of the list: by its first revision, or by an answer that is not full", () => {
    assert.equal(learn(snapshot).older.state, "end");
    const cut = learn({ ...snapshot, revisions: revisions.slice(0, 5) });
    assert.equal(cut.older.state, "unknown");
    assert.equal(
      reduce(cut, { type: "older", filter: all, revisions: revisions.slice(5, 10), limit: 5 }).older.state,
      "unknown",
    );
    assert.equal(
      reduce(cut, { type: "older", filter: all, revisions: revisions.slice(5, 8), limit: 5 }).older.state,
      "end",
    );
    assert.deepEqual(reduce(cut, { type: "older-failed", filter: all, why: "No." }).older, {
      state: "failed",
      why: "No.",
    });
  });

  it("clears the error of a revision's details once they come, or a snapshot does", () => {
    const [revision] = demoRevisions();
    assert(revision);
    const failed = learn(snapshot, { type: "detail-failed", revision: revision.revision, why: "No." });
    assert.equal(failed.detailErrors.get(revision.revision), "No.");
    assert.equal(reduce(failed, { type: "detail", revision }).detailErrors.size, 0);
    assert.equal(reduce(failed, snapshot).detailErrors.size, 0);
  });

  it("forgets how old rollouts moved", () => {
    const event = eventMaker(seq);
    const step = live.begin.find(({ type, data }) => type === "restart_progress" && "step" in data);
    assert(step?.type === "restart_progress");
    const many = Array.from({ length: 150 }, (_, index) =>
      event("restart_progress", { ...step.data, rollout: `r${index}`, revision: 1_000 + index }, demoNow),
    );
    const state = learn(snapshot, ...facts(many));
    assert.equal(state.rollouts.size, 100);
    assert(state.rollouts.has(1_149) && !state.rollouts.has(1_049));
  });

  it("narrows at once what is loaded, and then what the agent finds behind it", () => {
    const failed = { verdict: "failed" } as const;
    const state = learn(
      { ...snapshot, revisions: revisions.slice(0, 10) },
      { type: "filter", filter: failed },
    );
    assert.deepEqual(
      state.matches?.revisions.map(({ revision }) => revision),
      [19],
    );
    assert.deepEqual([state.matches?.reach, state.matches?.older.state], [14, "unknown"]);
    const [, , sixth] = revisions.slice(10);
    assert(sixth);
    const found: PageFact = {
      type: "older",
      filter: failed,
      revisions: [{ ...sixth, verdict: "failed" }],
      limit: 5,
    };
    const more = reduce(state, found);
    assert.deepEqual(
      more.matches?.revisions.map(({ revision }) => revision),
      [19, 11],
    );
    assert.equal(more.matches?.older.state, "end");
    assert.equal(more.revisions.length, 10);
    // An answer to an earlier filter comes too late.
    const other = reduce(state, { type: "filter", filter: { service: "web" } });
    assert.equal(reduce(other, found), other);
    assert.equal(reduce(other, { type: "filter", filter: {} }).matches, null);
  });

  it("lets a new revision into the filtered list if it belongs there", () => {
    for (const [service, count] of [
      ["web", 1],
      ["db", 0],
    ] as const) {
      const before = learn(snapshot, { type: "filter", filter: { service } });
      const after = facts([...live.begin, ...live.end]).reduce(reduce, before);
      const length = (state: PageState) => state.matches?.revisions.length ?? Number.NaN;
      assert.equal(length(after) - length(before), count, service);
    }
  });

  it("shows a note and a pin in the list as soon as the details have them", () => {
    const detail = demoRevisions()[3];
    assert(detail);
    const state = learn(
      snapshot,
      { type: "filter", filter: { text: "a" } },
      {
        type: "detail",
        revision: { ...detail, note: "Ask Grace.", pinned: true },
      },
    );
    const listed = (list: readonly (typeof revisions)[number][] | undefined) =>
      list?.find(({ revision }) => revision === detail.revision);
    for (const list of [state.revisions, state.matches?.revisions])
      assert.deepEqual([listed(list)?.note, listed(list)?.pinned], ["Ask Grace.", true]);
    const plain = reduce(state, { type: "detail", revision: { ...detail, pinned: false } });
    assert.deepEqual(plain.revisions, learn(snapshot).revisions);
  });
});
