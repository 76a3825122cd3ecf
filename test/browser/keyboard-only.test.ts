// A person who uses no mouse: from an empty window to an example's folder, an edit, what came of it, and back again.
// Every page counts the pointers that press anything; there must be none.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { errors } from "playwright-core";
import { statusItemId } from "../../extension/contract.ts";
import { type ExampleProject, exampleProject } from "../support/docker-example.ts";
import { activeEditor } from "../workbench/editor.ts";
import { notifications, picks, quickInput } from "../workbench/palette.ts";
import { statusItem, treeRow, webview } from "../workbench/parts.ts";
import { screenshot } from "../workbench/pictures.ts";
import { createSandbox } from "../workbench/sandbox.ts";
import { until } from "../workbench/until.ts";
import type { Workbench } from "../workbench/workbench.ts";
import { onlyAfterSuccess, openInstalled, pictureFailure } from "./installed.ts";

describe("a person without a mouse", function () {
  this.timeout(300_000);

  const owned = new AsyncDisposableStack();
  let project: ExampleProject;
  let workbench: Workbench;
  let textBefore: string;

  const hotenv = () => statusItem(workbench.page, `hotenv.hotenv.${statusItemId}`);
  const isStable = () => hotenv().filter({ hasText: "Hotenv: stable" }).waitFor();
  const press = (...keys: string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => workbench.page.keyboard.press(key)), Promise.resolve());
  /** Types into what opens above the editors, and takes its first row. */
  const choose = async (text: string, first: string | RegExp = text, timeout = 30_000): Promise<void> => {
    await quickInput(workbench.page).waitFor({ timeout });
    await workbench.page.keyboard.type(text);
    await picks(workbench.page).first().filter({ hasText: first }).waitFor({ timeout });
    await press("Enter");
  };
  /** An editor that is just being shown may take the focus from the palette: one opens it again. */
  const command = async (title: string): Promise<void> => {
    for (let left = 5; ; left -= 1)
      try {
        await press("F1");
        await choose(title, title, 5_000);
        return;
      } catch (error) {
        if (!(error instanceof errors.TimeoutError) || left === 0) throw error;
      }
  };

  before(async () => {
    project = owned.use(await exampleProject("keys"));
    await project.compose("up", "-d", "--wait");
    textBefore = await project.read(".env");
    const sandbox = owned.use(await createSandbox());
    workbench = owned.use(await openInstalled(sandbox, {}));
    await workbench.page.exposeFunction("hotenvPointed", () => {
      pointed += 1;
    });
    const count = (): void => {
      const told = (globalThis as unknown as { hotenvPointed?: () => void }).hotenvPointed;
      addEventListener("pointerdown", () => told?.(), { capture: true });
    };
    await workbench.page.addInitScript(count);
    await workbench.page.evaluate(count);
  });
  let pointed = 0;
  beforeEach(function () {
    onlyAfterSuccess(this);
  });
  afterEach(function () {
    return pictureFailure(this, workbench);
  });
  after(() => owned.disposeAsync());

  it("opens the example's folder, and sees that all is well", async () => {
    const { page } = workbench;
    await press("Control+K", "Control+O");
    const input = quickInput(page).locator("input");
    await input.and(page.locator(":focus")).waitFor();
    // The dialog reads a folder after each slash, and what it still reads of another one may come over what was typed.
    const subfolder = picks(page).filter({ has: page.getByText("api", { exact: true }) });
    await picks(page, "..").first().waitFor();
    await until("the dialog shows the folder", async () => {
      await press("Control+A");
      await page.keyboard.type(project.dir);
      await page.keyboard.type("/");
      return await subfolder.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    });
    assert.equal(await input.inputValue(), `${project.dir}/`);
    await press("Enter");
    await page.waitForURL((url) => url.searchParams.get("folder") === project.dir, { waitUntil: "commit" });
    await isStable();
  });

  it("goes through the services in their view", async () => {
    const { page } = workbench;
    await command("Hotenv: Show Services");
    const focused = page.locator(".part.sidebar .monaco-list-row.focused");
    await treeRow(page, "db").waitFor();
    await page.locator(".part.sidebar .monaco-list:focus").waitFor();
    await press("Home", "ArrowDown");
    await focused.filter({ hasText: "db" }).waitFor();
    await press("ArrowUp", "ArrowRight");
    await treeRow(page, "Runtime").waitFor();
    await press("ArrowDown");
    await focused.filter({ hasText: "Runtime" }).waitFor();
    await screenshot(page, "keyboard-services-dark");
  });

  it("edits a value and saves it, and the api runs with it", async () => {
    const { page } = workbench;
    await press("Control+P");
    await choose(".env", ".env");
    await activeEditor(page).locator(".view-line").first().waitFor();
    const line = textBefore.split("\n").findIndex((text) => text.startsWith("WORKERS=")) + 1;
    await press("Control+G");
    await quickInput(page).waitFor();
    await page.keyboard.type(`${line}:1`);
    await press("Enter");
    await quickInput(page).waitFor({ state: "hidden" });
    await press("Shift+End");
    await page.keyboard.type("WORKERS=3");
    await press("Control+S");
    await until("the api runs with it", async () => (await project.environment("api", "WORKERS")) === "3");
    await isStable();
  });

  it("finds it in the timeline", async () => {
    await command("Hotenv: Show Timeline");
    const newest = webview(workbench.page).getByRole("article").first();
    await newest.filter({ hasText: "WORKERS" }).waitFor();
  });

  it("rolls back: chooses, sees the difference, confirms", async () => {
    const { page } = workbench;
    await command("Hotenv: Rollback Config");
    await picks(page, "Revision 1").first().waitFor();
    await press("Enter");
    await notifications(page, "back to revision 1?").waitFor();
    await screenshot(page, "keyboard-question-dark");
    await command("Hotenv: Confirm Rollback");
    await notifications(page, "Rolled back to revision 1: api recreated.").waitFor();
    assert.equal(await project.environment("api", "WORKERS"), "2");
    assert.equal(await project.read(".env"), textBefore);
  });

  it("has pressed nothing with a pointer, and no test here could have", () => {
    assert.equal(pointed, 0);
    const own = readFileSync(join(import.meta.dirname, "keyboard-only.test.ts"), "utf8");
    const pointing = new RegExp(
      ["click", "hover", "tap", "dragTo", "mouse"].map((name) => `\\.${name}\\b`).join("|"),
    );
    assert.doesNotMatch(own.replaceAll(/"[^"]*"/g, ""), pointing);
  });
});
