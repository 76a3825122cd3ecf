// The built page in a real browser, under the extension's own content security policy. Pictures of every state
// go to test/.artifacts/page-*.png.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Browser, Locator } from "playwright-core";
import type { HostMessage, PageMessage } from "../../core/protocol/page.ts";
import type { Revision } from "../../core/protocol/words.ts";
import { build } from "../../scripts/build.ts";
import {
  demoNow,
  demoProblems,
  demoRevisions,
  demoStatus,
  eventMaker,
  liveDemo,
  summaryOf,
} from "../../webview-ui/demo.fixture.ts";
import { launchBrowser } from "../workbench/browser.ts";
import { artifacts } from "../workbench/places.ts";
import { until } from "../workbench/until.ts";
import { colourRules, violations } from "./axe.ts";
import { lastSeq, openStage, type Stage, type StageOptions } from "./stage.ts";
import { themeNames } from "./themes.ts";

const live = liveDemo(demoNow, lastSeq);
const events = (list: readonly (typeof live.begin)[number][]): HostMessage[] =>
  list.map((event) => ({ type: "event", event }));

describe("the timeline page in a browser", function () {
  this.timeout(180_000);
  let browser: Browser;
  let stage: Stage;

  before(async () => {
    await Promise.all([
      build({ production: true, only: ["webview"] }),
      mkdir(artifacts, { recursive: true }),
    ]);
    browser = await launchBrowser();
  });
  after(() => browser.close());
  afterEach(async () => {
    const { complaints } = stage;
    await stage[Symbol.asyncDispose]();
    assert.deepEqual(complaints, [], "The browser complained.");
  });

  const open = async (options?: StageOptions): Promise<Stage> => {
    stage = await openStage(browser, options);
    return stage;
  };
  const card = (revision: number): Locator => stage.page.locator(`#revision-${revision}`);
  const title = (revision: number): Locator =>
    card(revision).getByRole("button", { name: `Revision ${revision}`, exact: true });
  const isOpen = (revision: number): Promise<string | null> => title(revision).getAttribute("aria-expanded");
  const focused = (): Promise<string | undefined> =>
    stage.page.evaluate(() => document.querySelector("hotenv-timeline")?.shadowRoot?.activeElement?.id);
  const posted = <T extends PageMessage["type"]>(type: T): Extract<PageMessage, { type: T }>[] =>
    stage.posted.filter((message): message is Extract<PageMessage, { type: T }> => message.type === type);
  /** Whether the details of all cards in view have come. */
  const settled = (): Promise<true> =>
    until("the details of the cards in view came", async () => {
      const asked = posted("request").filter(({ method }) => method === "history/show").length;
      await stage.page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined))),
      );
      return (
        asked > 0 && asked === posted("request").filter(({ method }) => method === "history/show").length
      );
    });
  /**
   * In the four kinds of theme; what a picture is taken of is accessible, too. Where the others show no colour
   * that it does not show, one theme is enough.
   */
  const picture = async (name: string, colourful = false): Promise<void> => {
    await stage.page.mouse.move(1, 1);
    for (const [index, theme] of themeNames.entries()) {
      await stage.wear(theme);
      await still(`${name}-${theme}`, index === 0 ? undefined : colourful ? colourRules : []);
    }
    await stage.wear("dark");
  };
  const still = async (name: string, rules?: readonly string[]): Promise<void> => {
    await stage.page.screenshot({ path: join(artifacts, `page-${name}.png`), animations: "disabled" });
    if (rules?.length === 0) return;
    assert.deepEqual(await violations(stage.page, rules), [], `axe-core on ${name}`);
  };

  describe("shows", () => {
    it("the project, its services and its revisions, newest first and open", async () => {
      const { page } = await open();
      await page.getByRole("heading", { name: "shop" }).waitFor();
      assert.deepEqual(
        (await page.getByRole("list", { name: "Services" }).getByRole("listitem").allInnerTexts()).map(
          (text) => text.replaceAll(/\s+/g, " ").trim(),
        ),
        ["db healthy", "api healthy", "web healthy", "worker running", "mailpit stopped"],
      );
      const articles = page.getByRole("feed").getByRole("article");
      assert.equal(await articles.first().getAttribute("aria-posinset"), "1");
      assert.equal(await articles.first().getAttribute("aria-setsize"), "23");
      assert.equal(await isOpen(23), "true");
      assert.equal(await isOpen(22), "false");
      await card(23).getByText("https://api.shop.example/v2").waitFor();
      assert.equal(await card(23).locator("time").getAttribute("datetime"), "2026-11-21T09:27:00.000Z");
      assert.match((await card(23).locator("time").getAttribute("title")) ?? "", /November 21, 2026/);
    });

    it("why a revision was rolled back, with the log's last lines", async () => {
      await open();
      await title(22).click();
      await card(22).getByText("Revision 21 runs again.").and(stage.page.locator(".explanation")).waitFor();
      await card(22).getByText('WORKERS must be a number, it is "many"').waitFor();
      await card(22).getByText("The last 5 lines").click();
      assert.equal(await card(22).locator("pre").isVisible(), false);
    });

    it("a rollout while it runs, on top, its bars growing, and then its verdict", async () => {
      const { verdict: _verdict, rollout: _rollout, ...begun } = live.revision;
      const known: Revision[] = [begun, ...demoRevisions()];
      const { page, send, revisions } = await open({ revisions: known, inSnapshot: demoRevisions() });
      await card(23).waitFor();
      await send(...events(live.begin));
      await card(24).locator(".step-state", { hasText: "probing" }).waitFor();
      assert.equal(await page.getByRole("article").first().getAttribute("id"), "revision-24");
      assert.equal(await isOpen(24), "true");
      assert.equal(await page.getByRole("button", { name: "Apply" }).isDisabled(), true);
      const probing = card(24).locator(".track .segment.probing");
      const early = (await probing.boundingBox())?.width ?? 0;
      await until("the bar grew", async () => ((await probing.boundingBox())?.width ?? 0) > early + 2);
      await picture("live", true);
      revisions[0] = live.revision;
      await send(...events(live.end));
      await card(24).filter({ hasText: "applied" }).filter({ hasText: "runs now" }).waitFor();
      assert.equal(await card(24).locator(".step[data-state=healthy]").count(), 2);
      assert.equal(await card(23).getByText("runs now").count(), 0);
      // The same events once more, as after a reconnect, change nothing.
      const before = await page.getByRole("feed").innerText();
      await send(...events([...live.begin, ...live.end]));
      assert.equal(await page.getByRole("feed").innerText(), before);
    });
  });

  describe("does", () => {
    it("what its buttons say", async () => {
      const { page } = await open();
      await title(21).click();
      await card(21).getByRole("button", { name: "Roll back to here: revision 21" }).click();
      await card(21).getByRole("button", { name: "Diff of revision 21" }).click();
      await until("the diff was asked for", async () => posted("diff").length === 1);
      assert.deepEqual(posted("rollback"), [{ type: "rollback", revision: 21 }]);
      assert.deepEqual(posted("diff"), [{ type: "diff", from: 20, to: 21 }]);
      assert.equal(await card(23).getByRole("button", { name: "Roll back to here: revision 23" }).count(), 0);
      assert.equal(await card(22).getByRole("button", { name: "Roll back to here: revision 22" }).count(), 0);

      await page.getByRole("button", { name: "Apply" }).click();
      await page.getByText("Nothing to do: everything runs with the files on disk.").waitFor();
      await page.getByRole("button", { name: "Pause" }).click();
      await until("the pause was asked for", async () =>
        posted("request").some(({ method }) => method === "pause"),
      );
    });

    it("show the place of a problem", async () => {
      const status = demoStatus({ state: "invalid", detail: "Not valid.", problems: [...demoProblems] });
      await open({ status });
      await stage.page.getByRole("button", { name: ".env:12:9" }).click();
      await until("the place was asked for", async () => posted("open").length === 1);
      assert.deepEqual(posted("open"), [{ type: "open", file: ".env", line: 12, column: 9 }]);
    });

    it("load older revisions at the bottom, up to the first", async () => {
      const revisions = demoRevisions(400);
      const { page } = await open({ revisions, inSnapshot: revisions.slice(0, 100) });
      await card(400).waitFor();
      assert.equal(await page.getByRole("article").first().getAttribute("aria-setsize"), "-1");
      await until("the first revision came", async () => {
        await page.evaluate(() => window.scrollTo({ top: document.body.scrollHeight }));
        return (await card(1).count()) === 1;
      });
      const numbers = await page
        .locator("article")
        .evaluateAll((list) => list.map((each) => Number(each.getAttribute("data-revision"))));
      // Only what is in view is there, in its order and without a gap.
      assert(numbers.length < 60, `${numbers.length} cards are there.`);
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => (numbers[0] ?? 0) - index),
      );
      // That there is nothing before the first is known a question later.
      await until("the end was known", async () => (await card(1).getAttribute("aria-setsize")) === "400");
      assert.equal(await card(1).getAttribute("aria-posinset"), "400");
    });

    it("go by keyboard from card to card, open, enter and leave them", async () => {
      const { page } = await open();
      await card(23).waitFor();
      await settled();
      await card(23).focus();
      const keys: readonly (readonly [string, string])[] = [
        ["ArrowDown", "revision-22"],
        ["ArrowDown", "revision-21"],
        ["ArrowUp", "revision-22"],
        ["End", "revision-1"],
        ["PageUp", "revision-2"],
        ["Home", "revision-23"],
        ["PageDown", "revision-22"],
      ];
      for (const [key, wanted] of keys) {
        await page.keyboard.press(key);
        assert.equal(await focused(), wanted, `after ${key}`);
      }
      assert.notEqual(await card(22).evaluate((article) => getComputedStyle(article).outlineStyle), "none");
      await page.keyboard.press("Enter");
      assert.equal(await isOpen(22), "true");
      // Tab goes into the card that has the focus, and from it past all the others.
      await page.keyboard.press("Tab");
      assert.equal(
        await stage.page.evaluate(
          () => document.querySelector("hotenv-timeline")?.shadowRoot?.activeElement?.textContent,
        ),
        "Revision 22",
      );
      await page.keyboard.press("Escape");
      assert.equal(await focused(), "revision-22");
      await page.keyboard.press("Enter");
      assert.equal(await isOpen(22), "false");
      assert.equal(
        await page.locator("article [tabindex='0']").count(),
        await card(22).locator("[tabindex='0']").count(),
      );
      await picture("focus");
    });

    it("narrow the list: by words, a service, a verdict and a key, and widen it again", async () => {
      const revisions = demoRevisions(330);
      const { page } = await open({ revisions, inSnapshot: revisions.slice(0, 100) });
      await card(330).waitFor();
      const found = page.locator(".found");
      await page.keyboard.press("/");
      await page.keyboard.type("longer SESSIONS");
      await found.filter({ hasText: "1 found" }).waitFor();
      assert.deepEqual(await page.getByRole("article").evaluateAll((list) => list.map(({ id }) => id)), [
        "revision-328",
      ]);
      await page.getByRole("button", { name: "Clear" }).click();
      await card(330).waitFor();
      assert.equal(await page.getByRole("searchbox").inputValue(), "");

      await page.getByLabel("Verdict", { exact: true }).selectOption("failed");
      await found.filter({ hasText: "1 found" }).waitFor();
      await card(326).waitFor();
      await page.getByLabel("Verdict", { exact: true }).selectOption("");
      await page.getByLabel("Service", { exact: true }).selectOption("worker");
      await found.filter({ hasText: "1 found" }).waitFor();
      await picture("filtered");
      await page.getByRole("searchbox").fill("nobody wrote this");
      await page.getByRole("heading", { name: "No revision matches" }).waitFor();
      await picture("no-match");
      await page.getByRole("button", { name: "Clear the filter" }).click();
      await title(327).click();
      await card(327).getByRole("button", { name: "Only revisions that changed PUBLIC_PORT" }).click();
      await found.filter({ hasText: "2 found" }).waitFor();
      await page.getByRole("button", { name: "Show revisions of all keys" }).click();
      await found.waitFor({ state: "detached" });
    });

    it("annotate and pin, put one key back, copy a report, export", async () => {
      const { page } = await open();
      const act = (name: string): Promise<void> => page.getByRole("button", { name }).click();
      await act("Annotate revision 23");
      await page.keyboard.type("Ask Grace first.");
      await page.keyboard.press("Control+Enter");
      await card(23).locator(".note", { hasText: "Ask Grace first." }).waitFor();
      assert.equal(await focused(), "revision-23");
      await act("Pin revision 23");
      await card(23).getByRole("img", { name: "pinned" }).waitFor();
      await page.getByText("Revision 23 is never pruned.").waitFor();
      await picture("annotated");
      await act("Annotate revision 23");
      await page.keyboard.press("Escape");
      await act("Copy report of revision 23");
      await act("Export revision 23");
      await card(23).getByText("https://api.shop.example/v2").hover();
      await act("Roll back this key: API_URL as it was before revision 23");
      await title(21).click();
      await card(21).getByText("SESSION_HOURS").first().hover();
      await card(21).locator(".change", { hasText: "LOG_LEVEL" }).hover();
      await act("Roll back this key: LOG_LEVEL as it is in revision 21");
      await until("all was posted", async () => posted("rollback").length === 2);
      assert.deepEqual(posted("rollback"), [
        { type: "rollback", revision: 21, key: "API_URL" },
        { type: "rollback", revision: 21, key: "LOG_LEVEL" },
      ]);
      assert.deepEqual(posted("copy-report"), [{ type: "copy-report", revision: 23 }]);
      assert.deepEqual(posted("export"), [{ type: "export", revision: 23 }]);
    });

    it("cancel the rollout that runs, and retry the one that failed", async () => {
      const { send } = await open({ revisions: demoRevisions().slice(1) });
      await card(22).waitFor();
      await card(22).getByRole("button", { name: "Retry revision 22" }).click();
      await until("a retry was asked for", async () =>
        posted("request").some(
          ({ method, params }) =>
            method === "apply" && "reason" in params && params.reason === "Revision 22 was tried again.",
        ),
      );
      await send(...events(live.begin));
      await card(24).getByRole("button", { name: "Cancel the rollout of revision 24" }).click();
      await until("the cancelling was asked for", async () =>
        posted("request").some(({ method }) => method === "cancel"),
      );
    });

    it("show how long rollouts took, in every theme's colours", async () => {
      const { page } = await open();
      await page.getByRole("button", { name: "Chart" }).click();
      await page.getByRole("img", { name: /^The last \d+ rollouts: / }).waitFor();
      await page.getByRole("row", { name: /^api 18 89 % 1.6 s 2.1 s/ }).waitFor();
      await picture("chart", true);
      await page.locator(".run").nth(-2).click();
      await until("the card has the focus", async () => (await focused()) === "revision-22");
      await page.getByRole("button", { name: "web", exact: true }).click();
      await page.locator(".found", { hasText: "4 found" }).waitFor();
      await page.getByRole("img", { name: /^The last 4 rollouts: / }).waitFor();
    });

    it("come back to where the reader was", async () => {
      const revisions = demoRevisions(330);
      const { page } = await open({ revisions, inSnapshot: revisions.slice(0, 100) });
      await card(330).waitFor();
      await until("revision 60 came", async () => {
        await page.evaluate(() => window.scrollBy({ top: 1_000 }));
        return (await card(60).count()) === 1;
      });
      await title(60).click();
      await card(60).evaluate((article) =>
        window.scrollBy({ top: article.getBoundingClientRect().top - 150 }),
      );
      const top = async (): Promise<number> => Math.round((await card(60).boundingBox())?.y ?? Number.NaN);
      const before = await top();
      await until("the place was saved", () =>
        page.evaluate(() => /"open":\[[^\]]*\b60\b/.test(sessionStorage.getItem("vscode-state") ?? "")),
      );
      await page.waitForFunction(() => {
        const saved = JSON.parse(sessionStorage.getItem("vscode-state") ?? "{}");
        return saved.anchor !== null && saved.anchor.revision <= 65;
      });
      await page.reload();
      await card(60).waitFor();
      await until("the card was where it had been", async () => Math.abs((await top()) - before) <= 2);
      assert.equal(await isOpen(60), "true");
    });

    it("not move what is being read when something new comes", async () => {
      const { page, send } = await open();
      await card(23).waitFor();
      await settled();
      await title(12).scrollIntoViewIfNeeded();
      await settled();
      const top = async (): Promise<number> => Math.round((await card(14).boundingBox())?.y ?? Number.NaN);
      const before = await top();
      assert((await page.evaluate(() => window.scrollY)) > 100);
      await send(...events([...live.begin, ...live.end]));
      await card(24).waitFor({ state: "attached" });
      const event = eventMaker(lastSeq + 100);
      const problem = demoStatus({ state: "error", detail: "Docker does not answer." });
      await send({ type: "event", event: event("status_update", problem, demoNow) });
      await page.getByText("Docker does not answer.").waitFor({ state: "attached" });
      assert(Math.abs((await top()) - before) <= 1, `It moved from ${before} to ${await top()}.`);
    });

    it("stand still where motion is not wanted", async () => {
      const { send } = await open({ reducedMotion: true });
      await card(23).waitFor();
      await send(...events(live.begin));
      await card(24).locator(".step-state", { hasText: "probing" }).waitFor();
      const running = await stage.page.evaluate(
        () => document.getAnimations().filter(({ playState }) => playState === "running").length,
      );
      assert.equal(running, 0);
    });

    it("tell of a message that it cannot read, and go on", async () => {
      const { page, send } = await open();
      await card(23).waitFor();
      await page.evaluate(() => window.postMessage({ type: "snapshot", status: "fine" }, "*"));
      await page.getByText("A message of the host could not be read").waitFor();
      await send(...events(live.begin));
      await card(24).waitFor();
    });
  });

  describe("looks right", () => {
    it("in the four kinds of theme, a failed revision open", async () => {
      await open();
      await title(22).click();
      await card(22).getByText("exited with code 1").first().waitFor();
      await settled();
      await picture("open", true);
    });

    for (const theme of ["browser-light", "browser-dark"] as const)
      it(`in ${theme}`, async () => {
        await open({ theme });
        await title(22).click();
        await card(22).getByText("exited with code 1").first().waitFor();
        await settled();
        await stage.page.mouse.move(1, 1);
        await still(theme);
      });

    it("where colours are forced: every part of a bar can be told from the next", async () => {
      const { page } = await open({ theme: "browser-dark" });
      await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
      await card(23).locator(".track").first().waitFor();
      const colours = await card(23)
        .locator(".legend .segment")
        .evaluateAll((list) => list.map((each) => getComputedStyle(each).backgroundColor));
      assert.equal(colours.length, 4);
      assert.equal(new Set(colours).size, 4, colours.join(" "));
      await page.getByRole("button", { name: "Chart" }).click();
      await page.getByRole("img", { name: /^The last/ }).waitFor();
      await page.screenshot({ path: join(artifacts, "page-forced-colours.png"), animations: "disabled" });
    });

    it("where it is narrow: nothing sticks out to the side", async () => {
      const { page } = await open({ width: 340 });
      await title(22).click();
      await card(22).getByText("The last 5 lines").waitFor();
      await settled();
      await picture("narrow");
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 340);
    });

    it("where it is wide, and where the list is long", async () => {
      const { page } = await open({ width: 1500 });
      await title(23).click();
      await settled();
      await picture("wide");
      assert.equal(await page.locator(".body:visible").count(), 0);
    });

    it("with nothing to show yet, where it says what to do", async () => {
      const { page } = await open({
        revisions: [],
        status: demoStatus({ services: [], revision: null, lastGood: null }),
      });
      await page.getByRole("heading", { name: "No revisions yet" }).waitFor();
      await picture("empty");
      await page.getByRole("button", { name: "compose.yaml" }).click();
      await until("the file was asked for", async () => posted("open").length === 1);
    });

    it("with services that are all down, which it offers to start", async () => {
      const services = demoStatus().services.map((each) => ({
        ...each,
        state: "stopped" as const,
        health: "none" as const,
      }));
      const { page } = await open({ status: demoStatus({ services }) });
      await page.getByRole("button", { name: "Start services" }).click();
      await until("the start was asked for", async () =>
        posted("request").some((request) => request.method === "apply" && request.params.up === true),
      );
      await picture("down");
    });

    it("with a change that waits for a yes, which it lets apply or dismiss", async () => {
      const step = { action: "restart", cause: "API_TOKEN changed." } as const;
      const status = demoStatus({
        state: "waiting",
        detail: "A critical change waits for a yes: API_TOKEN.",
        waiting: {
          id: "change-7",
          for: "confirm",
          plan: {
            change: { entries: [], severity: "critical" },
            phases: [{ steps: [{ ...step, service: "api" }] }, { steps: [{ ...step, service: "web" }] }],
            notes: [],
          },
        },
      });
      const { page } = await open({ status });
      const question = page.getByRole("region", { name: "A change waits" });
      await question.getByText("A yes will restart api, then restart web.").waitFor();
      await picture("waiting", true);
      await question.getByRole("button", { name: "Dismiss" }).click();
      await until("the answer was given", async () =>
        posted("request").some(
          (request) =>
            request.method === "confirm" && !request.params.accept && request.params.id === "change-7",
        ),
      );
    });

    it("while it loads", async () => {
      const { page } = await open({ answers: false });
      const loading = page.getByLabel("Loading the timeline");
      await until(
        "it was worth showing",
        async () => (await loading.evaluate((each) => getComputedStyle(each).opacity)) === "1",
      );
      await picture("loading");
    });

    it("without an agent, from the beginning and later", async () => {
      const { page, send } = await open({ answers: false });
      await send({ type: "connection", state: "offline", detail: "No agent runs for this project." });
      await page.getByText("No agent runs for this project.").waitFor();
      await picture("no-agent");
      await page.getByRole("button", { name: "Restart agent" }).click();
      await until("it was asked for", async () => posted("command").length === 1);
      const revisions = demoRevisions().map(summaryOf);
      await send({ type: "snapshot", seq: lastSeq, status: demoStatus(), revisions });
      await send({ type: "connection", state: "offline", detail: "The agent has ended." });
      await page.getByText("The agent has ended. What you see may be out of date").waitFor();
      assert.equal(await page.getByRole("button", { name: "Pause" }).isDisabled(), true);
      await picture("offline", true);
      await page.mouse.wheel(0, 2_000);
      await until("the list was scrolled", async () => (await page.evaluate(() => scrollY)) > 0);
      const notice = page.getByRole("region", { name: "Connection" });
      const { y = -1 } = (await notice.boundingBox()) ?? {};
      assert.ok(y > 0, "The notice has gone with the list.");
      await picture("offline-scrolled");
      await send({ type: "snapshot", seq: lastSeq, status: demoStatus(), revisions });
      await page.getByText("The agent has ended.").waitFor({ state: "detached" });
    });

    it("with invalid files, with an error, and paused", async () => {
      const { page, send } = await open({
        status: demoStatus({ state: "invalid", detail: "Not valid.", problems: [...demoProblems] }),
      });
      await page.getByText("3 problems to solve before the files can be applied").waitFor();
      await settled();
      await picture("invalid", true);
      const event = eventMaker(lastSeq);
      const detail =
        "Docker does not answer at /var/run/docker.sock. Start the Docker engine; Hotenv goes on by itself.";
      await send({
        type: "event",
        event: event("status_update", demoStatus({ state: "error", detail }), demoNow),
      });
      await page.getByText("Docker does not answer").waitFor();
      await picture("error");
      const paused = demoStatus({
        state: "paused",
        paused: true,
        detail: "Changes are not applied until Hotenv is resumed.",
      });
      await send({ type: "event", event: event("status_update", paused, demoNow) });
      await page.getByRole("button", { name: "Resume" }).waitFor();
      await picture("paused");
    });
  });
});
