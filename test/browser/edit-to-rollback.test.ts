// The way of a person who meets Hotenv: a bad value, a good one, what came of it, and back again. One project, one
// window; each test begins where the one before it has ended.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { Locator, Page } from "playwright-core";
import { statusItemId } from "../../extension/contract.ts";
import { type ExampleProject, exampleProject } from "../support/docker-example.ts";
import { runningAgents } from "../workbench/agents.ts";
import { closePanel, openFile, problems, replaceLine, save, squiggles } from "../workbench/editor.ts";
import { notifications, pick, picks, quickInput, runCommand } from "../workbench/palette.ts";
import { statusItem, webview } from "../workbench/parts.ts";
import { picture } from "../workbench/pictures.ts";
import { createSandbox, type Sandbox } from "../workbench/sandbox.ts";
import { until } from "../workbench/until.ts";
import type { Workbench } from "../workbench/workbench.ts";
import { onlyAfterSuccess, openInstalled, pictureFailure } from "./installed.ts";

type Box = Readonly<Record<"x" | "y" | "width" | "height", number>>;

const schema = `# What the values in .env have to be.
# @defaultRequired=true
# ---
GREETING=
# @type=number
WORKERS=
TITLE=
# @sensitive
DB_PASSWORD=
# @type=port
API_PORT=
# @type=port
WEB_PORT=
BUSYBOX_IMAGE=
`;

interface Probe extends AsyncDisposable {
  readonly url: string;
  /** As long as it does not, a rollout of the api goes on. */
  passes: boolean;
}

async function startProbe(): Promise<Probe> {
  const server = createServer((_, response) => response.writeHead(probe.passes ? 200 : 503).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const probe: Probe = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    passes: true,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return probe;
}

async function boxOf(shown: Locator): Promise<Box> {
  const box = await shown.first().boundingBox();
  assert(box, "It is not shown.");
  return box;
}

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("a person with the packaged extension and a Compose project that is up", function () {
  this.timeout(300_000);

  const owned = new AsyncDisposableStack();
  let project: ExampleProject;
  let probe: Probe;
  let sandbox: Sandbox;
  let workbench: Workbench;
  /** Line of WORKERS, counted from 1. */
  let line: number;
  let textBefore: string;
  let idsBefore: Readonly<Record<string, string>>;

  const itemOf = (page: Page) => statusItem(page, `hotenv.hotenv.${statusItemId}`);
  const hotenv = () => itemOf(workbench.page);
  const diff = () => workbench.page.locator(".monaco-diff-editor:visible");
  const diffLine = (text: string) => diff().getByText(text, { exact: true });
  /** Notifications that tell how something ended, other than those of its progress. */
  const results = () => notifications(workbench.page).filter({ hasText: /Show Timeline|Show Log/ });
  const isStable = () => hotenv().filter({ hasText: "Hotenv: stable" }).waitFor();
  /** Who is not the container that was there at the beginning. */
  const replaced = async (): Promise<readonly string[]> => {
    const now = await project.ids();
    return Object.keys(idsBefore).filter((service) => now[service] !== idsBefore[service]);
  };

  before(async () => {
    project = owned.use(await exampleProject("browser"));
    await project.write(".env.schema", schema);
    probe = owned.use(await startProbe());
    await project.write(
      "hotenv.yaml",
      `services: { api: { verify: [{ http: { url: "${probe.url}", status: 200 }, timeout: 5m }] } }\n`,
    );
    await project.compose("up", "-d", "--wait");
    idsBefore = await project.ids();
    textBefore = await project.read(".env");
    line = textBefore.split("\n").findIndex((text) => text.startsWith("WORKERS=")) + 1;
    sandbox = owned.use(await createSandbox());
    workbench = owned.use(await openInstalled(sandbox, { folder: project.dir }));
  });
  beforeEach(function () {
    onlyAfterSuccess(this);
  });
  afterEach(function () {
    return pictureFailure(this, workbench);
  });
  after(() => owned.disposeAsync());

  it("sees in the status bar that what runs is what the files say", async () => {
    await isStable();
    await picture(workbench, "status-stable");
    assert.deepEqual(await replaced(), []);
  });

  it("sees a bad value underlined and explained while it is typed", async () => {
    const { page } = workbench;
    await openFile(page, join(project.dir, ".env"));
    await replaceLine(page, line, "WORKERS=many");
    await squiggles(page, "error").waitFor();
    const rows = await problems(page);
    await rows.filter({ hasText: /WORKERS.*number|number.*WORKERS/ }).waitFor();
    await picture(workbench, "editor-squiggle");
    await closePanel(page);
    assert.equal(await project.read(".env"), textBefore);
    assert.deepEqual(await replaced(), []);
  });

  it("types a good value and saves it, and the api, nobody else, runs with it", async () => {
    const { page } = workbench;
    await openFile(page, join(project.dir, ".env"));
    await replaceLine(page, line, "WORKERS=3");
    await squiggles(page, "error").waitFor({ state: "detached" });
    probe.passes = false;
    await save(page);
    await hotenv().filter({ hasText: "api 1/1" }).waitFor();
    await picture(workbench, "status-rolling-out");
    probe.passes = true;
    await isStable();
    assert.equal(await project.environment("api", "WORKERS"), "3");
    assert.deepEqual(await replaced(), ["api"]);
  });

  it("finds the change in the timeline, applied", async () => {
    const { page } = workbench;
    await runCommand(page, "Hotenv: Show Timeline");
    const newest = webview(page).getByRole("article").first();
    await newest.filter({ hasText: "Revision 2" }).filter({ hasText: "applied" }).waitFor();
    await newest.filter({ hasText: "WORKERS" }).filter({ hasText: "api" }).waitFor();
    await newest.filter({ hasText: "editor" }).waitFor();
    await picture(workbench, "timeline");

    await newest.getByRole("button", { name: "Diff of revision 2" }).click();
    await diffLine("WORKERS=2").waitFor();
    await diffLine("WORKERS=3").waitFor();
    await runCommand(page, "View: Close Editor");
  });

  it("rolls back from the palette: file and service are back, the others were left alone", async () => {
    const { page } = workbench;
    await runCommand(page, "Hotenv: Rollback Config");
    await picks(page, "Revision 1").waitFor();
    await picture(workbench, "quick-pick");
    await pick(page, "Revision 1");

    const question = notifications(page, "back to revision 1? WORKERS 3 → 2. Recreate api.");
    await question.waitFor();
    for (const text of ["WORKERS=2", "WORKERS=3"]) {
      const changed = await boxOf(diffLine(text));
      assert(!overlap(changed, await boxOf(question)), "The question lies over what it asks about.");
    }
    assert.doesNotMatch(await diff().innerText(), /only-an-example/, "The diff shows a secret.");
    await picture(workbench, "diff");
    assert.equal(await project.environment("api", "WORKERS"), "3");

    await page.getByRole("button", { name: "Confirm Rollback" }).waitFor();
    await runCommand(page, "Hotenv: Confirm Rollback");
    await question.waitFor({ state: "detached" });
    await results().filter({ hasText: "Rolled back to revision 1: api recreated." }).waitFor();
    assert.equal(await diff().count(), 0, "The difference is shown, though it is none any more.");
    await picture(workbench, "rolled-back");
    await isStable();
    assert.equal(await project.read(".env"), textBefore);
    assert.equal(await project.environment("api", "WORKERS"), "2");
    assert.deepEqual(await replaced(), ["api"]);
  });

  it("left nothing for Compose to do", async () => {
    const ids = await project.ids();
    await project.compose("up", "-d", "--wait");
    assert.deepEqual(await project.ids(), ids);
    const containers = await project.inspect();
    assert.equal(containers.length, 3, "A container was left over.");
  });

  it("sees why a value that no check forbids was taken back", async () => {
    const { page } = workbench;
    const before = await project.ids();
    await runCommand(page, "Notifications: Clear All Notifications");
    await results().waitFor({ state: "detached" });
    // The schema allows any number, but the api has no use for half a worker.
    await openFile(page, join(project.dir, ".env"));
    await replaceLine(page, line, "WORKERS=1.5");
    await save(page);
    await results().filter({ hasText: "api" }).waitFor();
    assert.deepEqual(await project.ids(), before);
    await squiggles(page, "error").waitFor();
    const rows = await problems(page);
    await rows.filter({ hasText: /With this value, api .* Revision 3 is running/ }).waitFor();
    await picture(workbench, "editor-rolled-back");
    await closePanel(page);
    await runCommand(page, "Hotenv: Show Timeline");
    const newest = webview(page).getByRole("article").first();
    await newest.filter({ hasText: "rolled-back" }).filter({ hasText: "WORKERS must be a number" }).waitFor();
    await picture(workbench, "timeline-rolled-back");
  });

  it("leaves the failure behind by rolling back from the timeline", async () => {
    const { page } = workbench;
    const before = await project.ids();
    const chosen = webview(page).getByRole("article").filter({ hasText: "Revision 2" });
    const question = notifications(page, "back to revision 2?");
    await chosen.getByRole("button", { name: /^Roll back to / }).click();
    await question.getByRole("button", { name: "Cancel", exact: true }).click();
    await question.waitFor({ state: "detached" });
    assert.deepEqual(await project.ids(), before);
    // The difference lies over the timeline.
    await runCommand(page, "View: Close Editor");
    await chosen.getByRole("button", { name: /^Roll back to / }).click();
    await question.getByText("Roll Back", { exact: true }).click();
    await question.waitFor({ state: "detached" });
    await results().filter({ hasText: "Rolled back to revision 2: api recreated." }).waitFor();
    assert.equal(await project.environment("api", "WORKERS"), "3");
    await isStable();
    assert.equal(await project.read(".env"), textBefore.replace(/^WORKERS=.*$/m, "WORKERS=3"));
    assert.deepEqual({ ...(await project.ids()), api: "" }, { ...before, api: "" });
    await openFile(page, join(project.dir, ".env"));
    await squiggles(page, "error").waitFor({ state: "detached" });
  });

  it("has a second window with the same timeline, live in both, and one agent", async () => {
    const windows = [workbench, await workbench.another()] as const;
    const [first, second] = windows;
    const newest = ({ page }: { readonly page: Page }) => webview(page).getByRole("article").first();
    await itemOf(second.page).filter({ hasText: "Hotenv: stable" }).waitFor();
    for (const { page } of windows) await runCommand(page, "Hotenv: Show Timeline");
    await Promise.all(windows.map((each) => newest(each).filter({ hasText: "Revision 5" }).waitFor()));

    await project.set({ TITLE: "seen by two" });
    await Promise.all(
      windows.map((each) =>
        newest(each)
          .filter({ hasText: "Revision 6" })
          .filter({ hasText: "TITLE" })
          .filter({ hasText: "applied" })
          .waitFor(),
      ),
    );
    await picture(second, "timeline-second-window");

    const before = webview(second.page).getByRole("article").filter({ hasText: "Revision 5" });
    await before.hover();
    await before.getByRole("button", { name: /^Roll back to / }).click();
    const question = notifications(second.page, "back to revision 5?");
    await question.getByText("Roll Back", { exact: true }).click();
    await Promise.all(
      windows.map((each) =>
        newest(each).filter({ hasText: "Revision 7" }).filter({ hasText: "applied" }).waitFor(),
      ),
    );
    await itemOf(first.page).filter({ hasText: "Hotenv: stable" }).waitFor();
    assert.equal((await runningAgents(sandbox.agentState)).length, 1);
    await second.page.close();
  });

  it("sees that somebody has stopped the agent, and starts it again", async () => {
    const { page } = workbench;
    const [pid] = await runningAgents(sandbox.agentState);
    assert(pid !== undefined);
    process.kill(pid, "SIGTERM");
    await hotenv().filter({ hasText: "Hotenv: offline" }).waitFor();
    await picture(workbench, "status-offline");
    await runCommand(page, "Hotenv: Restart Agent");
    await until("one agent runs", async () => (await runningAgents(sandbox.agentState)).length === 1);
    await isStable();
  });

  it("sees that an agent is being restarted, for as long as that takes", async () => {
    const { page } = workbench;
    const [pid] = await runningAgents(sandbox.agentState);
    assert(pid !== undefined);
    // It hears that it is to end, and does nothing about it yet.
    process.kill(pid, "SIGSTOP");
    try {
      await runCommand(page, "Hotenv: Restart Agent");
      await hotenv().filter({ hasText: "Hotenv: connecting" }).waitFor();
      await picture(workbench, "status-connecting");
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await until("another agent runs", async () => {
      const [other] = await runningAgents(sandbox.agentState);
      return other !== undefined && other !== pid;
    });
    await isStable();
  });

  it("compares, notes, follows a key and rolls it back from the palette", async () => {
    const { page } = workbench;
    const titled = (title: string) => quickInput(page).filter({ hasText: title }).waitFor();
    const chooseKey = async (title: string) => {
      await titled(title);
      await pick(page, "WORKERS");
    };
    await runCommand(page, "Notifications: Clear All Notifications");
    await runCommand(page, "Hotenv: Compare Revisions…");
    // With a capital: the reasons of others name it, too.
    await pick(page, /Revision 1/);
    await titled("Compare revision 1 with");
    await pick(page, /Revision 2/);
    await diffLine("WORKERS=2").waitFor();
    await diffLine("WORKERS=3").waitFor();
    await runCommand(page, "View: Close Editor");

    await runCommand(page, "Hotenv: Annotate or Pin Revision…");
    await pick(page, /Revision 4/);
    await titled("A note to revision 4");
    await quickInput(page).locator("input").fill("half a worker is none");
    await page.keyboard.press("Enter");
    await pick(page, "Keep it from being pruned");
    await notifications(page, "Revision 4 was annotated.").waitFor();

    await runCommand(page, "Hotenv: Show Key History…");
    await chooseKey("Show the history of a variable");
    await titled("The history of WORKERS");
    await pick(page, /revision 2/);
    await diffLine("WORKERS=2").waitFor();
    await diffLine("WORKERS=3").waitFor();
    await runCommand(page, "View: Close Editor");

    await runCommand(page, "Hotenv: Roll Back Key…");
    await chooseKey("Roll back a variable");
    await titled("Put WORKERS back to what it was in");
    await pick(page, /revision 3/);
    await notifications(page, "WORKERS").getByText("Roll Back", { exact: true }).click();
    await results().filter({ hasText: "WORKERS is what it was in revision 3: api recreated." }).waitFor();
    assert.equal(await project.environment("api", "WORKERS"), "2");
    assert.equal(await project.read(".env"), textBefore);
    await isStable();

    await runCommand(page, "Hotenv: Prune History…");
    await titled("Prune the history of");
    await page.keyboard.press("Enter");
    await notifications(page, "Nothing would go: 8 revisions stay.").waitFor();

    await runCommand(page, "Hotenv: Show Timeline");
    const noted = webview(page).getByRole("article").filter({ hasText: "Revision 4" });
    await noted.filter({ hasText: "half a worker is none" }).waitFor();
  });
});
