/** The loop of a project: a hint, a look at the files, and where they mean something new, a rollout. */
import { setImmediate as turn } from "node:timers/promises";
import { describeError, HotenvError, toHotenvError } from "../../core/protocol/errors.ts";
import type { Outcome } from "../../core/protocol/messages.ts";
import type { Author, Origin } from "../../core/protocol/words.ts";
import type { Queue } from "../queue.ts";
import { findAuthor, systemUser } from "./author.ts";
import { nextRetry } from "./breaker.ts";
import { effectOf } from "./compared.ts";
import { compare } from "./comparison.ts";
import { revive } from "./execute.ts";
import { followFiles } from "./follow-files.ts";
import { explainInvalid } from "./invalid.ts";
import { readTexts, type Texts } from "./reading.ts";
import { changedMeanwhile, dismiss, dismissedNotice, reconcile } from "./reconcile.ts";
import { knownFiles } from "./rollback.ts";
import type { Snapshot } from "./snapshot.ts";
import { newestTried } from "./tried.ts";
import { createWaitingLine } from "./waiting.ts";
import { forgetRunning, runningRevision, type Workshop } from "./workshop.ts";

/** Errors whose cause lies outside of the files: tried again without a change. */
const passing = new Set([
  "docker-unreachable",
  "compose-missing",
  "docker-failed",
  "file-unreadable",
  "history-unwritable",
]);

export interface RunRequest {
  readonly reason: string;
  readonly explicit: boolean;
  readonly up: boolean;
  readonly author?: Author | undefined;
  readonly confirmed?: string | undefined;
}

export interface Loop {
  /** Catches up with what happened while nobody watched. Resolves as soon as the state is known. */
  start(): Promise<void>;
  /** Applies what the files say; in the queue's turn only. @throws HotenvError why they cannot be used */
  run(origin: Origin, request: RunRequest, signal: AbortSignal): Promise<Outcome>;
  /** Answers the change that waits for a yes; in the queue's turn only. @throws HotenvError usage, file-changed */
  answer(
    request: {
      readonly id?: string | undefined;
      readonly accept: boolean;
      readonly author?: Author | undefined;
    },
    signal: AbortSignal,
  ): Promise<Outcome>;
  /** Finds out, in turn, whether the files mean something else than what was handled. */
  look(cause: "event" | "rescan"): void;
  /** The runtime is back, or away: what failed for that reason may work now. */
  retry(): void;
  /** What the files meant when they were last handled counts no more. */
  forget(): void;
  /** The files were dealt with by somebody else; without a snapshot only the sources may be others. */
  settled(snapshot?: Snapshot): void;
  saved(path: string, hash: string | undefined, author: Author | undefined, reason?: string): void;
  /** A service takes part again that was left out: applies what the files say of it. */
  rejoin(): void;
  report(error: unknown): void;
  /** Stops watching. */
  close(): Promise<void>;
}

export interface LoopOptions {
  readonly queue: Queue;
  /** false: answer, but do not follow the files. */
  readonly watch: boolean;
  readonly signal: AbortSignal;
  /** Ends what a crash interrupted, and makes sure that nobody else works on the project. */
  readonly ready: () => Promise<void>;
}

export function createLoop(shop: Workshop, { queue, watch, signal: closing, ready }: LoopOptions): Loop {
  const { directory, environment, history, events, board, saves, changes } = shop;
  /** What the files meant when they were last handled, successfully or not. */
  let handled: string | undefined;
  /** The last attempt failed for a reason that may pass by itself. */
  let retry = false;
  /** Somebody who was left out takes part again: the files are applied although they are the same. */
  let again = false;
  let retrying: NodeJS.Timeout | undefined;
  const files = followFiles(shop, look);
  const line = createWaitingLine(shop);
  /** What the rollout that runs is about. */
  let inHand: Snapshot | undefined;

  const read = (): Promise<Texts> => readTexts(directory, environment, knownFiles(shop), saves.isWhole);
  /** What cannot be read is said by the run. */
  const readIfPossible = (): Promise<Texts | undefined> => read().catch(() => undefined);

  function rejoin(): void {
    again = true;
    look("event");
  }

  /** Wakes up when the next service that was left out is to be tried again. */
  function tryLater(): void {
    clearTimeout(retrying);
    const now = Date.now();
    const at = watch ? nextRetry(board.fields.breakers, now) : undefined;
    if (at === undefined || closing.aborted) return;
    retrying = setTimeout(rejoin, at - now + 1);
    retrying.unref();
  }

  async function run(
    origin: Origin,
    { texts: given, ...more }: RunRequest & { readonly texts?: Texts | undefined },
    signal: AbortSignal,
  ): Promise<Outcome> {
    const texts = given ?? (await readIfPossible());
    if (texts) {
      changes.tell(texts, origin);
      // What follows starts processes: the clients have it before that.
      await turn();
    }
    // What waited has its turn now, or has been overtaken by what is there instead.
    if (texts) await line.take(effectOf(texts.snapshot));
    try {
      await ready();
      const author = more.author ?? findAuthor(directory);
      again = false;
      inHand = texts?.snapshot;
      const { outcome, snapshot, waits } = await reconcile(shop, { origin, ...more, author, texts }, signal);
      retry = false;
      // What a pause stopped is no verdict on the change.
      const isStopped = board.fields.paused && outcome.verdict !== "applied";
      if (isStopped) history.observed("");
      handled = isStopped ? undefined : effectOf(snapshot);
      if (waits && texts) await line.add({ ...texts, snapshot, origin, author: await author });
      else if (handled !== undefined && !(await isOvertaken())) await line.take(handled);
      files.update();
      // The one that failed is left out from now on: the others need not wait for it.
      const failed = outcome.rollout?.failed;
      const isOut = board.status().services.some(({ service, breaker }) => service === failed && breaker);
      if (watch && failed !== undefined && isOut) rejoin();
      tryLater();
      return outcome;
    } catch (error) {
      const known = toHotenvError(error);
      if (known.code === "cancelled") {
        board.set({ reading: false });
        throw known;
      }
      // Edited while it was being read: what failed may be neither the old nor the new state.
      const now = await readIfPossible();
      const effect = now && effectOf(now.snapshot);
      const steady = texts !== undefined && effect === effectOf(texts.snapshot);
      handled = steady ? effect : undefined;
      if (!steady && now !== undefined && watch) look("event");
      retry = passing.has(known.code);
      const told = explainInvalid(shop, known, now);
      // The board has the sentence without secrets.
      changes.decide(retry ? "waits" : "refused", { message: board.fields.invalid || board.fields.error });
      // What a person asked for is noted with its answer; what passes by itself refuses nothing.
      if (!more.explicit && !retry)
        history.audit({
          who: more.author?.name ?? systemUser(),
          client: origin === "editor" ? "extension" : "agent",
          what: "apply",
          detail: describeError(told),
          refused: true,
        });
      files.update();
      throw told;
    }
  }

  /** Something newer than what was handled waits behind it already. */
  const isOvertaken = async (): Promise<boolean> => {
    const now = await readIfPossible();
    return now !== undefined && effectOf(now.snapshot) !== handled;
  };

  /** What is saved while a rollout runs waits for its end; of several the newest is applied then. */
  async function noteBehindRollout(): Promise<void> {
    const texts = await readIfPossible();
    if (texts === undefined || !board.fields.rolling) return;
    const effect = effectOf(texts.snapshot);
    if (inHand !== undefined && effect === effectOf(inHand)) {
      changes.settled(effect);
      return;
    }
    const whose = saves.whose(runningRevision(history)?.snapshot, texts.snapshot);
    changes.tell(texts, whose.origin, inHand);
    await line.add({ ...texts, ...whose });
    events.emit("log", { level: "debug", message: "A newer change waits for the end of the rollout." });
  }

  async function answer(
    { id, accept, author }: Parameters<Loop["answer"]>[0],
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { waiting } = board.fields;
    if (waiting?.for !== "confirm")
      throw new HotenvError("usage", "No change waits for an answer.", {
        todo: "`hotenv status` shows what waits.",
      });
    if (id !== undefined && id !== waiting.id) throw changedMeanwhile();
    const origin = line.seen?.origin ?? "watcher";
    if (accept) {
      // It stays the change of whoever made it; who said yes stands in the reason.
      const reason = author === undefined ? "Confirmed." : `Confirmed by ${author.name}.`;
      const more = { author: line.seen?.author, confirmed: waiting.id };
      return run(origin, { reason, explicit: false, up: false, ...more }, signal);
    }
    const who = author ?? (await findAuthor(directory));
    const { outcome, snapshot } = await dismiss(shop, { author: who, origin, id: waiting.id }, signal);
    handled = effectOf(snapshot);
    await line.take(handled);
    return outcome;
  }

  /** Called for every hint; finds out whether the files mean something else than what was handled. */
  function look(cause: "event" | "rescan"): void {
    if (closing.aborted) return;
    if (board.fields.rolling && cause === "event") void noteBehindRollout().catch(report);
    void queue
      .add(async () => {
        if (board.fields.paused || closing.aborted) return;
        const texts = await readIfPossible();
        if (!again && !(cause === "rescan" && retry) && texts && effectOf(texts.snapshot) === handled) {
          changes.settled(handled);
          // Whatever waited for the end of the cooldown was taken back.
          if (board.fields.waiting?.for === "cooldown") {
            await line.take(handled);
            board.set({ waiting: undefined });
          }
          return;
        }
        const { origin, author, reason } = texts
          ? saves.whose(runningRevision(history)?.snapshot, texts.snapshot)
          : ({ origin: "watcher" } as const);
        if (texts) changes.tell(texts, origin);
        if (texts && line.cooling({ ...texts, origin, author }, () => look("rescan"))) {
          changes.decide("waits", { message: "The change is applied when the cooldown has ended." });
          await line.add({ ...texts, origin, author });
          return;
        }
        const request = { reason: reason ?? "Saved.", explicit: false, up: false, author };
        await run(origin, { ...request, texts }, closing);
      })
      .catch(report);
  }

  function report(error: unknown): void {
    const known = toHotenvError(error);
    // What the board shows already needs no second word.
    if (known.code === "cancelled" || board.fields.invalid !== "" || board.fields.error !== "") return;
    events.emit("log", { level: "error", message: shop.hide(known.message) });
  }

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
        if (!watch) {
          const { plan, running } = await compare(shop, { explicit: false, up: false }, closing);
          board.set({ notice: running === undefined ? "" : plan.notes.join(" ") });
          return;
        }
        await files.start();
        tryLater();
        if (board.fields.paused) return;
        await ready();
        const { snapshot } = await read();
        const failed = await failedBefore(shop, closing);
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
          closing,
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

  return {
    start,
    run,
    answer,
    look,
    report,
    retry: () => {
      if (retry) look("rescan");
    },
    forget: () => {
      forgetRunning(history);
      handled = undefined;
    },
    settled: (snapshot) => {
      if (snapshot) {
        handled = effectOf(snapshot);
        changes.settled(handled);
      }
      files.update();
    },
    saved: (path, hash, author, reason) => {
      if (hash !== undefined) saves.note(path, hash, author, reason);
      files.touch();
    },
    rejoin,
    close: () => {
      clearTimeout(retrying);
      line.close();
      return files.close();
    },
  };
}

/** The files are those of the last rollout, and that one failed: trying again by itself would fail again. */
async function failedBefore(shop: Workshop, signal: AbortSignal): Promise<boolean> {
  const { history, board } = shop;
  const newest = newestTried(history);
  if (newest === undefined || newest.verdict === "applied" || newest.verdict === null) return false;
  const { reading } = await compare(shop, { explicit: false, up: false }, signal);
  if (reading.snapshot.id !== history.lastObserved()) return false;
  await revive(shop, reading, signal);
  if (newest.verdict === "rejected" && history.show(newest.revision)?.rollout === undefined) {
    board.set({ notice: dismissedNotice });
    return true;
  }
  const rollout = history.show(newest.revision)?.rollout;
  board.set({ error: rollout?.reason ?? "The last change failed.", rollout: rollout ?? null });
  return true;
}
