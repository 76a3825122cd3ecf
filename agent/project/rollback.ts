/** Goes back to a revision: its files come back first, then they are applied like any other change. */
import { diffSources } from "../../core/change/diff.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Outcome } from "../../core/protocol/messages.ts";
import type { Author } from "../../core/protocol/words.ts";
import { severityOf } from "../../core/settings/settings.ts";
import type { History } from "../history/history.ts";
import { describePlan } from "../rollout/rollout-plan.ts";
import { compareSources, hiderOf } from "./compared.ts";
import { planProject } from "./plan-project.ts";
import { readTexts } from "./reading.ts";
import { reconcile } from "./reconcile.ts";
import { sensitivityOf } from "./sensitivity.ts";
import type { Snapshot } from "./snapshot.ts";
import { newestTried } from "./tried.ts";
import { revisionContent, runningRevision, type Workshop } from "./workshop.ts";
import { type FileWrite, writeIfUnchanged } from "./write-file.ts";

export interface RollbackRequest {
  readonly revision: number | undefined;
  readonly dryRun: boolean;
  readonly author: Author;
}

/** The last good before the newest revision; where the newest one failed, that is the one that runs. */
export function defaultTarget({ history }: Workshop): number {
  const newest = newestTried(history);
  const target =
    newest && (newest.verdict === "applied" ? history.previousGood(newest.revision) : history.lastGood());
  if (target == null)
    throw new HotenvError("revision-unknown", "There is no earlier revision to go back to.", {
      todo: "`hotenv history list` shows what there is.",
    });
  return target;
}

/** @throws HotenvError revision-unknown, file-changed, and whatever reconcile throws */
export async function rollBack(
  shop: Workshop,
  request: RollbackRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { history, directory } = shop;
  const target = revisionContent(history, request.revision ?? defaultTarget(shop));
  refuseMasked(history, target.revision);
  const texts = await readTexts(directory, shop.environment, knownFiles(shop));
  if (request.dryRun) return dryRun(shop, target.revision, texts.snapshot);

  const writes = writesTo(target.snapshot, texts.snapshot, aloneFiles(shop));
  const undo = writesTo(texts.snapshot, target.snapshot, aloneFiles(shop));
  const reason = `Rolled back to revision ${target.revision}.`;
  return writeAndReconcile(shop, { writes, undo, author: request.author, reason }, signal);
}

/** Writes files and applies them; where that does not end well, the files are what they were. */
export async function writeAndReconcile(
  shop: Workshop,
  request: {
    readonly writes: readonly FileWrite[];
    readonly undo: readonly FileWrite[];
    readonly author: Author;
    readonly reason: string;
  },
  signal: AbortSignal,
): Promise<Outcome> {
  const { writes, undo, author, reason } = request;
  await writeAll(shop, writes, undo);
  try {
    const { outcome } = await reconcile(
      shop,
      { origin: "rollback", author, reason, explicit: true, up: false },
      signal,
    );
    if (outcome.verdict !== "applied") await writeAll(shop, undo, []);
    return outcome;
  } catch (error) {
    await writeAll(shop, undo, []);
    throw error;
  }
}

/** @throws HotenvError usage */
export function refuseMasked(history: History, revision: number): void {
  if (!history.isMasked(revision)) return;
  throw new HotenvError(
    "usage",
    `Revision ${revision} was imported without its secrets, so it cannot be gone back to.`,
    { todo: "Import an archive that was exported with a passphrase." },
  );
}

export const knownFiles = ({ board }: Workshop) => board.fields.sources.filter(({ role }) => role === "file");

export function aloneFiles({ history }: Workshop): ReadonlySet<string> {
  const running = runningRevision(history);
  const files = [...(running?.services.values() ?? [])].flatMap((model) => model.files);
  return new Set(files.filter((file) => file.alone).map((file) => file.path));
}

/** What turns the files of one snapshot into those of another. Examples and schemas describe; they stay. */
function writesTo(target: Snapshot, from: Snapshot, alone: ReadonlySet<string>): FileWrite[] {
  const now = new Map(from.files.map((file) => [file.path, file]));
  return target.files.flatMap((file): FileWrite[] => {
    const found = now.get(file.path);
    if (file.role === "schema" || (found?.hash ?? null) === file.hash) return [];
    return [
      { path: file.path, expected: found?.hash ?? null, content: file.bytes, inPlace: alone.has(file.path) },
    ];
  });
}

/** All or none: what was written is undone when a later file turns out to have been edited. */
async function writeAll(
  { directory }: Workshop,
  writes: readonly FileWrite[],
  undo: readonly FileWrite[],
): Promise<void> {
  const written: string[] = [];
  for (const write of writes) {
    const result = await writeIfUnchanged(directory, write);
    if (result !== "changed-meanwhile") {
      written.push(write.path);
      continue;
    }
    for (const back of undo) if (written.includes(back.path)) await writeIfUnchanged(directory, back);
    throw new HotenvError("file-changed", `${write.path} was edited while Hotenv was about to put it back.`, {
      location: { file: write.path },
      todo: "Your edit was kept. Try the rollback again.",
    });
  }
}

async function dryRun(shop: Workshop, revision: number, disk: Snapshot): Promise<Outcome> {
  const { history, environment, runtimes, board } = shop;
  const target = revisionContent(history, revision);
  const running = runningRevision(history);
  const { settings } = await readTexts(shop.directory, environment, []);
  const isSensitive = sensitivityOf([disk, target.snapshot]);
  const change = diffSources(
    compareSources(disk, environment),
    compareSources(target.snapshot, environment),
    {
      severityOf: (key) => severityOf(key, settings),
      isSensitive,
      hide: hiderOf([disk, target.snapshot], environment, isSensitive),
    },
  );
  await runtimes.provide(target.name, target.services);
  const plan = planProject({
    change,
    settings,
    before: running?.services ?? new Map(),
    after: target.services,
    running: board.fields.services,
    upToDate: new Set(),
    up: false,
    expected: (service, action) => history.medianDuration(service, action),
  });
  const described = describePlan(plan);
  const services = described.phases.flatMap(({ steps }) => steps.map(({ service }) => service));
  const message =
    services.length === 0
      ? `Going back to revision ${revision} would restart nothing.`
      : `Going back to revision ${revision} would touch ${services.join(", ")}.`;
  return { verdict: "applied", revision: null, message, plan: described, rollout: null };
}
