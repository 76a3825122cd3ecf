/** Opens a project: its history, its runtimes, its watcher, and the one queue through which everything goes. */
import { type ProjectPaths, projectPaths } from "../../client/location.ts";
import { describeError } from "../../core/protocol/errors.ts";
import manifest from "../../package.json" with { type: "json" };
import { type History, openHistory } from "../history/history.ts";
import { createQueue } from "../queue.ts";
import { type Claim, claimProject } from "../server/claim.ts";
import { forgetEvents, openEventFile } from "../server/event-file.ts";
import { EventLog } from "../server/event-log.ts";
import { onceEach } from "../server/once.ts";
import { createBoard } from "./board.ts";
import { readBreakers } from "./breaker.ts";
import { createCancellation } from "./cancellation.ts";
import { behindCurtain, createCurtain } from "./curtain.ts";
import { createEngineVersions } from "./engine-versions.ts";
import { seqName } from "./kept-names.ts";
import type { LiveProject, OpenOptions } from "./live.ts";
import { createLoop } from "./loop.ts";
import { createObserver } from "./observer.ts";
import { isPaused } from "./pause.ts";
import { projectApi } from "./project-api.ts";
import { recoverProject } from "./recover-project.ts";
import { createRuntimes } from "./runtimes.ts";
import { rememberSaves } from "./saves.ts";
import { createChangeTeller } from "./tell-change.ts";
import { noteGit, watchJournal } from "./told-journal.ts";
import type { Workshop } from "./workshop.ts";

const requestsName = "requests";

/** @throws HotenvError history-damaged, history-unwritable */
export async function openProject(options: OpenOptions): Promise<LiveProject> {
  const paths = projectPaths(options.directory, { stateDir: options.stateDir });
  const history = openHistory(paths, { handed: options.keys });
  try {
    return await openWith(options, paths, history);
  } catch (error) {
    history.close();
    throw error;
  }
}

async function openWith(options: OpenOptions, paths: ProjectPaths, plain: History): Promise<LiveProject> {
  const environment = options.environment ?? process.env;
  const { directory } = paths;
  const curtain = createCurtain(plain, environment);
  const history = behindCurtain(plain, curtain);
  const closing = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const queue = createQueue();
  /** Archives: they take long and keep no rollout waiting. */
  const aside = createQueue();
  // One-shot commands may run side by side, and beside an agent: only an agent keeps its events.
  const store = options.watch
    ? openEventFile(paths, {
        key: options.keys?.present,
        // Not from within the event that could not be kept.
        onFailure: (why) =>
          queueMicrotask(() => void events.emit("log", { level: "warn", message: `${why}.` })),
      })
    : undefined;
  const events = new EventLog({
    store,
    start: Number(history.recall(seqName) ?? 0),
    reserve: (upTo) => history.keep(seqName, String(upTo)),
  });
  const board = createBoard(
    events,
    directory,
    { version: manifest.version, pid: process.pid, startedAt: new Date().toISOString() },
    {
      name: directory.split(/[/\\]/).at(-1) ?? directory,
      revision: history.current(),
      lastGood: history.lastGood(),
      paused: isPaused(history),
      breakers: readBreakers(history),
    },
  );
  const runtimes = createRuntimes(paths, environment, {
    ownsProcesses: options.watch,
    warn: (message) => events.emit("log", { level: "warn", message: curtain.hide(message) }),
  });
  const noted = noteGit(watchJournal(history, options.onJournal), directory);
  const shop: Workshop = {
    directory,
    environment,
    history: noted,
    events,
    board,
    runtimes,
    cancellation: createCancellation(),
    saves: rememberSaves(),
    changes: createChangeTeller({ directory, environment, history: noted, events }),
    hide: curtain.hide,
  };
  let claim: Claim | undefined;
  let recovered = false;

  // Only the one who has the project: whoever else has it open would go on with the former key.
  if (options.watch && !history.hasPresentKey())
    try {
      history.rekey();
    } catch (error) {
      events.emit("log", { level: "warn", message: describeError(error) });
    }
  if (history.setAside) events.emit("log", { level: "warn", message: history.setAside.reason });

  /** One-shot commands work without an agent, but never beside one. */
  async function ready(): Promise<void> {
    if (!options.watch && claim === undefined) {
      claim = claimProject(paths);
      forgetEvents(paths);
    }
    // Also what a disk without room kept from being concluded.
    if (recovered && history.unfinished().length === 0) return;
    await recoverProject(shop);
    if (shop.history.undoInterruptedImports() > 0)
      events.emit("log", { level: "warn", message: "An import that was interrupted was undone." });
    recovered = true;
  }

  const loop = createLoop(shop, { queue, watch: options.watch, signal: closing.signal, ready });
  const observer = createObserver(shop, closing.signal, loop.report);
  const { lookAfter } = options;
  const firstLook = (lookAfter === undefined ? loop.start() : lookAfter.then(loop.start)).catch(loop.report);
  const versions = createEngineVersions(shop, firstLook, closing.signal);
  runtimes.onEvent(({ service }) => {
    observer.soon();
    if (service !== "") return;
    loop.retry();
    // Who answers only one command asks for it with that.
    if (options.watch) versions.askSoon();
  });
  const api = projectApi(shop, {
    loop,
    firstLook,
    // An agent has asked already, or will.
    completeStatus: options.watch ? async () => undefined : versions.ask,
    ready,
    closing: closing.signal,
    self: options.watch ? "agent" : "cli",
    aside: (signal, work) => aside.add(() => work(AbortSignal.any([signal, closing.signal]))),
    inTurn: (signal, work) => queue.add(() => work(AbortSignal.any([signal, closing.signal]))),
    stop: () => stopped.resolve(),
  });
  const requests = {
    recall: () => history.recall(requestsName),
    keep: (text: string) => history.keep(requestsName, text),
  };

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    await loop.close();
    // A rollout that runs is finished first; what still waits behind it is given up.
    await queue.close();
    // The first look may have begun to watch meanwhile.
    await loop.close();
    closing.abort();
    await aside.close();
    observer.close();
    await runtimes.close();
    store?.close();
    history.close();
    claim?.release();
  }

  return {
    api: onceEach(api, requests),
    events,
    stopped: stopped.promise,
    close: () => (closed ??= close()),
  };
}
