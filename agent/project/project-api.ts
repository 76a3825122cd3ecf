/** What clients ask of a project. */
import { isAbsolute, resolve } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi } from "../../core/protocol/messages.ts";
import { actions } from "../../core/protocol/words.ts";
import { surroundingsOf } from "../lsp/surroundings.ts";
import { describePlan } from "../rollout/rollout-plan.ts";
import { networkProblems } from "../schema/network-problems.ts";
import { standardProblems } from "../schema/standard-problems.ts";
import { auditedApi } from "./audited-api.ts";
import { findAuthor } from "./author.ts";
import { disable, enable, keepBreakers } from "./breaker.ts";
import { compare } from "./comparison.ts";
import { historyApi } from "./history-api.ts";
import type { Loop } from "./loop.ts";
import { refuseWhilePaused, setPaused } from "./pause.ts";
import { readTexts } from "./reading.ts";
import { knownFiles, rollBack } from "./rollback.ts";
import { rollBackKey } from "./rollback-key.ts";
import { searchHistory } from "./search-history.ts";
import { serviceApi } from "./service-api.ts";
import { showDiff } from "./show-diff.ts";
import { sourcePath } from "./sources.ts";
import { revisionContent, runningRevision, type Workshop } from "./workshop.ts";

export interface ProjectApiOptions {
  readonly loop: Loop;
  /** Resolves when the state is known. */
  readonly firstLook: Promise<void>;
  /** Asks in addition what only a status tells. */
  readonly completeStatus: () => Promise<void>;
  /** Goes through the one queue; a caller that gives up stops it between two operations. */
  readonly inTurn: <T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** As inTurn, beside it: for what takes long and changes neither files nor services. */
  readonly aside: ProjectApiOptions["inTurn"];
  /** What asks where no client does. */
  readonly self: string;
  readonly ready: () => Promise<void>;
  readonly closing: AbortSignal;
  readonly stop: () => void;
}

export function projectApi(
  shop: Workshop,
  { loop, firstLook, completeStatus, inTurn, aside, self, ready, closing, stop }: ProjectApiOptions,
): AgentApi {
  const { directory, environment, history, board } = shop;
  const turn = (service: string, how: typeof enable) => {
    if (!board.fields.services.some((status) => status.service === service))
      throw new HotenvError("service-unknown", `There is no service ${service} in this project.`);
    const breakers = how(board.fields.breakers, service);
    keepBreakers(history, breakers);
    board.set({ breakers, notice: "" });
  };
  const api: AgentApi = {
    status: async () => {
      await firstLook;
      await completeStatus();
      return board.status();
    },
    plan: (_params, signal) =>
      inTurn(signal, async (either) =>
        describePlan((await compare(shop, { explicit: true, up: false }, either)).plan),
      ),
    durations: async () => {
      const running = runningRevision(history);
      return [...(running?.services.keys() ?? [])].flatMap((service) =>
        actions.flatMap((action) => {
          const median = history.medianDuration(service, action);
          return median === undefined ? [] : [{ service, action, ...median }];
        }),
      );
    },
    apply: ({ reason, author, origin, up }, signal) =>
      inTurn(signal, async (either) => {
        refuseWhilePaused(board);
        return loop.run(
          origin ?? "cli",
          { reason: reason ?? "Applied by hand.", explicit: true, up: up ?? false, author },
          either,
        );
      }),
    confirm: (params, signal) =>
      inTurn(signal, (either) => {
        if (params.accept) refuseWhilePaused(board);
        return loop.answer(params, either);
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
          loop.settled(
            outcome.verdict === "applied"
              ? (await readTexts(directory, environment, knownFiles(shop))).snapshot
              : undefined,
          );
        }
        return outcome;
      }),
    ...historyApi({
      shop,
      inTurn,
      aside,
      ready,
      annotated: (revision) => {
        const [summary] = history.list({ limit: 1, before: revision + 1 });
        if (summary?.revision === revision) shop.events.emit("annotated", { revision: summary });
      },
      lookAnew: () => {
        loop.forget();
        loop.look("event");
      },
    }),
    ...serviceApi({ shop, inTurn, ready, closing }),
    "service/disable": async ({ service }) => {
      turn(service, disable);
      return board.status();
    },
    "service/enable": async ({ service }) => {
      turn(service, enable);
      loop.rejoin();
      return board.status();
    },
    "history/list": (params, signal) => searchHistory(history, params, signal),
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
    check: async ({ path, text, levels }, signal) => {
      const name = sourcePath(directory, path);
      if (isAbsolute(name))
        throw new HotenvError("usage", `${path} is no file of this project, and is not checked.`);
      const absolute = resolve(directory, name);
      const around = surroundingsOf(absolute, environment, levels);
      const running = new Set(
        board.status().services.flatMap(({ service, state }) => (state === "running" ? [service] : [])),
      );
      const [bySchema, byNetwork] = await Promise.all([
        standardProblems({ path: absolute, name, text, around, signal }),
        networkProblems({ name, text, around, running }),
      ]);
      return [...bySchema, ...byNetwork];
    },
    saved: async ({ path, hash, author, reason }) => {
      loop.saved(path, hash, author, reason);
      return {};
    },
    cancel: async () => {
      return { revision: shop.cancellation.cancel() };
    },
    pause: async () => {
      setPaused(shop, true);
      return board.status();
    },
    resume: async () => {
      setPaused(shop, false);
      loop.look("event");
      return board.status();
    },
    stop: async () => {
      stop();
      return {};
    },
  };
  return auditedApi(api, {
    history,
    self,
    warn: (message) => shop.events.emit("log", { level: "warn", message }),
  });
}
