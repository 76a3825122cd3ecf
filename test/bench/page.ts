/**
 * The timeline page while it scrolls through a long history and the agent tells something 50 times a second:
 * how long the page's main thread works for each frame, from the browser's own trace.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { CDPSession, Page } from "playwright-core";
import type { AgentEvent, RevisionSummary } from "../../core/protocol/messages.ts";
import type { HostMessage } from "../../core/protocol/page.ts";
import { timelinePage } from "../../extension/timeline-page.ts";
import { demoNow, demoStatus, eventMaker } from "../../webview-ui/demo.fixture.ts";
import { themes } from "../page/themes.ts";
import { launchBrowser } from "../workbench/browser.ts";
import type { Benchmark, Line, Scale } from "./measure.ts";

const revisions: Readonly<Record<Scale, number>> = { smoke: 2_000, full: 100_000 };
const scrolledPx: Readonly<Record<Scale, number>> = { smoke: 2_000, full: 30_000 };
const pixelsPerSecond = 3_000;
const eventsPerSecond = 50;
const address = "http://page.hotenv.test/";
const msInMicrosecond = 0.001;

const verdicts = ["applied", "applied", "applied", "rolled-back", "applied", "failed"] as const;

function summary(revision: number, newest: number): RevisionSummary {
  const verdict = verdicts[revision % verdicts.length] ?? "applied";
  return {
    revision,
    time: new Date(demoNow - (newest - revision) * 60_000).toISOString(),
    author: revision % 3 === 0 ? "Grace Hopper" : "Ada Byron",
    origin: "editor",
    reason: "Saved in the editor.",
    severity: revision % 4 === 0 ? "moderate" : "minor",
    verdict,
    keys: [`KEY_${revision % 200}`, `KEY_${(revision * 7) % 200}`],
    services: revision % 2 === 0 ? ["api"] : ["api", "web"],
    durationMs: 400 + (revision % 40) * 50,
    ...(verdict === "applied" ? {} : { outcome: "api exited with code 1 before it was healthy." }),
  };
}

/** A round of what an agent tells: health, a rollout's steps, its verdict. Numbered anew each time it is sent. */
function burst(newest: number): AgentEvent[] {
  const event = eventMaker(0);
  const status = demoStatus({ revision: newest, lastGood: newest });
  const [service] = status.services;
  if (service === undefined) throw new Error("The demo has no services.");
  return [
    event("health_update", { ...service, health: "starting" }, demoNow),
    event("status_update", { ...status, state: "restarting" }, demoNow),
    event("health_update", { ...service, health: "healthy" }, demoNow),
    event("log", { level: "info", message: "Looked at the files." }, demoNow),
    event("status_update", status, demoNow),
  ];
}

interface Played {
  hotenvStart(eventsEachMs: number): void;
  hotenvStop(): void;
}

/** Runs in the browser before the page: the host, without a way out. */
function playHost([snapshot, events, newest, theme]: [
  HostMessage,
  AgentEvent[],
  number,
  (typeof themes)["dark"],
]): void {
  let seq = 0;
  let next = newest;
  let timer: number | undefined;
  const post = (message: unknown): void => window.postMessage(message, "*");
  const answer = ({ type, id, method }: { type: string; id: number; method: string }): void => {
    if (type === "ready") post(snapshot);
    else if (type === "request" && method === "history/list")
      post({ type: "response", id, ok: true, result: [] });
  };
  Object.assign(window, {
    acquireVsCodeApi: () => ({ postMessage: answer, getState: () => undefined, setState: () => undefined }),
    hotenvStart(eachMs: number) {
      timer = window.setInterval(() => {
        seq += 1;
        // Once a second a new revision comes; the other events are what surrounds it.
        const isVerdict = seq % Math.round(1_000 / eachMs) === 0;
        const base = events[seq % events.length];
        const { revisions: known } = snapshot as Extract<HostMessage, { type: "snapshot" }>;
        if (isVerdict) next += 1;
        const event = isVerdict
          ? {
              type: "verdict",
              seq,
              timestamp: base?.timestamp,
              data: { revision: { ...known[0], revision: next }, message: "Applied." },
            }
          : { ...base, seq };
        post({ type: "event", event });
      }, eachMs);
    },
    hotenvStop: () => window.clearInterval(timer),
  } satisfies Played & { acquireVsCodeApi: unknown });
  document.addEventListener("readystatechange", () => {
    document.body.className = theme.bodyClass;
    for (const [name, value] of Object.entries(theme.variables))
      document.documentElement.style.setProperty(name, value);
  });
}

async function openPage(page: Page, count: number): Promise<void> {
  const list = Array.from({ length: count }, (_, index) => summary(count - index, count));
  const snapshot: HostMessage = {
    type: "snapshot",
    seq: 0,
    status: demoStatus({ revision: count, lastGood: count }),
    revisions: list,
  };
  const nonce = "YmVuY2g";
  const html = timelinePage({
    script: `${address}webview.js`,
    style: undefined,
    source: address,
    nonce,
    language: "en",
    texts: undefined,
  });
  const script = readFileSync(path.join(import.meta.dirname, "../../dist/webview.js"));
  await page.route(`${address}**`, (route) =>
    route.fulfill(
      route.request().url().endsWith("webview.js")
        ? { contentType: "text/javascript", body: script }
        : { contentType: "text/html", body: html },
    ),
  );
  await page.addInitScript(playHost, [snapshot, burst(count), count, themes.dark] as [
    HostMessage,
    AgentEvent[],
    number,
    (typeof themes)["dark"],
  ]);
  await page.goto(address);
  await page.locator(`#revision-${count}`).waitFor();
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  /** What the processor did of it for this thread. */
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: { readonly name?: string };
}

/** Records while the work goes on. Times in µs. */
async function traced(cdp: CDPSession, work: () => Promise<void>): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  cdp.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => cdp.once("Tracing.tracingComplete", () => resolve()));
  await cdp.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: {
      includedCategories: [
        "devtools.timeline.frame",
        "disabled-by-default-devtools.timeline.frame",
        "toplevel",
        "devtools.timeline",
        "disabled-by-default-devtools.timeline",
      ],
    },
  });
  await work();
  await cdp.send("Tracing.end");
  await complete;
  return events;
}

/**
 * What the page's main thread did from one frame's beginning to the next one's, in ms: how far it was from
 * being late. The pause between two frames is not work.
 */
interface Frame {
  readonly ms: number;
  readonly processorMs: number;
}

function workPerFrame(events: readonly TraceEvent[]): Frame[] {
  const begins = events.filter(({ name }) => name === "BeginMainThreadFrame").sort((a, b) => a.ts - b.ts);
  const [first] = begins;
  if (first === undefined) throw new Error("The browser has traced no frame.");
  const tasks = events.filter(
    ({ name, ph, pid, tid }) => name === "RunTask" && ph === "X" && pid === first.pid && tid === first.tid,
  );
  if (tasks.length === 0) throw new Error("The browser has traced no task.");
  const frames = begins.map(() => ({ ms: 0, processorMs: 0 }));
  for (const { ts, dur = 0, tdur = 0 } of tasks) {
    // The task that begins the frame begins just before the mark.
    const frame = frames[begins.findLastIndex((begin) => begin.ts <= ts + dur)];
    if (frame === undefined) continue;
    frame.ms += dur * msInMicrosecond;
    frame.processorMs += tdur * msInMicrosecond;
  }
  return frames.slice(1, -1);
}

async function scrollThrough(page: Page, scale: Scale, eventsEachSecond: number): Promise<Frame[]> {
  const cdp = await page.context().newCDPSession(page);
  try {
    await page.evaluate(() => window.scrollTo({ top: 1_000, behavior: "instant" }));
    const events = await traced(cdp, async () => {
      if (eventsEachSecond > 0)
        await page.evaluate(
          (eachMs) => (window as unknown as Played).hotenvStart(eachMs),
          1_000 / eventsEachSecond,
        );
      await cdp.send("Input.synthesizeScrollGesture", {
        x: 450,
        y: 500,
        yDistance: -scrolledPx[scale],
        speed: pixelsPerSecond,
        gestureSourceType: "mouse",
      });
      await page.evaluate(() => (window as unknown as Played).hotenvStop());
    });
    const moved = await page.evaluate(() => window.scrollY);
    if (moved < scrolledPx[scale] / 2) throw new Error(`The page scrolled by ${moved} pixels only.`);
    return workPerFrame(events);
  } finally {
    await cdp.detach();
  }
}

export const benchmark: Benchmark = async (scale) => {
  const count = revisions[scale];
  await using browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 900, height: 760 } });
  await openPage(page, count);
  const lines = (name: string, frames: readonly Frame[]): Line[] => {
    const line = { group: "Timeline page", unit: "ms", size: count, peers: {} } as const;
    return [
      {
        ...line,
        name,
        hotenv: frames.map(({ ms }) => ms),
        budget: { atMost: 16, of: "p95" },
        note: "Work of the page's main thread for each frame while it scrolls at 3,000 pixels a second, from the browser's own trace.",
      },
      {
        ...line,
        name: `${name}, on the processor`,
        hotenv: frames.map(({ processorMs }) => processorMs),
        note: "The same without the time in which something else had the processor.",
      },
    ];
  };
  // The first scrolling compiles what the others run.
  await scrollThrough(page, "smoke", eventsPerSecond);
  return [
    ...lines("a frame while scrolling", await scrollThrough(page, scale, 0)),
    ...lines(
      "a frame while scrolling, 50 events a second",
      await scrollThrough(page, scale, eventsPerSecond),
    ),
  ];
};
