/**
 * Brings what runs to what the files say. Called for every change; it finds out by itself whether there is
 * anything to do.
 */
import type { Outcome } from "../../core/protocol/messages.ts";
import { describePlan } from "../rollout/rollout-plan.ts";
import { effectOf } from "./compared.ts";
import { type Comparison, compare, keptModel } from "./comparison.ts";
import { adoptedModel, holdBack } from "./drift.ts";
import { execute } from "./execute.ts";
import { putKeptBack } from "./kept-failure.ts";
import { serialiseModel } from "./serialise.ts";
import type { Snapshot } from "./snapshot.ts";
import { announce, type ReconcileRequest, type Workshop } from "./workshop.ts";

export interface Reconciled {
  readonly outcome: Outcome;
  /** What the files were when they were read: newer ones wait for the next turn. */
  readonly snapshot: Snapshot;
}

/** @throws HotenvError as readProject; docker-unreachable */
export async function reconcile(
  shop: Workshop,
  request: ReconcileRequest,
  signal: AbortSignal,
): Promise<Reconciled> {
  const { history, board } = shop;
  board.set({ reading: true });
  await putKeptBack(shop);
  let comparison = await compare(shop, request, signal);
  if (comparison.running === undefined) comparison = await adopt(shop, comparison, request, signal);
  const { running, reading, change, plan } = comparison;
  const described = describePlan(plan);
  const notUp = reading.isCompose && !board.fields.services.some(({ state }) => state === "running");
  const notice =
    notUp && !request.up ? "The project is not up. Start it with `hotenv apply --up`." : plan.notes.join(" ");
  if (plan.phases.length === 0) {
    const same = running !== undefined && effectOf(running.snapshot) === effectOf(reading.snapshot);
    const revision = same ? null : recordWithoutRollout(shop, comparison, request);
    history.observed(reading.snapshot.id);
    board.set({ reading: false, error: "", notice, rollout: same ? board.fields.rollout : null });
    const message = same
      ? "Nothing to do: everything runs with the files on disk."
      : "No service uses what changed; nothing was restarted.";
    const said = [message, notice].filter(Boolean).join(" ");
    return {
      outcome: { verdict: "applied", revision, message: said, plan: described, rollout: null },
      snapshot: reading.snapshot,
    };
  }
  shop.events.emit("config_change", { change, origin: request.origin });
  return { outcome: await execute(shop, comparison, request, signal), snapshot: reading.snapshot };
}

/** The first time: what runs becomes the first revision, untouched. */
async function adopt(
  shop: Workshop,
  comparison: Comparison,
  request: ReconcileRequest,
  signal: AbortSignal,
): Promise<Comparison> {
  const { history, runtimes, board } = shop;
  const { reading } = comparison;
  const drifted = new Set(await runtimes.drift(reading.services, signal));
  history.putSnapshot(reading.snapshot);
  const { revision } = history.begin({
    parent: null,
    author: request.author,
    origin: "adopted",
    reason: "What was there when Hotenv first saw the project.",
    severity: "minor",
    change: { entries: [], severity: "minor" },
    services: [],
    snapshot: reading.snapshot.id,
    model: serialiseModel({ name: reading.name, services: adoptedModel(reading.services, drifted) }),
    rollout: null,
    verdict: "applied",
  });
  holdBack(history, drifted, reading.services);
  history.observed(reading.snapshot.id);
  board.set({ revision, lastGood: revision });
  const runs = board.fields.services.some(({ state }) => state === "running");
  announce(
    shop,
    revision,
    runs ? "The project was adopted as it runs." : "The project was recorded as its files are.",
  );
  return compare(shop, request, signal);
}

function recordWithoutRollout(shop: Workshop, comparison: Comparison, request: ReconcileRequest): number {
  const { history, board } = shop;
  const { reading, running, change } = comparison;
  history.putSnapshot(reading.snapshot);
  const { revision } = history.begin({
    parent: running?.revision ?? null,
    author: request.author,
    origin: request.origin,
    reason: request.reason,
    severity: change.severity,
    change,
    services: [],
    snapshot: reading.snapshot.id,
    model: serialiseModel(keptModel(comparison)),
    rollout: null,
    verdict: "applied",
  });
  board.set({ revision, lastGood: revision });
  announce(shop, revision, "Recorded; no service uses what changed.");
  return revision;
}
