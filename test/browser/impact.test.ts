// What a person sees of an edit before it is saved: over the lines, under the pointer, as a tree; and what happens
// where the project wants a yes first. One project, one window; each test begins where the one before it has ended.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { statusItemId } from "../../extension/contract.ts";
import { type ExampleProject, exampleProject } from "../support/docker-example.ts";
import { activeEditor, openFile, placeCursor, replaceLine, save } from "../workbench/editor.ts";
import { notifications, runCommand } from "../workbench/palette.ts";
import { statusItem } from "../workbench/parts.ts";
import { picture } from "../workbench/pictures.ts";
import { createSandbox } from "../workbench/sandbox.ts";
import type { Workbench } from "../workbench/workbench.ts";
import { onlyAfterSuccess, openInstalled, pictureFailure } from "./installed.ts";

describe("a person who edits before saving", function () {
  this.timeout(300_000);

  const owned = new AsyncDisposableStack();
  let project: ExampleProject;
  let workbench: Workbench;
  let idsBefore: Readonly<Record<string, string>>;
  let saved: string;

  const hotenv = () => statusItem(workbench.page, `hotenv.hotenv.${statusItemId}`);
  const isStable = () => hotenv().filter({ hasText: "Hotenv: stable" }).waitFor();
  const lens = (text: string | RegExp): Locator =>
    activeEditor(workbench.page).locator(".codelens-decoration").filter({ hasText: text });
  const rows = (): Locator => workbench.page.locator(".part.sidebar .monaco-list-row:visible");
  const lineOf = (key: string): number =>
    saved.split("\n").findIndex((text) => text.startsWith(`${key}=`)) + 1;
  const env = () => join(project.dir, ".env");

  before(async () => {
    project = owned.use(await exampleProject("impact"));
    await project.write("hotenv.yaml", "policy: { confirm: [critical] }\n");
    await project.compose("up", "-d", "--wait");
    const sandbox = owned.use(await createSandbox());
    workbench = owned.use(await openInstalled(sandbox, { folder: project.dir }));
  });
  beforeEach(function () {
    onlyAfterSuccess(this);
  });
  afterEach(function () {
    return pictureFailure(this, workbench);
  });
  after(() => owned.disposeAsync());

  it("sees over each changed line what saving it does, and how long that took before", async () => {
    const { page } = workbench;
    await isStable();
    saved = await project.read(".env");
    await openFile(page, env());
    await replaceLine(page, lineOf("GREETING"), "GREETING=hi");
    await lens("recreates api").waitFor();
    await save(page);
    await hotenv().filter({ hasText: "api 1/1" }).waitFor();
    await isStable();
    saved = await project.read(".env");
    idsBefore = await project.ids();

    await replaceLine(page, lineOf("GREETING"), "GREETING=bonjour");
    await lens(/recreates api \(about [\d.]+ m?s\)/).waitFor();
    await replaceLine(page, lineOf("TITLE"), "TITLE=Another title");
    await lens("recreates web").waitFor();
    await replaceLine(page, lineOf("DB_PASSWORD"), "DB_PASSWORD=another-example");
    await lens("critical, asks first · recreates api, db").waitFor();
    await replaceLine(page, saved.split("\n").length, "NOTE=nobody asks for this");
    await lens("reaches no service").waitFor();
    await placeCursor(page, lineOf("GREETING"), 1);
    await picture(workbench, "impact-lenses");
    assert.equal(await project.read(".env"), saved);
  });

  it("sees on hover which lines tie a key to its services", async () => {
    const { page } = workbench;
    await placeCursor(page, lineOf("DB_PASSWORD"), 3);
    await runCommand(page, "Show or Focus Hover");
    const hover = page.locator(".monaco-hover:visible").filter({ hasText: "Saving this recreates api, db" });
    await hover.getByRole("link", { name: "compose.yaml:25" }).waitFor();
    assert(!(await hover.innerText()).includes("only-an-example"), "The hover shows a secret.");
    await picture(workbench, "impact-hover");
    await page.keyboard.press("Escape");
  });

  it("sees the plan of the unsaved file as a tree, and goes from there to the lines", async () => {
    const { page } = workbench;
    await runCommand(page, "Hotenv: Preview Impact");
    await rows().filter({ hasText: "Phase 2" }).waitFor();
    await rows().filter({ hasText: "recreate · about" }).waitFor();
    await rows().filter({ hasText: "NOTE reaches no service" }).waitFor();
    await picture(workbench, "impact-preview");
    await rows().filter({ hasText: "compose.yaml:11" }).click();
    await page.locator('.tab.active[data-resource-name="compose.yaml"]').waitFor();
  });

  it("sees over each service of the Compose file what it uses and how it is", async () => {
    const { page } = workbench;
    await lens("uses API_PORT, BUSYBOX_IMAGE, DB_PASSWORD and 2 more").waitFor();
    await lens("running, healthy").first().waitFor();
    await placeCursor(page, 1, 1);
    await picture(workbench, "impact-compose");
    assert.deepEqual(await project.ids(), idsBefore);
  });

  it("is asked before a critical change is applied, and nothing happens after a no", async () => {
    const { page } = workbench;
    await openFile(page, env());
    await save(page);
    const question = notifications(page, "A critical change waits for a yes");
    await question.waitFor();
    await hotenv().filter({ hasText: "Hotenv: waiting" }).waitFor();
    await picture(workbench, "impact-confirm");
    await question.getByRole("button", { name: "Dismiss", exact: true }).click();
    await isStable();
    assert.deepEqual(await project.ids(), idsBefore);
  });
});
