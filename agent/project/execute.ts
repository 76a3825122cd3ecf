/** Carries a plan out as one revision, or brings the last good one back to life. */
import { randomBytes } from "node:crypto";
import { dirname } from "node:path";
import { toHotenvError } from "../../core/protocol/errors.ts";
import type { Outcome } from "../../core/protocol/messages.ts";
import type { Verdict } from "../../core/protocol/words.ts";
import type { History } from "../history/history.ts";
import { runRollout } from "../rollout/engine.ts";
import { Progress } from "../rollout/progress.ts";
import { describePlan, type FileToReturn, noFiles, type ReturnedFiles } from "../rollout/rollout-plan.ts";
import { judgeRollout, keepBreakers } from "./breaker.ts";
import { type Comparison, keptModel, withMissing } from "./comparison.ts";
import { forgetDrift, holdBackMore } from "./drift.ts";
import { keepFailure } from "./kept-failure.ts";
import { planProject } from "./plan-project.ts";
import type { Reading } from "./reading.ts";
import { serialiseModel } from "./serialise.ts";
import { announce, type ReconcileRequest, type Running, runningRevision, type Workshop } from "./workshop.ts";
import { writeIfUnchanged } from "./write-file.ts";

/** @throws HotenvError agent-unreachable where the plan needs a runtime that this process may not own */
export async function execute(
  shop: Workshop,
  comparison: Comparison,
  request: ReconcileRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { history, events, board, runtimes, directory } = shop;
  const { reading, running, change, plan } = comparison;
  // What a service says may be older than the state that it goes from.
  const hide = (text: string): string => shop.hide(comparison.hide(text));
  // What nobody here can run is refused before there is a revision of it: it says nothing about the change.
  for (const { steps } of plan.phases)
    for (const step of steps) runtimes.of((step.target ?? step.current)?.runtime ?? "compose");
  history.putSnapshot(reading.snapshot);
  const id = randomBytes(4).toString("hex");
  const services = plan.phases.flatMap(({ steps }) => steps.map(({ service }) => service));
  const files = filesToReturn(comparison);
  const begin = new Progress(id, 0, plan, () => undefined, hide).rollout;
  const { revision } = history.begin({
    parent: running?.revision ?? null,
    author: await request.author,
    origin: request.origin,
    reason: request.reason,
    severity: change.severity,
    change,
    services,
    snapshot: reading.snapshot.id,
    model: serialiseModel(keptModel(comparison)),
    rollout: begin,
  });
  // Before the first container is touched: whatever comes of it, this state of the disk is not tried again by itself.
  history.observed(reading.snapshot.id);
  const progress = new Progress(
    id,
    revision,
    plan,
    ({ rollout, phase, step }) => {
      events.emit("restart_progress", { rollout: id, revision, phase, step });
      board.set({ rollout });
    },
    hide,
  );
  board.set({
    reading: false,
    rolling: true,
    rollout: progress.rollout,
    error: "",
    notice: "",
    waiting: undefined,
  });
  events.emit("restart_progress", { rollout: id, revision });

  const { policy } = reading.settings;
  const rolling = shop.cancellation.during(revision, signal, (either) =>
    runRollout(
      { revision, plan, files, stabilityMs: policy.stabilityMs, keep: policy.onFailure === "keep" },
      {
        journal: history,
        progress,
        runtimeOf: (step) => runtimes.of((step.target ?? step.current)?.runtime ?? "compose"),
        returnFiles: (wanted) => returnFiles(directory, history, wanted),
        keepFailed: (performed) => keepFailure(history, revision, performed),
      },
      either,
    ),
  );
  const rollout = await rolling.catch((error: unknown) => {
    // The runtime is away: what was begun stays in the journal, and is put back when somebody comes here again.
    board.set({ rolling: false, error: toHotenvError(error).message });
    throw error;
  });
  const verdict = rollout.verdict ?? "failed";
  try {
    history.conclude(revision, { verdict, rollout });
  } catch (error) {
    board.set({
      rolling: false,
      rollout,
      error: `${rollout.reason ?? ""} ${toHotenvError(error).message}`.trim(),
    });
    throw error;
  }
  const breakers = judgeRollout(board.fields.breakers, rollout, reading.services, policy.breaker, Date.now());
  keepBreakers(history, breakers);
  if (verdict === "applied") {
    forgetDrift(history, services);
    holdBackMore(history, comparison.later, reading.services);
  }
  const message = messageOf(verdict, rollout.reason, services, history.lastGood());
  board.set({
    rolling: false,
    breakers,
    rollout,
    revision: history.current(),
    lastGood: history.lastGood(),
    error: verdict === "applied" ? "" : message,
    notice: verdict === "applied" ? plan.notes.join(" ") : "",
    services: withMissing(
      reading.services,
      await runtimes.observe(AbortSignal.timeout(10_000)).catch(() => board.fields.services),
    ),
  });
  events.emit("restart_completed", { rollout });
  announce(shop, revision, message);
  return { verdict, revision, message, plan: describePlan(plan), rollout };
}

/**
 * What going back does to files: those that the containers read directly, and where the policy says `rollback-all`,
 * every other that changed, too.
 */
function filesToReturn({ reading, running, change, plan }: Comparison): FileToReturn[] {
  if (running === undefined) return [];
  const touched = new Set(plan.phases.flatMap(({ steps }) => steps.map(({ service }) => service)));
  const changed = new Map(change.entries.map((entry) => [entry.source, entry.role]));
  const mounts = [...reading.services.values()]
    .filter(({ name }) => touched.has(name))
    .flatMap((model) => model.files);
  const isAll = reading.settings.policy.onFailure === "rollback-all";
  return [...changed].flatMap(([path, role]) => {
    const uses = mounts.filter((file) => file.path === path);
    const read = uses.length > 0 && role === "file";
    // Examples and schemas only describe.
    if (!read && !(isAll && role !== "schema")) return [];
    if (!existedFor(running, path)) return [];
    const expected = reading.snapshot.files.find((file) => file.path === path)?.hash ?? null;
    return [
      { path, expected, snapshot: running.snapshot.id, inPlace: uses.some((file) => file.alone), read },
    ];
  });
}

/**
 * Whether the revision that runs knew of the file, be it that there was none. A file that is a source only since this
 * change may have been there for years: nothing is known of what it was, and it is left alone.
 */
function existedFor({ snapshot, services }: Running, path: string): boolean {
  if (snapshot.files.some((file) => file.path === path)) return true;
  const folders = [...services.values()].flatMap(({ files }) =>
    files.filter(({ alone }) => !alone).map((file) => dirname(file.path)),
  );
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

export async function returnFiles(
  directory: string,
  history: History,
  files: readonly FileToReturn[],
): Promise<ReturnedFiles> {
  const back: string[] = [];
  const left: string[] = [];
  for (const { path, expected, snapshot, inPlace } of files) {
    const content = history.getSnapshot(snapshot)?.files.find((file) => file.path === path)?.bytes ?? null;
    const result = await writeIfUnchanged(directory, { path, expected, content, inPlace });
    if (result === "written") back.push(path);
    if (result === "changed-meanwhile") left.push(path);
  }
  return { back, left };
}

function messageOf(
  verdict: Verdict,
  reason: string | undefined,
  services: readonly string[],
  lastGood: number | null,
): string {
  const names = services.join(", ");
  switch (verdict) {
    case "applied":
      return `Applied to ${names}.${reason === undefined ? "" : ` ${reason}`}`;
    case "rolled-back":
      return `${reason ?? "The rollout failed."} Revision ${lastGood ?? "before"} runs again.`;
    case "rejected":
      return `${reason ?? "The change was rejected."} Nothing was touched.`;
    default:
      return reason ?? "The rollout failed.";
  }
}

/**
 * Starts again what the last good revision has and what is not running: local services that ended with the
 * former agent, while the files hold a change that has failed before. No new revision: nothing new is applied.
 */
export async function revive(shop: Workshop, reading: Reading, signal: AbortSignal): Promise<void> {
  const { history, board, runtimes } = shop;
  const running = runningRevision(history);
  if (running === undefined) return;
  await runtimes.provide(running.name, running.services);
  const plan = planProject({
    change: { entries: [], severity: "minor" },
    settings: reading.settings,
    before: running.services,
    after: running.services,
    running: await runtimes.observe(signal),
    upToDate: new Set(),
    up: false,
    expected: () => undefined,
  });
  if (plan.phases.length === 0) return;
  const progress = new Progress(
    "revival",
    running.revision,
    plan,
    ({ rollout }) => board.set({ rollout }),
    (text) => text,
  );
  const { verdict, reason } = await runRollout(
    { revision: running.revision, plan, files: [], stabilityMs: 0 },
    {
      // A crash here leaves what it finds: the runtime knows its processes by itself.
      journal: { intend: () => undefined, mark: () => undefined, commitPoint: () => undefined },
      progress,
      runtimeOf: (step) => runtimes.of((step.target ?? step.current)?.runtime ?? "process"),
      returnFiles: noFiles,
    },
    signal,
  );
  board.set({ services: withMissing(running.services, await runtimes.observe(signal)) });
  if (verdict !== "applied")
    board.set({ error: reason ?? "The last good revision could not be started again." });
}
