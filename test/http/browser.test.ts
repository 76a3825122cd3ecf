// The agent's page in a real browser: for the one who was let in, and for pages that were not.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { hotenv, type Running, startHotenv } from "../cli/hotenv.ts";
import { type SmallProject, smallProject } from "../cli/small-project.ts";
import { launchBrowser } from "../workbench/browser.ts";
import { artifacts } from "../workbench/places.ts";

/** A name of the attacker's that leads to this machine. */
const rebound = "rebound.hotenv.test";

describe("the agent's page in a browser", function () {
  this.timeout(180_000);
  let project: SmallProject;
  let agent: Running;
  let url: string;
  let browser: Browser;
  let context: BrowserContext;
  let foreign: Server;
  let foreignUrl: string;

  before(async () => {
    await mkdir(artifacts, { recursive: true });
    browser = await launchBrowser([`MAP ${rebound} 127.0.0.1`]);
    project = await smallProject();
    agent = startHotenv(project, "agent", "--http", "0");
    [, url = ""] = await agent.says(/Timeline +(http:\/\/\S+)/);
    await agent.says(/revision 2 · applied/);
    foreign = createServer((_request, response) =>
      response.setHeader("Content-Type", "text/html").end("<p>Hello"),
    ).listen(0, "127.0.0.1");
    await once(foreign, "listening");
    const address = foreign.address();
    if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
    foreignUrl = `http://127.0.0.1:${address.port}`;
  });
  after(async () => {
    await browser?.close();
    foreign?.close();
    agent?.child.kill("SIGTERM");
    await agent?.ended;
    project?.remove();
  });
  afterEach(() => context.close());

  const link = async (): Promise<string> => (await hotenv(project, "open", "--print")).out.trim();
  const visit = async (address: string, locale = "en-GB"): Promise<Page> => {
    context = await browser.newContext({
      viewport: { width: 900, height: 760 },
      locale,
      acceptDownloads: true,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(address);
    return page;
  };
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: path.join(artifacts, `http-${name}.png`), animations: "disabled" });

  it("shows the timeline by a link that is good once, and goes on by a cookie that no script sees", async () => {
    const once = await link();
    const page = await visit(once);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await page.getByRole("heading", { name: "small" }).waitFor();
    await page.locator("#revision-2").waitFor();
    assert.equal(page.url(), `${url}/`);
    await picture(page, "timeline");
    const cookies = await context.cookies();
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite, path: at }) => ({ httpOnly, sameSite, path: at })),
      [{ httpOnly: true, sameSite: "Strict", path: "/" }],
    );
    assert.equal(await page.evaluate(() => document.cookie), "");

    await page.reload();
    await page.locator("#revision-2").waitFor();
    project.set({ COLOR: "blue" });
    await page.locator("#revision-3").waitFor();
    await agent.says(/revision 3 · applied/);
    assert.equal(await (await fetch(project.webUrl)).text().then((text) => text.split(" ")[0]), "blue");
    assert.deepEqual(complaints, []);
    await context.close();

    const again = await visit(once);
    await again.getByText("This page needs a new link from the agent").waitFor();
    await picture(again, "no-link");
  });

  it("rolls back after a question, shows differences, and gives a revision as a file", async () => {
    project.set({ COLOR: "green" });
    await agent.says(/revision 4 · applied/);
    const page = await visit(await link());
    await page.locator("#revision-2").waitFor();
    const card = page.locator("#revision-2");
    await card.hover();
    await card.getByRole("button", { name: /^Diff of revision 2/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await picture(page, "diff");
    await dialog.getByRole("button", { name: "Close" }).click();
    await card.hover();
    await card.getByRole("button", { name: /^Roll back to here: revision 2/ }).click();
    await page.getByRole("dialog").getByText("web").waitFor();
    await picture(page, "rollback");
    await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
    await page.locator("#revision-5").waitFor();
    await agent.says(/revision 5 · applied/);
    assert.match(project.readEnv(), /^COLOR=red$/m);
  });

  it("speaks the browser's language, its questions included", async () => {
    const once = await link();
    const page = await visit(once, "zh-CN");
    const card = page.locator("#revision-2");
    await card.hover();
    assert.equal(await page.getAttribute("html", "lang"), "zh-CN");
    await card.getByRole("button", { name: "回滚到此处：修订 2" }).click();
    const question = page.getByRole("dialog", { name: "将全部内容回滚到修订 2？" });
    await question
      .getByText(/^(?:重启|重新创建) web$/)
      .or(question.getByText("无需变动任何服务。"))
      .waitFor();
    await picture(page, "rollback-zh");
    await question.getByRole("button", { name: "取消" }).click();
    await context.close();

    const again = await visit(once, "zh-CN");
    await again.getByText("此页面需要代理提供新的链接").waitFor();
    await context.close();
    const german = await visit(await link(), "de-DE");
    await german.getByRole("button", { name: "Pause" }).waitFor();
    assert.equal(await german.getAttribute("html", "lang"), "en");
  });

  /** Runs in a page of the attacker's: what of all that reached the agent, as far as the page can tell. */
  const attack = (page: Page, target: string): Promise<readonly string[]> =>
    page.evaluate(async (base) => {
      const reached: string[] = [];
      const tried = async (name: string, attempt: () => Promise<string | undefined>) => {
        const result = await attempt().catch(() => undefined);
        if (result !== undefined) reached.push(`${name}: ${result}`);
      };
      const read = (name: string, init: RequestInit, at = "/api/status") =>
        tried(name, async () => {
          const response = await fetch(base + at, init);
          return response.ok ? await response.text() : undefined;
        });
      await read("fetch", {});
      await read("fetch with cookies", { credentials: "include" });
      await read("health", {}, "/health");
      await read("a key of its own", { credentials: "include", headers: { "X-Hotenv-Key": "0".repeat(64) } });
      // These are sent without a question; what came of them is seen at the agent.
      for (const type of ["text/plain", "application/x-www-form-urlencoded"])
        await fetch(`${base}/api/pause`, {
          method: "POST",
          mode: "no-cors",
          credentials: "include",
          headers: { "Content-Type": type },
          body: "{}",
        }).catch(() => undefined);
      const form = document.createElement("form");
      form.method = "POST";
      form.action = `${base}/api/pause`;
      form.target = "frame";
      const frame = document.createElement("iframe");
      frame.name = "frame";
      document.body.append(frame, form);
      form.submit();
      const loaded = (element: HTMLElement, source: string) =>
        new Promise<string | undefined>((resolve) => {
          element.onload = () => resolve("loaded");
          element.onerror = () => resolve(undefined);
          element.setAttribute("src", source);
          document.body.append(element);
        });
      await tried("script", () => loaded(document.createElement("script"), `${base}/host.js`));
      await tried("image", () => loaded(document.createElement("img"), `${base}/api/status`));
      for (const protocols of [[], ["hotenv.events"], ["hotenv.events", `hotenv.key.${"0".repeat(64)}`]])
        await tried(
          "WebSocket",
          () =>
            new Promise((resolve) => {
              const socket = new WebSocket(`${base.replace("http", "ws")}/ws/config-status`, protocols);
              socket.onopen = () => resolve("open");
              socket.onerror = () => resolve(undefined);
            }),
        );
      return reached;
    }, target);
  const assertUntouched = async () => {
    const { out } = await hotenv(project, "--json", "status");
    assert.equal(JSON.parse(out).paused, false);
  };

  it("gives nothing to a page of another port of this machine, whose requests carry the cookie", async () => {
    const page = await visit(await link());
    await page.locator("#revision-2").waitFor();
    const evil = await context.newPage();
    await evil.goto(foreignUrl);
    assert.deepEqual(await attack(evil, url), []);
    await assertUntouched();
    const framed = await context.newPage();
    await framed.goto(foreignUrl);
    await framed.evaluate((source) => {
      const frame = document.createElement("iframe");
      frame.src = source;
      document.body.append(frame);
      return new Promise((resolve) => {
        frame.onload = resolve;
      });
    }, `${url}/`);
    assert.equal(await framed.frames()[1]?.locator("hotenv-timeline").count(), 0);
    // The one who was let in is still in.
    await page.reload();
    await page.locator("#revision-2").waitFor();
  });

  it("gives nothing to another site, and nothing to a name that was bound anew to this machine", async () => {
    const port = new URL(url).port;
    const foreignPort = new URL(foreignUrl).port;
    const evil = await visit(`http://${rebound}:${foreignPort}/`);
    assert.deepEqual(await attack(evil, url), []);
    // The page and the agent are of one origin now, as the browser sees it.
    const response = await evil.goto(`http://${rebound}:${port}/`);
    assert.equal(response?.status(), 421);
    assert.deepEqual(await attack(evil, `http://${rebound}:${port}`), []);
    await assertUntouched();
  });
});
