import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { AgentEvent } from "../core/protocol/messages.ts";
import { demoNow, demoRevisions, demoStatus, liveDemo, summaryOf } from "./demo.fixture.ts";
import { initialState, type PageFact, type PageState, reduce } from "./state.ts";
import { type Card, listing } from "./timeline.ts";

const revisions = demoRevisions();
const snapshot: PageFact = {
  type: "snapshot",
  seq: 100,
  status: demoStatus(),
  revisions: revisions.map(summaryOf),
};
const live = liveDemo(demoNow, 100);
const facts = (events: readonly AgentEvent[]): PageFact[] =>
  events.map((event) => ({ type: "event", event }));
const learn = (...list: readonly PageFact[]): PageState => list.reduce(reduce, initialState);

function cardsOf(state: PageState): Card[] {
  const { count, cardAt } = listing(state);
  return Array.from({ length: count }, (_, index) => cardAt(index)).filter((card) => card !== undefined);
}

function cardOf(state: PageState, revision: number): Card {
  const { cardAt, indexOf } = listing(state);
  const card = cardAt(indexOf(revision));
  assert(card, `There is no card for revision ${revision}.`);
  return card;
}

function detailOf(revision: number): PageFact {
  const found = revisions.find((each) => each.revision === revision);
  assert(found);
  return { type: "detail", revision: found };
}

describe("the timeline's projection", () => {
  it("makes a card of each revision, newest first", () => {
    assert.deepEqual(
      cardsOf(learn(snapshot)).map(({ revision }) => revision),
      revisions.map(({ revision }) => revision),
    );
    assert.deepEqual(cardsOf(initialState), []);
  });

  it("finds each card where it stands, the running one on top, and none that is not there", () => {
    const running = learn(snapshot, ...facts(live.begin));
    const filtered = reduce(running, { type: "filter", filter: { service: "web" } });
    for (const state of [learn(snapshot), running, filtered]) {
      const { count, indexOf, revisionAt } = listing(state);
      const all = Array.from({ length: count }, (_, index) => revisionAt(index) ?? Number.NaN);
      assert.deepEqual(all.map(indexOf), [...all.keys()]);
      for (const other of [0, 25, 1.5]) assert.equal(indexOf(other), -1);
      assert.equal(revisionAt(count), undefined);
    }
    assert.deepEqual([listing(running).revisionAt(0), listing(filtered).revisionAt(0)], [24, 24]);
    assert.deepEqual([listing(running).isLive, listing(learn(snapshot)).isLive], [true, false]);
  });

  it("moves a revision that is listed and runs again to the top", () => {
    const [newest, second, ...rest] = revisions.map(summaryOf);
    const rollout = revisions[1]?.rollout;
    assert(newest && second && rollout);
    const { verdict: _verdict, endedAt: _endedAt, ...again } = rollout;
    const state = learn({
      ...snapshot,
      status: demoStatus({ rollout: again, state: "restarting" }),
      revisions: [newest, { ...second, verdict: null }, ...rest],
    });
    assert.deepEqual(
      cardsOf(state)
        .map(({ revision }) => revision)
        .slice(0, 3),
      [22, 23, 21],
    );
    assert.equal(listing(state).count, revisions.length);
  });

  it("offers to retry the newest, if it did not end well", () => {
    const newestFailed = learn({ ...snapshot, revisions: revisions.slice(1).map(summaryOf) });
    assert.deepEqual(
      cardsOf(newestFailed)
        .filter(({ canRetry }) => canRetry)
        .map(({ revision }) => revision),
      [22],
    );
    assert(!cardsOf(learn(snapshot)).some(({ canRetry }) => canRetry));
  });

  it("asks for details, shows them, and asks no more", () => {
    const bare = cardOf(learn(snapshot), 22);
    assert.equal(bare.wantsDetail, true);
    assert.equal(bare.changes, null);
    const card = cardOf(learn(snapshot, detailOf(22)), 22);
    assert.equal(card.wantsDetail, false);
    assert.equal(card.severity, "moderate");
    assert.equal(card.parent, 21);
    assert.deepEqual(
      card.changes?.map(({ key, before, after }) => [key, before, after]),
      [["WORKERS", "4", "many"]],
    );
    assert.match(card.explanation, /^api exited with code 1/);
    assert.equal(card.rollout?.log?.length, 5);
  });

  it("puts the running rollout on top before its revision is in any list, with its change", () => {
    const [card] = cardsOf(learn(snapshot, ...facts(live.begin)));
    assert(card);
    assert.equal(card.revision, 24);
    assert.equal(card.running, true);
    assert.equal(card.verdict, null);
    assert.deepEqual(card.keys, ["CACHE_URL", "CACHE_TTL"]);
    assert.deepEqual(card.services, ["api", "web"]);
    assert.equal(card.severity, "moderate");
    assert.equal(card.changes?.[0]?.after, "redis://cache:6379/1");
  });

  it("marks the revision that runs and the last good, which need not be the same", () => {
    const state = learn({ ...snapshot, status: demoStatus({ revision: 23, lastGood: 21 }) });
    const marked = cardsOf(state).filter(({ isCurrent, isLastGood }) => isCurrent || isLastGood);
    assert.deepEqual(
      marked.map(({ revision, isCurrent, isLastGood }) => [revision, isCurrent, isLastGood]),
      [
        [23, true, false],
        [21, false, true],
      ],
    );
  });

  it("settles the card with the verdict and wants the details anew", () => {
    const { verdict: _verdict, rollout: _rollout, ...running } = live.revision;
    const during = learn(snapshot, ...facts(live.begin), { type: "detail", revision: running });
    assert.equal(cardOf(during, 24).wantsDetail, false);
    const over = facts(live.end).reduce(reduce, during);
    const card = cardOf(over, 24);
    assert.equal(card.running, false);
    assert.equal(card.verdict, "applied");
    assert.equal(card.durationMs, 3_430);
    assert.equal(card.isCurrent, true);
    assert.equal(card.wantsDetail, true);
    assert.equal(cardOf(reduce(over, { type: "detail", revision: live.revision }), 24).wantsDetail, false);
  });

  it("gives the verdict of a rollout that ended before its revision's summary came", () => {
    const beforeVerdict = live.end.filter(({ type }) => type !== "verdict");
    const card = cardOf(learn(snapshot, ...facts([...live.begin, ...beforeVerdict])), 24);
    assert.equal(card.running, false);
    assert.equal(card.verdict, "applied");
  });

  it("does not call a revision running that nobody knows the end of", () => {
    const [newest, ...rest] = revisions.map(summaryOf);
    assert(newest);
    const card = cardOf(learn({ ...snapshot, revisions: [{ ...newest, verdict: null }, ...rest] }), 23);
    assert.equal(card.running, false);
    assert.equal(card.verdict, null);
  });

  it("leaves every field of an untouched card identical while others change", () => {
    const before = learn(snapshot, detailOf(22), ...facts(live.begin));
    const after = facts(live.end).reduce(reduce, before);
    for (const revision of [22, 21, 5])
      assert.deepEqual(
        Object.entries(cardOf(before, revision)).filter(
          ([key, value]) => cardOf(after, revision)[key as keyof Card] !== value,
        ),
        [],
      );
    const again = reduce(before, { type: "connection", state: "online" });
    assert.equal(cardOf(again, 24).keys, cardOf(before, 24).keys);
    assert.equal(cardOf(again, 24).services, cardOf(before, 24).services);
  });
});
