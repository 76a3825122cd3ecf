/**
 * The built page in a real browser, inside the very HTML and content security policy that the extension gives
 * it. Only the host is played: its messages come from the test, and what the page posts is kept.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import {
  type HostMessage,
  type PageMessage,
  type PageRequest,
  pageMessageSchema,
} from "../../core/protocol/page.ts";
import { admits } from "../../core/protocol/search.ts";
import type { Revision, Status } from "../../core/protocol/words.ts";
import { timelinePage } from "../../extension/timeline-page.ts";
import {
  demoNow,
  demoRevisions,
  demoStatistics,
  demoStatus,
  summaryOf,
} from "../../webview-ui/demo.fixture.ts";
import { chinese } from "../support/texts.ts";
import { root } from "../workbench/places.ts";
import { type ThemeName, themes } from "./themes.ts";

const origin = "http://page.hotenv.test";

export interface StageOptions {
  /** Default: dark. `browser`: none of VS Code's colours, as in a plain browser. */
  readonly theme?: ThemeName | "browser-light" | "browser-dark";
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
  /** VS Code's. Default: English, which needs no texts. */
  readonly language?: "zh-cn" | undefined;
  readonly status?: Status;
  readonly revisions?: readonly Revision[];
  /** Those that the snapshot holds; default all. */
  readonly inSnapshot?: readonly Revision[];
  /** The real host of a page, instead of the played one. */
  readonly host?: (send: (message: HostMessage) => void) => (said: PageMessage) => void;
  /** Default true; where false, the host says nothing by itself. */
  readonly answers?: boolean;
}

export interface Stage extends AsyncDisposable {
  readonly page: Page;
  /** What the agent knows, newest first; a test may change it. */
  readonly revisions: Revision[];
  /** What the page has posted, oldest first, each message readable by the host's schema. */
  readonly posted: readonly PageMessage[];
  send(...messages: readonly HostMessage[]): Promise<void>;
  /** As VS Code does it when its theme changes. */
  wear(theme: ThemeName): Promise<void>;
  /** What the browser complained of: exceptions, errors, violations of the policy. */
  readonly complaints: readonly string[];
}

export const lastSeq = 1_000;

export async function openStage(browser: Browser, options: StageOptions = {}): Promise<Stage> {
  const { theme = "dark", width = 900, height = 760 } = options;
  const inVsCode = theme !== "browser-light" && theme !== "browser-dark";
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme:
      theme === "light" || theme === "browser-light" || theme === "high-contrast-light" ? "light" : "dark",
    reducedMotion: options.reducedMotion === true ? "reduce" : "no-preference",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  const posted: PageMessage[] = [];
  const send = async (...messages: readonly HostMessage[]): Promise<void> => {
    await page.evaluate((list) => {
      for (const message of list) window.postMessage(message, "*");
    }, messages);
  };
  // One after the other: messages keep their order.
  let sent = Promise.resolve();
  const hosted = options.host?.((message) => {
    sent = sent.then(() => send(message));
  });
  const revisions = [...(options.revisions ?? demoRevisions())];
  const status = options.status ?? demoStatus();
  await page.exposeFunction("hotenvPosted", async (message: unknown) => {
    const read = pageMessageSchema.parse(message);
    posted.push(read);
    if (hosted !== undefined) return hosted(read);
    if (options.answers === false) return;
    if (read.type === "ready") {
      const summaries = (options.inSnapshot ?? revisions).map(summaryOf);
      await send({ type: "snapshot", seq: lastSeq, status, revisions: summaries });
    } else if (read.type === "request") await send(answer(read, revisions, status));
  });
  if (hosted === undefined) await page.clock.install({ time: demoNow });
  await page.addInitScript(playVsCode, inVsCode ? themes[theme] : { bodyClass: "", variables: {} });
  await page.route(`${origin}/**`, (route) => {
    const script = route.request().url().endsWith("/webview.js");
    return route.fulfill(
      script
        ? { contentType: "text/javascript", body: readFileSync(join(root, "dist/webview.js")) }
        : { contentType: "text/html", body: pageHtml(options.language) },
    );
  });
  await page.goto(`${origin}/`);
  const wear = async (name: ThemeName): Promise<void> => {
    await page.emulateMedia({
      colorScheme: name === "light" || name === "high-contrast-light" ? "light" : "dark",
    });
    await page.evaluate(
      ([names, { bodyClass, variables }]) => {
        document.body.className = bodyClass;
        for (const each of names) document.documentElement.style.removeProperty(each);
        for (const [each, value] of Object.entries(variables))
          document.documentElement.style.setProperty(each, value);
      },
      [
        [...new Set(Object.values(themes).flatMap(({ variables }) => Object.keys(variables)))],
        themes[name],
      ] as const,
    );
  };
  return {
    page,
    wear,
    revisions,
    posted,
    send,
    complaints,
    [Symbol.asyncDispose]: async () => {
      await sent;
      await context.close();
    },
  };
}

const pageHtml = (language: "zh-cn" | undefined): string =>
  timelinePage({
    script: `${origin}/webview.js`,
    style: undefined,
    source: origin,
    nonce: "c3RhZ2U",
    language: language ?? "en",
    texts: language === undefined ? undefined : chinese,
  });

/** Runs in the browser before the page: what VS Code puts around a webview's script. */
function playVsCode(theme: { bodyClass: string; variables: Readonly<Record<string, string>> }): void {
  const kept = "vscode-state";
  const host = window as unknown as {
    hotenvPosted(message: unknown): Promise<void>;
    acquireVsCodeApi: unknown;
  };
  host.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => void host.hotenvPosted(message),
    getState: () => JSON.parse(sessionStorage.getItem(kept) ?? "null") ?? undefined,
    setState: (value: unknown) => sessionStorage.setItem(kept, JSON.stringify(value)),
  });
  document.addEventListener("readystatechange", () => {
    document.body.className = theme.bodyClass;
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
  });
}

function answer(request: PageRequest, revisions: Revision[], status: Status): HostMessage {
  const { id } = request;
  switch (request.method) {
    case "history/show": {
      const result = revisions.find(({ revision }) => revision === request.params.revision);
      if (result !== undefined) return { type: "response", id, ok: true, result };
      const message = `There is no revision ${request.params.revision}.`;
      return { type: "response", id, ok: false, error: { code: "revision-unknown", message } };
    }
    case "history/list": {
      const { before = Number.POSITIVE_INFINITY, limit = 100, ...filter } = request.params;
      const result = revisions
        .filter(({ revision }) => revision < before)
        .map(summaryOf)
        .filter((summary) => admits(filter, summary))
        .slice(0, limit);
      return { type: "response", id, ok: true, result };
    }
    case "apply":
    case "confirm": {
      const plan = { change: { entries: [], severity: "minor" }, phases: [], notes: [] };
      const message = "Nothing to do: everything runs with the files on disk.";
      return {
        type: "response",
        id,
        ok: true,
        result: { verdict: "applied", revision: null, message, plan, rollout: null },
      };
    }
    case "history/annotate": {
      const { revision, ...change } = request.params;
      const index = revisions.findIndex((each) => each.revision === revision);
      const known = revisions[index];
      if (known === undefined) throw new Error(`The page knows no revision ${revision}.`);
      const result = { ...known, ...change };
      revisions[index] = result;
      return { type: "response", id, ok: true, result };
    }
    case "history/stats":
      return { type: "response", id, ok: true, result: demoStatistics };
    case "cancel":
      return { type: "response", id, ok: true, result: { revision: status.rollout?.revision ?? null } };
    case "pause":
    case "resume":
    case "status":
      return { type: "response", id, ok: true, result: { ...status, paused: request.method === "pause" } };
  }
}
