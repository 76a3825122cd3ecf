import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  actionText,
  actionWord,
  kindWord,
  originWord,
  planText,
  severityWord,
  stepStateWord,
  verdictWord,
} from "../core/protocol/word-texts.ts";
import type { ServiceStatus } from "../core/protocol/words.ts";
import { chinese } from "../test/support/texts.ts";
import { languageOf } from "./browser/texts.ts";
import { chartOf } from "./chart.ts";
import { demoNow, demoRevisions, demoStatus, liveDemo, summaryOf } from "./demo.fixture.ts";
import { speak, t } from "./l10n.ts";
import { openRequests } from "./requests.ts";
import { initialState, reduce } from "./state.ts";
import { ago, exactly, ticking, took } from "./time.ts";
import { serviceWord, stateWord } from "./words.ts";

describe("the page in Chinese", () => {
  beforeEach(() => speak({ language: "zh-cn", texts: chinese }));
  afterEach(() => speak(undefined));

  const minute = 60_000;
  for (const [ms, text] of [
    [0, "刚刚"],
    [2 * minute, "2分钟前"],
    [24 * 60 * minute, "昨天"],
    [400 * 24 * 60 * minute, "去年"],
  ] as const)
    it(`says "${text}" of ${ms} ms ago`, () => assert.equal(ago(demoNow - ms, demoNow), text));

  for (const [ms, text] of [
    [840, "840 毫秒"],
    [1_849, "1.8 秒"],
    [minute, "1 分钟"],
    [125_000, "2 分 5 秒"],
  ] as const)
    it(`says "${text}" of ${ms} ms`, () => assert.equal(took(ms), text));

  it("says exactly when, and how long it has been going on", () => {
    assert.match(exactly(demoNow), /^2026年11月21日星期六/);
    assert.equal(ticking(120), "0.1 秒");
  });

  it("tells the chart in a sentence, of one rollout and of many", () => {
    const runs = demoRevisions().map(summaryOf);
    assert.match(
      chartOf(runs, demoNow).summary,
      /^最近 21 次发布：\d+ 次已应用，\d+ 次未应用；中位数 1\.\d 秒，最长 /,
    );
    assert.match(chartOf(runs.slice(0, 1), demoNow).summary, /^1 次发布：1 次已应用，0 次未应用；/);
  });

  it("calls states, verdicts, actions and all the rest by the same words as VS Code", () => {
    const service = (state: ServiceStatus["state"], health: ServiceStatus["health"]): string =>
      serviceWord({ ...(demoStatus().services[0] as ServiceStatus), state, health });
    assert.deepEqual(
      [
        verdictWord("rolled-back"),
        severityWord("critical"),
        stateWord("connecting"),
        stepStateWord("probing"),
        originWord("cli"),
        kindWord("added"),
        actionWord("recreate"),
        actionText("http", "api"),
        service("running", "none"),
        service("running", "unhealthy"),
        service("missing", "none"),
      ],
      [
        "已回滚",
        "严重",
        "正在连接",
        "正在探测",
        "命令行",
        "已添加",
        "重新创建",
        "重新加载 api",
        "运行中",
        "不健康",
        "未运行",
      ],
    );
  });

  it("says what a plan does, in its order", () => {
    const step = { cause: "API_TOKEN changed." };
    const phases = [
      { steps: [{ ...step, service: "db", action: "recreate" as const }] },
      { steps: [{ ...step, service: "api", action: "none" as const }] },
      {
        steps: [
          { ...step, service: "api", action: "restart" as const },
          { ...step, service: "web", action: "restart" as const },
        ],
      },
    ];
    assert.equal(planText({ phases }), "重新创建 db，然后重启 api, 重启 web");
    speak(undefined);
    assert.equal(planText({ phases }), "recreate db, then restart api, restart web");
  });

  it("announces rollouts, and leaves the agent's sentences as they are", () => {
    const live = liveDemo(demoNow, 100);
    const snapshot = { type: "snapshot" as const, seq: 100, status: demoStatus(), revisions: [] };
    const told = [...live.begin, ...live.end].map((event) => ({ type: "event" as const, event }));
    const begun = told.slice(0, live.begin.length).reduce(reduce, reduce(initialState, snapshot));
    assert.equal(begun.news, "正在应用修订 24。");
    assert.equal(told.slice(live.begin.length).reduce(reduce, begun).news, "修订 24：Applied to api, web.");
  });

  it("says what could not be read", async () => {
    const requests = openRequests(() => {});
    const asked = requests.ask("status", {});
    requests.settle({ type: "response", id: 1, ok: true, result: null });
    await assert.rejects(asked, /^Error: 无法读取对 status 的答复（/);
  });
});

describe("the page's texts", () => {
  it("are English where there are no others, with what they speak of put in", () => {
    assert.equal(t("Revisions {0} and {1}", 3, 5), "Revisions 3 and 5");
    assert.equal(t("Revisions {0} and {1}", "$&", "{0}"), "Revisions $& and {0}");
    speak({ language: "zh-cn", texts: { "{0} of {1}": "{1} 中的 {0}" } });
    try {
      assert.equal(t("{0} of {1}", 1, 2), "2 中的 1");
      assert.equal(t("Close"), "Close");
    } finally {
      speak(undefined);
    }
  });

  for (const [tags, language] of [
    [["zh-CN", "en"], "zh-CN"],
    [["zh"], "zh-CN"],
    [["zh-SG"], "zh-CN"],
    [["zh-Hans-HK"], "zh-CN"],
    [["zh-TW"], "en"],
    [["zh-TW", "zh-CN"], "zh-CN"],
    [["en-GB", "zh-CN"], "en"],
    [["de", "zh-CN"], "zh-CN"],
    [["de"], "en"],
    [[], "en"],
  ] as const)
    it(`are in ${language} for a browser that asks for ${tags.join(", ") || "nothing"}`, () =>
      assert.equal(languageOf(tags), language));
});
