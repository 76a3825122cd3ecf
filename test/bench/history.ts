/**
 * A long history beside a git repository of the same files, in one run: size, and what reading costs.
 * `npm run bench -- history`.
 *
 * Every revision changes one of 200 keys. Git gets the same files by `git fast-import`, whose pack is the
 * smallest that git makes without being asked for more; `git commit` would leave loose objects.
 */
import { cpSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type History, openHistory } from "../../agent/history/history.ts";
import { importIntoGit, runGit, sizeOf } from "./git-twin.ts";
import { envText, keyName, keyOf, revisionOf, snapshotAt } from "./long-project.ts";
import { type Benchmark, inTurns, type Line, type Scale, took } from "./measure.ts";

const sizes: Readonly<Record<Scale, readonly number[]>> = { smoke: [300], full: [1_000, 10_000, 100_000] };
const rounds: Readonly<Record<Scale, number>> = { smoke: 2, full: 9 };
const bytesInMegabyte = 1e6;
/** So many of the newest are written to the disk one by one, and timed. */
const timedWrites = 20;
/** With room for what SQLite keeps beside the database. */
const bytesEach = 10_000;

interface Paths {
  readonly database: string;
  readonly key: string;
}

function write(history: History, n: number): void {
  const { snapshot, draft, rollout, verdict } = revisionOf(n);
  history.putSnapshot(snapshot);
  const { revision } = history.begin(draft);
  history.conclude(revision, { verdict, rollout });
}

/** All but the newest are written where waiting for the disk costs nothing, and moved. */
async function fill(paths: Paths, revisions: number): Promise<void> {
  const memory = await roomInMemory(revisions * bytesEach);
  const place = memory ?? dirname(dirname(paths.database));
  const there = { database: join(place, "state", "history.db"), key: join(place, "config", "key") };
  const history = openHistory(there);
  for (let n = 1; n <= revisions; n++) write(history, n);
  history.close();
  if (memory === undefined) return;
  cpSync(memory, dirname(dirname(paths.database)), { recursive: true, preserveTimestamps: true });
  rmSync(memory, { recursive: true });
}

/** A directory in memory; undefined where the machine has none that is large enough. */
async function roomInMemory(bytes: number): Promise<string | undefined> {
  const memory = "/dev/shm";
  const found = await statfs(memory).catch(() => undefined);
  if (found === undefined || found.bavail * found.bsize < bytes) return undefined;
  return mkdtempSync(join(memory, "hotenv-bench-"));
}

function verify(history: History, repository: string, commits: readonly string[]): void {
  const revisions = commits.length;
  for (const n of [1, Math.ceil(revisions / 2), revisions]) {
    const files = history.getSnapshot(history.snapshotOf(n))?.files;
    const found = files?.find(({ path }) => path === ".env")?.bytes;
    if (Buffer.from(found ?? []).toString() !== envText(n)) throw new Error(`revision ${n} reads wrongly`);
    if (runGit(repository, "show", `${commits[n - 1]}:.env`) !== envText(n))
      throw new Error("git reads wrongly");
    if (files?.length !== snapshotAt(n).files.length) throw new Error(`revision ${n} lacks files`);
    if (!history.keyHistory(keyOf(n)).some(({ revision }) => revision === n || n < revisions - 20_000))
      throw new Error(`revision ${n} is missing in the history of its key`);
  }
}

/** @param root an empty directory */
export async function compareWithGit(
  root: string,
  revisions: number,
  scale: Scale,
): Promise<readonly Line[]> {
  const paths = { database: join(root, "state", "history.db"), key: join(root, "config", "key") };
  const repository = join(root, "git");
  await fill(paths, revisions - timedWrites);
  let history = openHistory(paths);
  const writing: number[] = [];
  for (let n = revisions - timedWrites + 1; n <= revisions; n++)
    writing.push(await took(() => write(history, n)));
  history.close();
  const git = importIntoGit(repository, revisions);
  const lines: Line[] = [];
  const add = (
    name: string,
    unit: Line["unit"],
    hotenv: readonly number[],
    theirs?: readonly number[],
    note?: string,
  ): void => {
    const peers: Line["peers"] = theirs === undefined ? {} : { git: theirs };
    const more = note === undefined ? {} : { note };
    lines.push({ group: "History", name, unit, size: revisions, hotenv, peers, ...more });
  };
  add(
    "on disk",
    "MB",
    [statSync(paths.database).size / bytesInMegabyte],
    [sizeOf(repository) / bytesInMegabyte],
  );
  add(
    "write one, on disk before it goes on",
    "ms",
    writing,
    [git.importMs / revisions],
    "Git's figure for writing is one import of all commits, without waiting for the disk. `log -G` finds 5 changes of a key, Hotenv 100.",
  );
  const openings = await inTurns(
    { open: () => took(() => openHistory(paths).close()) },
    { rounds: rounds[scale] },
  );
  add("open", "ms", openings.open);
  const checks = await inTurns(
    {
      hotenv: () =>
        took(() => {
          rmSync(`${paths.database}.checked`);
          openHistory(paths).close();
        }),
      git: () => took(() => runGit(repository, "fsck", "--no-progress")),
    },
    { rounds: 1, warmUp: 0 },
  );
  add("open, with the daily check of all of it (git fsck)", "ms", checks.hotenv, checks.git);

  history = openHistory(paths);
  const at = (round: number): number =>
    1 + Math.floor(((Math.max(0, round) + 0.5) / rounds[scale]) * (revisions - 1));
  const commit = (n: number): string => git.commits[n - 1] ?? "HEAD";
  const contentOf = (n: number) => history.getSnapshot(history.snapshotOf(n))?.files;
  const beside = async (name: string, ours: (n: number) => unknown, theirs: (n: number) => unknown) => {
    const samples = await inTurns(
      {
        hotenv: (round) => took(() => ours(at(round))),
        git: (round) => took(() => theirs(at(round))),
      },
      { rounds: rounds[scale] },
    );
    add(name, "ms", samples.hotenv, samples.git);
  };
  await beside(
    "list the newest 100",
    () => history.list({ limit: 100 }),
    () => runGit(repository, "log", "-n", "100", "--stat"),
  );
  await beside(
    "list 100 in the middle",
    (n) => history.list({ limit: 100, before: n }),
    (n) => runGit(repository, "log", "-n", "100", "--stat", commit(n)),
  );
  await beside(
    "show",
    (n) => history.show(n),
    (n) => runGit(repository, "show", commit(n)),
  );
  await beside(
    "diff of two: their contents",
    (n) => [contentOf(n), contentOf(revisions)],
    (n) => runGit(repository, "diff", commit(n), "HEAD"),
  );
  await beside(
    "changes of one key",
    (n) => history.keyHistory(keyName(n % 200), { limit: 100 }),
    // Git has to look through every version of the file: five are enough to see what that costs.
    () => runGit(repository, "log", "-n", "5", "-G", `^${keyName(7)}=`, "--format=%h", "--", ".env"),
  );
  await beside(
    "content to roll back to, model included",
    (n) => [contentOf(n), history.model(n)],
    (n) => runGit(repository, "archive", commit(n)),
  );
  const alone = await inTurns(
    {
      filtered: () => took(() => history.list({ verdict: "rolled-back", service: "service3" })),
      statistics: () => took(() => history.statistics({})),
    },
    { rounds: rounds[scale] },
  );
  add("list 100 of one verdict and service", "ms", alone.filtered);
  add("statistics of all", "ms", alone.statistics);
  verify(history, repository, git.commits);
  add("prune the older half", "ms", [await took(() => history.prune({ keep: Math.floor(revisions / 2) }))]);
  history.close();
  return lines;
}

export const benchmark: Benchmark = async (scale) => {
  const lines: Line[] = [];
  for (const revisions of sizes[scale]) {
    const root = mkdtempSync(join(tmpdir(), "hotenv-bench-"));
    try {
      lines.push(...(await compareWithGit(root, revisions, scale)));
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  return lines;
};
