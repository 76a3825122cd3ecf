/**
 * Brings what runs to what the files say. Called for every change; it finds out by itself whether there is
 * anything to do.
 */
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Outcome } from "../../core/protocol/messages.ts";
import { describePlan } from "../rollout/rollout-plan.ts";
import { effectOf } from "./compared.ts";
import { type Comparison, compare, keptModel } from "./comparison.ts";
import { adoptedModel, holdBack, holdBackMore } from "./drift.ts";
import { execute } from "./execute.ts";
import { putKeptBack } from "./kept-failure.ts";
import { serialiseModel } from "./serialise.ts";
import { changeId, type Snapshot } from "./snapshot.ts";
import { announce, type ReconcileRequest, type Workshop } from "./workshop.ts";

export interface Reconciled {
  readonly outcome: Outcome;
  /** It was not applied: somebody must say yes first. */
  readonly waits: boolean;
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
  shop.changes.resolved(reading.snapshot, change, request.origin);
  const described = describePlan(plan);
  const notUp = reading.isCompose && !board.fields.services.some(({ state }) => state === "running");
  const notice =
    notUp && !request.up ? "The project is not up. Start it with `hotenv apply --up`." : plan.notes.join(" ");
  if (plan.phases.length === 0) {
    const same = running !== undefined && effectOf(running.snapshot) === effectOf(reading.snapshot);
    shop.changes.decide("unused", { plan: described });
    const revision = same ? null : await recordWithoutRollout(shop, comparison, request);
    holdBackMore(history, comparison.later, reading.services);
    history.observed(reading.snapshot.id);
    board.set({
      reading: false,
      error: "",
      notice,
      waiting: undefined,
      rollout: same ? board.fields.rollout : null,
    });
    const message = same
      ? "Nothing to do: everything runs with the files on disk."
      : "No service uses what changed; nothing was restarted.";
    const said = [message, notice].filter(Boolean).join(" ");
    return {
      outcome: { verdict: "applied", revision, message: said, plan: described, rollout: null },
      snapshot: reading.snapshot,
      waits: false,
    };
  }
  if (mustAsk(comparison, request)) {
    board.set({
      reading: false,
      error: "",
      notice: "",
      waiting: { id: changeId(reading.snapshot), for: "confirm", plan: described },
    });
    const message = "The change waits for a yes; nothing was touched.";
    shop.changes.decide("waits", { plan: described, message });
    return {
      outcome: { verdict: "inconclusive", revision: null, message, plan: described, rollout: null },
      snapshot: reading.snapshot,
      waits: true,
    };
  }
  board.set({ waiting: undefined });
  shop.changes.decide("applies", { plan: described });
  return {
    outcome: await execute(shop, comparison, request, signal),
    snapshot: reading.snapshot,
    waits: false,
  };
}

/** Whoever applies by hand, or goes back, has said yes by that. What differs without a change is no news. */
function mustAsk({ reading, change }: Comparison, { explicit, confirmed }: ReconcileRequest): boolean {
  if (explicit || change.entries.length === 0) return false;
  return (
    reading.settings.policy.confirm.includes(change.severity) && confirmed !== changeId(reading.snapshot)
  );
}

/** Somebody said no: it is remembered as such, and not asked about again. */
export async function dismiss(
  shop: Workshop,
  request: Pick<ReconcileRequest, "author" | "origin"> & { readonly id: string },
  signal: AbortSignal,
): Promise<Reconciled> {
  const { history, board } = shop;
  const comparison = await compare(shop, { explicit: false, up: false }, signal);
  const { reading, running, change, plan } = comparison;
  if (changeId(reading.snapshot) !== request.id || running === undefined) throw changedMeanwhile();
  history.putSnapshot(reading.snapshot);
  const { revision } = history.begin({
    parent: running.revision,
    author: await request.author,
    origin: request.origin,
    reason: "Dismissed.",
    severity: change.severity,
    change,
    services: [],
    snapshot: reading.snapshot.id,
    model: serialiseModel(running),
    rollout: null,
    verdict: "rejected",
  });
  history.observed(reading.snapshot.id);
  board.set({ reading: false, waiting: undefined, notice: dismissedNotice });
  const message = `Dismissed; revision ${running.revision} runs on.`;
  shop.changes.decide("refused", { message });
  announce(shop, revision, message);
  return {
    outcome: { verdict: "rejected", revision, message, plan: describePlan(plan), rollout: null },
    snapshot: reading.snapshot,
    waits: false,
  };
}

export const dismissedNotice =
  "The files hold a change that was dismissed. `hotenv apply` applies it all the same.";

export const changedMeanwhile = (): HotenvError =>
  new HotenvError("file-changed", "The files have changed since the question was asked.", {
    todo: "Look at the new change, and answer again.",
  });

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
    author: await request.author,
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

async function recordWithoutRollout(
  shop: Workshop,
  comparison: Comparison,
  request: ReconcileRequest,
): Promise<number> {
  const { history, board } = shop;
  const { reading, running, change } = comparison;
  history.putSnapshot(reading.snapshot);
  const { revision } = history.begin({
    parent: running?.revision ?? null,
    author: await request.author,
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
