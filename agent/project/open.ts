/** Opens a project: its history, its runtimes, its watcher, and the one queue through which everything goes. */
import { dirname, resolve } from "node:path";
import { type ProjectPaths, projectPaths } from "../../client/location.ts";
import { HotenvError, toHotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi, Outcome } from "../../core/protocol/messages.ts";
import type { Author, Origin } from "../../core/protocol/words.ts";
import { defaultSettings, settingsFileNames } from "../../core/settings/settings.ts";
import manifest from "../../package.json" with { type: "json" };
import { type History, openHistory } from "../history/history.ts";
import { createQueue } from "../queue.ts";
import { recover } from "../rollout/recover.ts";
import { describePlan } from "../rollout/rollout-plan.ts";
import { type Claim, claimProject } from "../server/claim.ts";
import { EventLog } from "../server/event-log.ts";
import { type Settler, settle } from "../watch/settle.ts";
import { type SourceWatcher, watchSources } from "../watch/watch-sources.ts";
import { findAuthor } from "./author.ts";
import { type Board, createBoard } from "./board.ts";
import { effectOf } from "./compared.ts";
import { compare, withMissing } from "./comparison.ts";
import { returnFiles, revive } from "./execute.ts";
import { readGit } from "./git-state.ts";
import { historyApi } from "./history-api.ts";
import { explainInvalid } from "./invalid.ts";
import type { JournalPoint, LiveProject, OpenOptions } from "./live.ts";
import { readTexts } from "./reading.ts";
import { reconcile } from "./reconcile.ts";
import { rollBack } from "./rollback.ts";
import { rollBackKey } from "./rollback-key.ts";
import { createRuntimes } from "./runtimes.ts";
import { rememberSaves } from "./saves.ts";
import { readModel } from "./serialise.ts";
import { serviceApi } from "./service-api.ts";
import { showDiff } from "./show-diff.ts";
import { composeFileNames, overrideFileNames, sourcePath } from "./sources.ts";
import { revisionContent, runningRevision, type Workshop } from "./workshop.ts";

const pausedName = "paused";
const seqName = "seq";
/** Events may be missed, and what kept the agent from applying may be gone. */
const rescanMs = 10_000;
/** What an editor says to have saved is whole; several files that it saves at once make one change. */
const savedQuietMs = 8;
/** Several events of one service make one look at it. */
const observeAfterMs = 50;

/** Errors whose cause lies outside of the files: tried again without a change. */
const passing = new Set(["docker-unreachable", "compose-missing", "docker-failed", "file-unreadable"]);

/** @throws HotenvError history-damaged, history-unwritable */
export async function openProject(options: OpenOptions): Promise<LiveProject> {
  const paths = projectPaths(options.directory, { stateDir: options.stateDir });
  const history = openHistory(paths);
  try {
    return await openWith(options, paths, history);
  } catch (error) {
    history.close();
    throw error;
  }
}

async function openWith(options: OpenOptions, paths: ProjectPaths, history: History): Promise<LiveProject> {
  const environment = options.environment ?? process.env;
  const { directory } = paths;
  const closing = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const queue = createQueue();
  const events = new EventLog({
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
      paused: history.recall(pausedName) !== undefined,
    },
  );
  const runtimes = createRuntimes(paths, environment, {
    ownsProcesses: options.watch,
    warn: (message) => events.emit("log", { level: "warn", message }),
  });
  const shop: Workshop = {
    directory,
    environment,
    history: noteGit(watchJournal(history, options.onJournal), directory),
    events,
    board,
    runtimes,
  };
  let claim: Claim | undefined;
  let recovered = false;
  let watcher: SourceWatcher | undefined;
  let settleSaves: Settler | undefined;
  const saves = rememberSaves();
  /** What the files meant when they were last handled, successfully or not. */
  let handled: string | undefined;
  /** The last attempt failed for a reason that may pass by itself. */
  let retry = false;

  if (history.setAside) events.emit("log", { level: "warn", message: history.setAside.reason });

  /** Ends what a crash interrupted; before that nothing else may touch a service. */
  async function recoverOnce(): Promise<void> {
    if (recovered) return;
    for (const interrupted of history.unfinished()) {
      const model = readModel(history.model(interrupted.revision) ?? "");
      await runtimes.provide(model.name, model.services);
      const parent = history.current();
      if (parent !== null) await runtimes.provide(model.name, revisionContent(history, parent).services);
      const { verdict, reason } = await recover(
        interrupted,
        runtimes.ofOperation,
        (seq, state) => history.mark(interrupted.revision, seq, state),
        (files) => returnFiles(directory, history, files),
      );
      const endedAt = new Date().toISOString();
      const rollout = interrupted.rollout && { ...interrupted.rollout, endedAt, verdict, reason };
      history.conclude(interrupted.revision, { verdict, rollout });
      events.emit("log", { level: "warn", message: `Revision ${interrupted.revision}: ${reason}` });
      board.set({ revision: history.current(), lastGood: history.lastGood(), rollout });
      // An interruption is no verdict on the change: the files are looked at again.
      if (verdict === "rolled-back") history.observed("");
    }
    recovered = true;
  }

  /** One-shot commands work without an agent, but never beside one. */
  async function ready(): Promise<void> {
    if (!options.watch) claim ??= claimProject(paths);
    await recoverOnce();
  }

  async function run(
    origin: Origin,
    more: {
      readonly reason: string;
      readonly explicit: boolean;
      readonly up: boolean;
      readonly author?: Author | undefined;
    },
    signal: AbortSignal,
  ): Promise<Outcome> {
    const texts = await readTexts(directory, environment, knownFiles()).catch(() => undefined);
    try {
      await ready();
      const author = more.author ?? (await findAuthor(directory));
      const { outcome, snapshot } = await reconcile(shop, { origin, ...more, author }, signal);
      retry = false;
      handled = effectOf(snapshot);
      follow();
      return outcome;
    } catch (error) {
      const known = toHotenvError(error);
      if (known.code === "cancelled") {
        board.set({ reading: false });
        throw known;
      }
      // Edited while it was being read: what failed may be neither the old nor the new state.
      const now = await readTexts(directory, environment, knownFiles()).catch(() => undefined);
      const effect = now && effectOf(now.snapshot);
      const steady = texts !== undefined && effect === effectOf(texts.snapshot);
      handled = steady ? effect : undefined;
      if (!steady && now !== undefined && options.watch) look("event");
      retry = passing.has(known.code);
      const told = explainInvalid(shop, known, now);
      follow();
      throw told;
    }
  }

  const knownFiles = () => board.fields.sources.filter(({ role }) => role === "file");

  /** Called for every hint; finds out whether the files mean something else than what was handled. */
  function look(cause: "event" | "rescan"): void {
    if (closing.signal.aborted) return;
    void queue
      .add(async () => {
        if (board.fields.paused || closing.signal.aborted) return;
        // What cannot be read is said by the run.
        const texts = await readTexts(directory, environment, knownFiles()).catch(() => undefined);
        if (!(cause === "rescan" && retry) && texts && effectOf(texts.snapshot) === handled) return;
        const { origin, author } = texts
          ? saves.whose(runningRevision(history)?.snapshot, texts.snapshot)
          : ({ origin: "watcher" } as const);
        await run(origin, { reason: "Saved.", explicit: false, up: false, author }, closing.signal);
      })
      .catch(report);
  }

  function report(error: unknown): void {
    const known = toHotenvError(error);
    // What the board shows already needs no second word.
    if (known.code === "cancelled" || board.fields.invalid !== "" || board.fields.error !== "") return;
    events.emit("log", { level: "error", message: known.message });
  }

  /** Watches the folders of all sources, and of those that would become one. */
  function follow(): void {
    if (watcher === undefined) return;
    watcher.update(watchedDirectories());
  }
  const watchedDirectories = () => {
    const files = board.fields.sources.map(({ path }) => dirname(resolve(directory, path)));
    return [...new Set([directory, ...files])];
  };
  const candidates = new Set<string>([
    ".env",
    ...settingsFileNames,
    ...composeFileNames,
    ...overrideFileNames,
  ]);
  const isRelevant = (path: string): boolean => {
    const named = sourcePath(directory, path);
    if (candidates.has(named)) return true;
    const folder = dirname(named);
    return board.fields.sources.some(
      (source) => source.path === named || (source.role === "file" && dirname(source.path) === folder),
    );
  };

  let observing: NodeJS.Timeout | undefined;
  function observeSoon(): void {
    if (closing.signal.aborted) return;
    observing ??= setTimeout(() => {
      observing = undefined;
      void observeNow().catch(report);
    }, observeAfterMs);
  }
  async function observeNow(): Promise<void> {
    if (closing.signal.aborted) return;
    const before = new Map(board.fields.services.map((status) => [status.service, JSON.stringify(status)]));
    const model = history.current();
    const services = withMissing(
      model === null ? new Map() : revisionContent(history, model).services,
      await runtimes.observe(closing.signal),
    );
    for (const status of services)
      if (before.get(status.service) !== JSON.stringify(status)) events.emit("health_update", status);
    board.set({ services });
  }

  /** Goes through the one queue; a caller that gives up stops it between two operations. */
  const inTurn = <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) =>
    queue.add(() => work(AbortSignal.any([signal, closing.signal])));

  const api: AgentApi = {
    status: async () => {
      await firstLook;
      return board.status();
    },
    plan: (_params, signal) =>
      inTurn(signal, async (either) =>
        describePlan((await compare(shop, { explicit: true, up: false }, either)).plan),
      ),
    apply: ({ reason, author, origin, up }, signal) =>
      inTurn(signal, async (either) => {
        refuseWhilePaused(board);
        return run(
          origin ?? "cli",
          { reason: reason ?? "Applied by hand.", explicit: true, up: up ?? false, author },
          either,
        );
      }),
    rollback: ({ revision, dryRun, author, key }, signal) =>
      inTurn(signal, async (either) => {
        if (dryRun !== true) {
          refuseWhilePaused(board);
          await ready();
        }
        const request = {
          revision,
          dryRun: dryRun ?? false,
          author: author ?? (await findAuthor(directory)),
        };
        const outcome =
          key === undefined
            ? await rollBack(shop, request, either)
            : await rollBackKey(shop, { ...request, key }, either);
        if (dryRun !== true) {
          // Applied: the files of that revision. Not applied: those that were there before, handled already.
          if (outcome.verdict === "applied")
            handled = effectOf((await readTexts(directory, environment, knownFiles())).snapshot);
          follow();
        }
        return outcome;
      }),
    ...historyApi({ history, environment, inTurn }),
    ...serviceApi({ shop, inTurn, ready, closing: closing.signal }),
    "history/list": async (params) => history.list(params),
    "history/show": async ({ revision }) => {
      const found = history.show(revision);
      if (found !== undefined) return found;
      throw new HotenvError("revision-unknown", `There is no revision ${revision}.`, {
        todo: "`hotenv history list` shows what there is.",
      });
    },
    "history/diff": async ({ from, to }) => {
      const before = revisionContent(history, from).snapshot;
      const known = before.files
        .filter(({ role }) => role === "file")
        .map(({ path, role }) => ({ path, role }));
      const after =
        to === null
          ? (await readTexts(directory, environment, known)).snapshot
          : revisionContent(history, to).snapshot;
      return showDiff(before, after, environment);
    },
    saved: async ({ path, hash, author }) => {
      if (hash !== undefined) saves.note(path, hash, author);
      settleSaves?.touch();
      return {};
    },
    pause: async () => {
      history.keep(pausedName, new Date().toISOString());
      board.set({ paused: true });
      return board.status();
    },
    resume: async () => {
      history.keep(pausedName, null);
      board.set({ paused: false });
      look("event");
      return board.status();
    },
    stop: async () => {
      stopped.resolve();
      return {};
    },
  };

  const firstLook = start().catch(report);
  runtimes.onEvent(({ service }) => {
    observeSoon();
    // The runtime is back, or away: what failed for that reason may work now.
    if (service === "" && retry) look("rescan");
  });

  /** Catches up with what happened while nobody watched. Resolves as soon as the state is known. */
  async function start(): Promise<void> {
    const known = Promise.withResolvers<void>();
    const off = events.on((event) => {
      if (event.type !== "status_update") return;
      const { state, services } = event.data;
      if ((services.length > 0 && state !== "updating") || state === "invalid" || state === "error")
        known.resolve();
    });
    void queue
      .add(async () => {
        if (!options.watch) {
          const { plan, running } = await compare(shop, { explicit: false, up: false }, closing.signal);
          board.set({ notice: running === undefined ? "" : plan.notes.join(" ") });
          return;
        }
        await watch();
        if (board.fields.paused) return;
        await ready();
        const { snapshot } = await readTexts(directory, environment, knownFiles());
        const failed = await failedBefore(shop, closing.signal);
        if (failed) {
          handled = effectOf(snapshot);
          return;
        }
        const first = history.current() === null;
        await run(
          first ? "adopted" : "offline",
          {
            reason: first ? "Started with the project." : "Changed while no agent ran.",
            explicit: false,
            up: false,
          },
          closing.signal,
        );
      })
      .catch((error: unknown) => {
        const known = toHotenvError(error);
        retry ||= passing.has(known.code);
        // A first look that failed before it came to what it looks for has told nothing yet.
        if (board.fields.invalid === "" && board.fields.error === "") explainInvalid(shop, known, undefined);
      })
      .finally(() => {
        board.set({ reading: false });
        known.resolve();
      });
    await known.promise;
    off();
  }

  async function watch(): Promise<void> {
    const { settings, sources } = await readTexts(directory, environment, []);
    if (board.fields.sources.length === 0) board.set({ sources });
    const { quietMs, maxMs } = settings.policy;
    // Whoever asked for a longer silence means it for saves from an editor, too.
    const isPatient = quietMs > defaultSettings.policy.quietMs;
    settleSaves = settle(isPatient ? quietMs : Math.min(quietMs, savedQuietMs), maxMs, () => look("event"));
    watcher = watchSources({
      directories: watchedDirectories(),
      isRelevant,
      quietMs,
      maxMs,
      rescanMs,
      onSettled: look,
      onError: (message) => events.emit("log", { level: "warn", message }),
    });
    await watcher.ready;
  }

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    settleSaves?.close();
    await watcher?.close();
    // A rollout that runs is finished first; what still waits behind it is given up.
    await queue.close();
    // The first look may have begun to watch meanwhile.
    await watcher?.close();
    settleSaves?.close();
    closing.abort();
    clearTimeout(observing);
    await runtimes.close();
    history.close();
    claim?.release();
  }

  return {
    api,
    events,
    stopped: stopped.promise,
    close: () => (closed ??= close()),
  };
}

/** Every revision says what git had checked out when it was made. */
function noteGit(history: History, directory: string): History {
  return { ...history, begin: (draft) => history.begin({ ...draft, git: readGit(directory) }) };
}

function watchJournal(history: History, onJournal: OpenOptions["onJournal"]): History {
  if (onJournal === undefined) return history;
  const around = <T>(call: JournalPoint["call"], write: () => T): T => {
    onJournal({ moment: "before", call });
    const result = write();
    onJournal({ moment: "after", call });
    return result;
  };
  return {
    ...history,
    begin: (draft) => around("begin", () => history.begin(draft)),
    intend: (revision, seq, intent) => around("intend", () => history.intend(revision, seq, intent)),
    mark: (revision, seq, state) => around("mark", () => history.mark(revision, seq, state)),
    commitPoint: (revision) => around("commitPoint", () => history.commitPoint(revision)),
    conclude: (revision, end) => around("conclude", () => history.conclude(revision, end)),
  };
}

function refuseWhilePaused(board: Board): void {
  if (!board.fields.paused) return;
  throw new HotenvError("paused", "Hotenv is paused; nothing is applied.", {
    todo: "End the pause with `hotenv resume`.",
  });
}

/** The files are those of the last rollout, and that one failed: trying again by itself would fail again. */
async function failedBefore(shop: Workshop, signal: AbortSignal): Promise<boolean> {
  const { history, board } = shop;
  const [newest] = history.list({ limit: 1, imported: false });
  if (newest === undefined || newest.verdict === "applied" || newest.verdict === null) return false;
  const { reading } = await compare(shop, { explicit: false, up: false }, signal);
  if (reading.snapshot.id !== history.lastObserved()) return false;
  await revive(shop, reading, signal);
  const rollout = history.show(newest.revision)?.rollout;
  board.set({ error: rollout?.reason ?? "The last change failed.", rollout: rollout ?? null });
  return true;
}
