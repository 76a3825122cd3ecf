// Two windows on one project: two pages, each with the extension's own host and session, and one real agent.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { projectPaths } from "../../client/location.ts";
import { type AgentSession, startSession } from "../../client/session.ts";
import { hostTimeline, type PageAction } from "../../extension/timeline-host.ts";
import { build } from "../../scripts/build.ts";
import { agentBench, type Bench } from "../support/agent.ts";
import { launchBrowser } from "../workbench/browser.ts";
import { openStage, type Stage } from "./stage.ts";

describe("two windows on one project", function () {
  this.timeout(120_000);
  let root: string;
  let directory: string;
  let bench: Bench;
  let browser: Browser;
  const sessions: AgentSession[] = [];
  const stages: Stage[] = [];
  const actions: PageAction[] = [];
  const problems: string[] = [];

  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hotenv-two-")));
    directory = join(root, "shop");
    await mkdir(directory);
    await writeFile(join(directory, ".env"), "GREETING=hello\n");
    await writeFile(
      join(directory, "hotenv.yaml"),
      `policy: { stability: 0s }
services:
  api:
    command: node -e "setInterval(() => {}, 1000)"
    environment: { GREETING: "\${GREETING}", READY: "\${READY:-yes}" }
    healthcheck: { test: ["CMD-SHELL", "test \\"\${READY:-yes}\\" = yes"], interval: 100ms, retries: 100000 }
`,
    );
    [browser] = await Promise.all([launchBrowser(), build({ production: true, only: ["webview"] })]);
    bench = await agentBench(directory);
    const agent = await bench.startAgent();
    await agent.next("verdict", ({ revision }) => revision.services.includes("api"));
    const environment = bench.environment;
    for (const theme of ["dark", "light"] as const) {
      const session = startSession({
        paths: projectPaths(directory, { environment }),
        client: "extension",
      });
      sessions.push(session);
      await session.online();
      stages.push(
        await openStage(browser, {
          theme,
          host: (post) =>
            hostTimeline(session, {
              post,
              act: (action) => actions.push(action),
              report: (problem) => problems.push(problem),
            }).receive,
        }),
      );
    }
  });
  after(async () => {
    for (const stage of stages) await stage[Symbol.asyncDispose]();
    for (const session of sessions) session.dispose();
    await browser.close();
    await bench[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });

  const both = (check: (stage: Stage) => Promise<unknown>): Promise<unknown> =>
    Promise.all(stages.map(check));
  const newest = ({ page }: Stage) => page.getByRole("article").first();
  const limit = { timeout: 60_000 };

  it("both tell of a save, each of them in its own time and the same", async () => {
    await writeFile(join(directory, ".env"), "GREETING=servus\n");
    await both((stage) =>
      newest(stage)
        .filter({ hasText: "GREETING" })
        .filter({ hasText: "applied" })
        .filter({ hasText: "runs now" })
        .waitFor(limit),
    );
    const [first, second] = await Promise.all(
      stages.map((stage) => stage.page.getByRole("article").evaluateAll((list) => list.map(({ id }) => id))),
    );
    assert.deepEqual(first, second);
    await both((stage) => newest(stage).getByText("servus").waitFor(limit));
  });

  it("both show the rollout while it runs, and one can cancel it for both", async () => {
    const [one] = stages;
    assert(one);
    await writeFile(join(directory, ".env"), "GREETING=servus\nREADY=no\n");
    await both((stage) => newest(stage).locator(".step-state", { hasText: "probing" }).waitFor(limit));
    await newest(one)
      .getByRole("button", { name: /^Cancel the rollout/ })
      .click();
    await both((stage) => newest(stage).locator(".verdict", { hasText: "rolled-back" }).waitFor(limit));
    await both((stage) =>
      newest(stage).locator(".explanation", { hasText: "The rollout was cancelled." }).waitFor(limit),
    );
    await both((stage) =>
      stage.page.getByRole("list", { name: "Services" }).getByText("healthy").waitFor(limit),
    );
  });

  it("both have a note and a pin that was set in one of them", async () => {
    const [, other] = stages;
    assert(other);
    await newest(other)
      .getByRole("button", { name: /^Pin revision/ })
      .click();
    await both((stage) => newest(stage).getByRole("img", { name: "pinned" }).waitFor(limit));
    await newest(other)
      .getByRole("button", { name: /^Annotate revision/ })
      .click();
    await other.page.keyboard.type("READY must be yes.");
    await other.page.keyboard.press("Control+Enter");
    await both((stage) => newest(stage).locator(".note", { hasText: "READY must be yes." }).waitFor(limit));
  });

  it("were told nothing that they could not read", () => {
    assert.deepEqual(problems, []);
    assert.deepEqual(actions, []);
    assert.deepEqual(
      stages.flatMap(({ complaints }) => complaints),
      [],
    );
  });
});
