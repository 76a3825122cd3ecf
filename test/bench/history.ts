/**
 * A long history beside a git repository of the same files, in one run: size, and what reading costs.
 * `npm run bench -- history`.
 *
 * Every revision changes one of 200 keys. Git gets the same files by `git fast-import`, whose pack is the
 * smallest that git makes without being asked for more; `git commit` would leave loose objects.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type History, openHistory } from "../../agent/history/history.ts";
import { importIntoGit, runGit, sizeOf } from "./git-twin.ts";
import { envText, keyName, keyOf, revisionOf, snapshotAt } from "./long-project.ts";
import { type Benchmark, inTurns, type Line, type Scale, took } from "./measure.ts";

const sizes: Readonly<Record<Scale, readonly number[]>> = { smoke: [300], full: [1_000, 10_000, 100_000] };
const rounds: Readonly<Record<Scale, number>> = { smoke: 2, full: 9 };
const bytesInMegabyte = 1e6;
/** So many samples are taken while the history is written. */
const chunks = 10;

/** @returns what each revision took, in ms: the mean of each of ten parts */
function fill(history: History, revisions: number): number[] {
  const means: number[] = [];
  let start = performance.now();
  let since = 0;
  for (let n = 1; n <= revisions; n++) {
    const { snapshot, draft, rollout, verdict } = revisionOf(n);
    history.putSnapshot(snapshot);
    const { revision } = history.begin(draft);
    history.conclude(revision, { verdict, rollout });
    if (n % Math.ceil(revisions / chunks) !== 0) continue;
    means.push((performance.now() - start) / (n - since));
    start = performance.now();
    since = n;
  }
  return means;
}

function verify(history: History, repository: string, revisions: number): void {
  for (const n of [1, Math.ceil(revisions / 2), revisions]) {
    const files = history.getSnapshot(history.snapshotOf(n))?.files;
    const found = files?.find(({ path }) => path === ".env")?.bytes;
    if (Buffer.from(found ?? []).toString() !== envText(n)) throw new Error(`revision ${n} reads wrongly`);
    if (runGit(repository, "show", `HEAD~${revisions - n}:.env`) !== envText(n))
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
  let history = openHistory(paths);
  const writing = fill(history, revisions);
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
  const commit = (n: number): string => `HEAD~${revisions - n}`;
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
  verify(history, repository, revisions);
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
