// The page in Simplified Chinese: every state of it says nothing in English but what the agent says. Pictures go to
// test/.artifacts/page-zh-*.png; without a font for them, its letters are boxes.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Browser, Locator } from "playwright-core";
import type { HostMessage } from "../../core/protocol/page.ts";
import { language, speak } from "../../extension/l10n.ts";
import { build } from "../../scripts/build.ts";
import {
  demoNow,
  demoProblems,
  demoRevisions,
  demoStatistics,
  demoStatus,
  eventMaker,
  liveDemo,
  summaryOf,
} from "../../webview-ui/demo.fixture.ts";
import { chinese } from "../support/texts.ts";
import { launchBrowser } from "../workbench/browser.ts";
import { artifacts } from "../workbench/places.ts";
import { violations } from "./axe.ts";
import { agentsWords, englishIn, saidBy } from "./english.ts";
import { lastSeq, openStage, type Stage, type StageOptions } from "./stage.ts";

const live = liveDemo(demoNow, lastSeq);
const sends = (list: readonly (typeof live.begin)[number][]): HostMessage[] =>
  list.map((event) => ({ type: "event", event }));
/** One that the demo has not: every origin, severity, kind and action is somewhere. */
const rare = demoRevisions().map((revision) => {
  if (revision.revision === 20)
    return { ...revision, origin: "import" as const, verdict: "superseded" as const };
  if (revision.revision === 19) return { ...revision, verdict: "inconclusive" as const, pinned: true };
  return revision;
});

describe("the timeline page in Chinese", function () {
  this.timeout(180_000);
  let browser: Browser;
  let stage: Stage;

  before(async () => {
    // The HTML around the page is the extension's.
    speak("zh-cn", { ...chinese });
    await Promise.all([
      build({ production: true, only: ["webview"] }),
      mkdir(artifacts, { recursive: true }),
    ]);
    browser = await launchBrowser();
  });
  after(async () => {
    speak("en", {});
    await browser.close();
  });
  afterEach(async () => {
    const { complaints } = stage;
    await stage[Symbol.asyncDispose]();
    assert.deepEqual(complaints, [], "The browser complained.");
  });

  const open = async (options: StageOptions = {}): Promise<Stage> => {
    stage = await openStage(browser, { language: "zh-cn", revisions: rare, ...options });
    return stage;
  };
  const card = (revision: number): Locator => stage.page.locator(`#revision-${revision}`);
  const toggle = (revision: number): Promise<void> =>
    card(revision)
      .getByRole("button", { name: `修订 ${revision}`, exact: true })
      .click();
  /** @param told what else the agent has said */
  const isChinese = async (name: string, ...told: readonly unknown[]): Promise<void> => {
    const { page } = stage;
    await page.mouse.move(1, 1);
    await page.screenshot({ path: join(artifacts, `page-zh-${name}.png`), animations: "disabled" });
    assert.deepEqual(await violations(page), [], `axe-core on ${name}`);
    const agents = agentsWords([rare, demoStatus(), demoStatistics, live, ...told]);
    assert.deepEqual(englishIn(await saidBy(page), agents), [], `English on ${name}`);
    const { scroll, shown } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      shown: document.documentElement.clientWidth,
    }));
    assert.equal(scroll, shown, `${name} sticks out to the side.`);
  };

  it("says what it would say in English, card by card", async () => {
    const { page } = await open();
    assert.equal(language, "zh-cn");
    assert.equal(await page.getAttribute("html", "lang"), "zh-cn");
    await card(23).getByText("https://api.shop.example/v2").waitFor();
    await card(23).getByText("当前运行").waitFor();
    assert.equal(await card(23).locator("time").innerText(), "3分钟前");
    assert.match((await card(23).locator("time").getAttribute("title")) ?? "", /^2026年11月21日星期六/);
    await toggle(22);
    await card(22).getByText("最后 5 行").waitFor();
    await isChinese("open");
    await toggle(23);
    await toggle(22);
    for (const revision of [21, 20, 19, 18, 17, 16, 15]) await toggle(revision);
    await card(15).getByText("未重启任何服务").waitFor();
    await isChinese("cards");
  });

  it("has a check that finds English: on the English page it finds nearly everything", async () => {
    const { page } = await open({ language: undefined });
    await card(23).getByText("https://api.shop.example/v2").waitFor();
    const english = englishIn(await saidBy(page), agentsWords([rare, demoStatus()]));
    for (const text of ["runs now", "rolled-back", "critical", "editor", "Pause", "All services", "modified"])
      assert.equal(
        english.some((said) => said.includes(text)),
        true,
        text,
      );
    assert(english.length > 60, english.join("\n"));
  });

  it("tells of a rollout while it runs, and of its end", async () => {
    const { verdict: _verdict, rollout: _rollout, ...begun } = live.revision;
    const { page, send, revisions } = await open({ revisions: [begun, ...rare], inSnapshot: rare });
    await card(23).waitFor();
    await send(...sends(live.begin));
    await card(24).locator(".step-state", { hasText: "正在探测" }).waitFor();
    await page.getByRole("status").filter({ hasText: "正在应用修订 24。" }).waitFor({ state: "attached" });
    await isChinese("live");
    revisions[0] = live.revision;
    await send(...sends(live.end));
    await card(24).filter({ hasText: "已应用" }).filter({ hasText: "当前运行" }).waitFor();
    await isChinese("ended");
  });

  it("is filtered, searched and drawn as a chart", async () => {
    const { page } = await open();
    await card(23).waitFor();
    await page.getByRole("button", { name: "图表" }).click();
    await page.getByRole("img", { name: /^最近 \d+ 次发布：/ }).waitFor();
    await page.getByLabel("结果", { exact: true }).selectOption({ label: "已回滚" });
    await page.locator(".found", { hasText: "找到 1 个" }).waitFor();
    await page.getByRole("img", { name: /^1 次发布：/ }).waitFor();
    await page.getByRole("button", { name: "清除" }).click();
    await page.getByRole("img", { name: /^最近 \d+ 次发布：/ }).waitFor();
    await isChinese("chart");
    await page.getByRole("searchbox").fill("没有人写过这个");
    await page.getByRole("heading", { name: "没有符合的修订" }).waitFor();
    await isChinese("no-match");
  });

  it("has notes written, revisions pinned and narrowed to a key, and says what came of it", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "固定修订 23", exact: true }).click();
    await page.getByText("修订 23 永不清理。").waitFor();
    await page.getByRole("button", { name: "为修订 23 添加备注" }).click();
    await page.keyboard.type("先问 Grace。");
    await page.getByRole("button", { name: "仅显示更改了 API_URL 的修订" }).click();
    await page.getByRole("button", { name: "显示所有键的修订" }).waitFor();
    await isChinese("writing");
  });

  for (const width of [340, 560, 1_500])
    it(`fits where it is ${width} pixels wide`, async () => {
      await open({ width });
      await toggle(22);
      await card(22).getByText("最后 5 行").waitFor();
      await isChinese(`${width}`);
    });

  it("has nothing to show yet, loads, and has no agent", async () => {
    const nothing = demoStatus({ services: [], revision: null, lastGood: null });
    await open({ revisions: [], status: nothing });
    await stage.page.getByRole("heading", { name: "还没有修订" }).waitFor();
    await isChinese("empty");
    await stage[Symbol.asyncDispose]();

    const { page, send } = await open({ answers: false });
    await page.getByLabel("正在加载时间线").waitFor();
    await isChinese("loading");
    await send({ type: "connection", state: "offline" });
    await page.getByRole("heading", { name: "无法连接代理" }).waitFor();
    await isChinese("no-agent");
    const revisions = rare.map(summaryOf);
    await send({ type: "snapshot", seq: lastSeq, status: demoStatus(), revisions });
    await send({ type: "connection", state: "connecting" });
    await page.getByText("正在连接代理。").waitFor();
    await isChinese("connecting");
    await send({ type: "connection", state: "offline", detail: "The agent has ended." });
    await page.getByText("The agent has ended. 显示的内容可能已过时").waitFor();
    await isChinese("offline", { detail: "The agent has ended." });
  });

  it("says what is wrong, what waits, and what is down", async () => {
    const { page, send } = await open({
      status: demoStatus({ state: "invalid", detail: "Not valid.", problems: [...demoProblems] }),
    });
    await page.getByText("有 3 个问题需要先解决").waitFor();
    await isChinese("invalid", demoProblems);
    const event = eventMaker(lastSeq);
    const becomes = async (status: ReturnType<typeof demoStatus>): Promise<void> =>
      send({ type: "event", event: event("status_update", status, demoNow) });
    const detail = "Docker does not answer.";
    await becomes(demoStatus({ state: "error", detail }));
    await page.getByRole("button", { name: "显示日志" }).waitFor();
    await isChinese("error", { detail });

    const step = { cause: "API_TOKEN changed." };
    const waiting = demoStatus({
      state: "waiting",
      detail: "A critical change waits for a yes: API_TOKEN.",
      waiting: {
        id: "change-7",
        for: "confirm",
        plan: {
          change: { entries: [], severity: "critical" },
          phases: [
            { steps: [{ ...step, action: "http", service: "api" }] },
            { steps: [{ ...step, action: "rebuild", service: "web" }] },
          ],
          notes: [],
        },
      },
    });
    await becomes(waiting);
    await page.getByText("确认后将重新加载 api，然后重新构建 web。").waitFor();
    await isChinese("waiting", waiting);

    const services = demoStatus().services.map((each, index) => ({
      ...each,
      state: index === 0 ? ("missing" as const) : ("stopped" as const),
      health: "none" as const,
    }));
    await becomes(demoStatus({ services }));
    await page.getByRole("button", { name: "启动服务" }).waitFor();
    await isChinese("down");
    await becomes(demoStatus({ state: "paused", paused: true }));
    await page.getByRole("button", { name: "继续" }).waitFor();
    await isChinese("paused");
  });
});
