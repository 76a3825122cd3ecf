import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { PageMessage, PageRequest } from "../core/protocol/page.ts";
import { demoStatus } from "./demo.fixture.ts";
import { cardAfterKey } from "./keyboard.ts";
import { parseRemembered } from "./remembered.ts";
import { openRequests } from "./requests.ts";
import { ago, ticking, took } from "./time.ts";

describe("requests of the page", () => {
  const open = () => {
    const said: PageMessage[] = [];
    return {
      said,
      get posted(): PageRequest[] {
        return said.filter((message) => message.type === "request");
      },
      requests: openRequests((message) => said.push(message)),
    };
  };

  it("give each its own answer, in whatever order they come", async () => {
    const opened = open();
    const { requests } = opened;
    const paused = requests.ask("pause", {});
    const listed = requests.ask("history/list", { before: 5, limit: 2 });
    assert.deepEqual(
      opened.posted.map(({ id, method, params }) => [id, method, params]),
      [
        [1, "pause", {}],
        [2, "history/list", { before: 5, limit: 2 }],
      ],
    );
    requests.settle({ type: "response", id: 2, ok: true, result: [] });
    requests.settle({ type: "response", id: 1, ok: true, result: demoStatus({ paused: true }) });
    assert.deepEqual(await listed, []);
    assert.equal((await paused).paused, true);
  });

  it("fail with the sentence and what to do", async () => {
    const { requests } = open();
    const asked = requests.ask("apply", {});
    const error = { code: "paused" as const, message: "Hotenv is paused.", todo: "Resume it first." };
    requests.settle({ type: "response", id: 1, ok: false, error });
    await assert.rejects(asked, { message: "Hotenv is paused. Resume it first." });
  });

  it("refuse an answer of another shape, ignore one that nobody waits for, and end when abandoned", async () => {
    const { requests } = open();
    const shapeless = requests.ask("status", {});
    requests.settle({ type: "response", id: 99, ok: true, result: null });
    requests.settle({ type: "response", id: 1, ok: true, result: { state: "fine" } });
    await assert.rejects(shapeless, /^Error: The answer to status could not be read/);
    const waiting = requests.ask("status", {});
    requests.abandon("The agent is not reachable.");
    await assert.rejects(waiting, { message: "The agent is not reachable." });
  });

  it("tell the host when nobody waits any more, and take no answer then", async () => {
    const { said, requests } = open();
    const given = new AbortController();
    const asked = requests.ask("history/list", { text: "a" }, given.signal);
    given.abort();
    await assert.rejects(asked, { message: "Nobody waits for the answer any more." });
    assert.deepEqual(said.at(-1), { type: "abandon", id: 1 });
    requests.settle({ type: "response", id: 1, ok: true, result: [] });
    await assert.rejects(requests.ask("history/list", {}, given.signal));
    assert.equal(said.length, 2);
  });
});

describe("moments and durations", () => {
  const minute = 60_000;
  for (const [ms, text] of [
    [0, "just now"],
    [59_999, "just now"],
    [-5_000, "just now"],
    [minute, "1 min. ago"],
    [59 * minute, "59 min. ago"],
    [60 * minute, "1 hr. ago"],
    [24 * 60 * minute, "yesterday"],
    [3 * 24 * 60 * minute, "3 days ago"],
    [400 * 24 * 60 * minute, "last yr."],
  ] as const)
    it(`says "${text}" of ${ms} ms ago`, () =>
      assert.equal(ago(1_000_000_000_000 - ms, 1_000_000_000_000), text));

  for (const [ms, text] of [
    [0, "0 ms"],
    [840.4, "840 ms"],
    [999.6, "1.0 s"],
    [1_849, "1.8 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min"],
    [125_000, "2 min 5 s"],
  ] as const)
    it(`says "${text}" of ${ms} ms`, () => assert.equal(took(ms), text));

  it("does not change its unit while it ticks through the first minute", () => {
    assert.deepEqual([0, 120, 999, 1_000].map(ticking), ["0.0 s", "0.1 s", "1.0 s", "1.0 s"]);
  });
});

describe("moving between cards by key", () => {
  for (const [key, from, to] of [
    ["ArrowDown", 0, 1],
    ["ArrowDown", 2, 2],
    ["PageUp", 0, 0],
    ["ArrowUp", 2, 1],
    ["Home", 2, 0],
    ["End", 0, 2],
    ["x", 1, undefined],
  ] as const)
    it(`${key} goes from ${from} to ${to ?? "nowhere"}`, () => assert.equal(cardAfterKey(key, from, 3), to));

  it("goes nowhere where there is nothing", () => assert.equal(cardAfterKey("End", -1, 0), undefined));
});

describe("what the page remembers", () => {
  it("is read back as it was, and forgotten where another version wrote it", () => {
    const saved = { open: [3], active: 3, anchor: { revision: 9, above: 12 } };
    const filtered = { ...saved, filter: { text: "pass", verdict: "failed" as const } };
    for (const each of [saved, filtered])
      assert.deepEqual(parseRemembered(JSON.parse(JSON.stringify(each))), each);
    for (const other of [undefined, null, 7, { open: "3" }]) assert.equal(parseRemembered(other), null);
  });
});
