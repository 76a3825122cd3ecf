/** What `onFailure: keep` left for inspection: how it is undone stays known until the next rollout does it. */
import * as z from "zod";
import type { History } from "../history/history.ts";
import type { JournalEntry } from "../rollout/journal.ts";
import { recover } from "../rollout/recover.ts";
import { noFiles } from "../rollout/rollout-plan.ts";
import type { Operation } from "../runtime/runtime.ts";
import { readModel } from "./serialise.ts";
import type { Workshop } from "./workshop.ts";

const name = "kept-failure";
const keptSchema = z.object({
  revision: z.int(),
  entries: z.array(
    z.object({
      seq: z.int(),
      phase: z.int(),
      service: z.string(),
      operation: z.looseObject({ kind: z.string() }),
      cleanup: z.literal(false),
      state: z.literal("performed"),
    }),
  ),
});

export function keepFailure(history: History, revision: number, entries: readonly JournalEntry[]): void {
  history.keep(name, JSON.stringify({ revision, entries }));
}

/** Somebody else has undone that revision, from its journal. */
export function forgetFailure(history: History, revision: number): void {
  if (readKept(history)?.revision === revision) history.keep(name, null);
}

function readKept(history: History) {
  const text = history.recall(name);
  return text === undefined ? undefined : keptSchema.parse(JSON.parse(text));
}

/**
 * Puts the services of a kept failure back. The files stay: what they say now is what comes next.
 * @throws HotenvError docker-unreachable: it stays kept
 */
export async function putKeptBack({ history, events, runtimes, hide }: Workshop): Promise<void> {
  const kept = readKept(history);
  if (kept === undefined) return;
  const model = readModel(history.model(kept.revision) ?? "");
  await runtimes.provide(model.name, model.services);
  const { verdict, reason } = await recover(
    {
      revision: kept.revision,
      // What was kept is what a runtime made: an Operation, written as JSON.
      entries: kept.entries.map((entry) => ({ ...entry, operation: entry.operation as Operation })),
      committed: false,
      rollout: null,
    },
    runtimes.ofOperation,
    () => undefined,
    noFiles,
  );
  history.keep(name, null);
  events.emit("log", {
    level: verdict === "rolled-back" ? "info" : "warn",
    message:
      verdict === "rolled-back"
        ? `What revision ${kept.revision} had left to be looked at was put back.`
        : `What revision ${kept.revision} had left to be looked at could not all be put back. ${hide(reason)}`,
  });
}
