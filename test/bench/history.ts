/**
 * A long history beside a git repository of the same files, in one run: size, and what reading costs.
 *
 *     node test/bench/history.ts [REVISIONS]          default 100,000
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
import { median, table } from "./table.ts";

const defaultRepeats = 15;

export interface Comparison {
  readonly rows: readonly (readonly string[])[];
  readonly bytesPerRevision: number;
  readonly openMs: number;
}

function fill(history: History, revisions: number): void {
  for (let n = 1; n <= revisions; n++) {
    const { snapshot, draft, rollout, verdict } = revisionOf(n);
    history.putSnapshot(snapshot);
    const { revision } = history.begin(draft);
    history.conclude(revision, { verdict, rollout });
  }
}

function once(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Median of several runs, each of something else. */
function timed(repeats: number, work: (run: number) => unknown): number {
  return median(
    Array.from({ length: repeats }, (_, run) => {
      const start = performance.now();
      work(run);
      return performance.now() - start;
    }),
  );
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** @param root an empty directory */
export function compareWithGit(root: string, revisions: number, repeats = defaultRepeats): Comparison {
  const paths = { database: join(root, "state", "history.db"), key: join(root, "config", "key") };
  const repository = join(root, "git");
  let history = openHistory(paths);
  const started = performance.now();
  fill(history, revisions);
  const filledMs = performance.now() - started;
  history.close();
  const git = importIntoGit(repository, revisions);
  const bytes = statSync(paths.database).size;

  const openMs = timed(repeats, () => openHistory(paths).close());
  const checkedMs = once(() => {
    rmSync(`${paths.database}.checked`);
    openHistory(paths).close();
  });
  const fsckMs = once(() => runGit(repository, "fsck", "--no-progress"));
  history = openHistory(paths);
  const at = (run: number): number => 1 + Math.floor(((run + 0.5) / repeats) * (revisions - 1));
  const commit = (n: number): string => `HEAD~${revisions - n}`;
  const contentOf = (n: number) => history.getSnapshot(history.snapshotOf(n))?.files;
  const rows: string[][] = [
    ["what", "Hotenv", "git"],
    ["on disk", megabytes(bytes), megabytes(sizeOf(repository))],
    ["bytes a revision", (bytes / revisions).toFixed(0), (sizeOf(repository) / revisions).toFixed(0)],
    ["write, each (git: bulk import)", ms(filledMs / revisions), ms(git.importMs / revisions)],
    ["open", ms(openMs), "—"],
    ["open, with the daily check of all of it", ms(checkedMs), ms(fsckMs)],
  ];
  const row = (what: string, ours: (n: number) => unknown, theirs?: (n: number) => unknown): void => {
    const timeOf = (work: (n: number) => unknown) => ms(timed(repeats, (run) => work(at(run))));
    rows.push([what, timeOf(ours), theirs === undefined ? "—" : timeOf(theirs)]);
  };
  row(
    "list the newest 100",
    () => history.list({ limit: 100 }),
    () => runGit(repository, "log", "-n", "100", "--stat"),
  );
  row(
    "list 100 in the middle",
    (n) => history.list({ limit: 100, before: n }),
    (n) => runGit(repository, "log", "-n", "100", "--stat", commit(n)),
  );
  row(
    "show",
    (n) => history.show(n),
    (n) => runGit(repository, "show", commit(n)),
  );
  row(
    "diff of two: their contents",
    (n) => [contentOf(n), contentOf(revisions)],
    (n) => runGit(repository, "diff", commit(n), "HEAD"),
  );
  row(
    "the newest 100 changes of one key",
    (n) => history.keyHistory(keyName(n % 200), { limit: 100 }),
    // Git has to look through every version of the file: half of them are enough to see what that costs.
    () => runGit(repository, "log", "-n", "5", "-G", `^${keyName(7)}=`, "--format=%h", "--", ".env"),
  );
  row(
    "content to roll back to, model included",
    (n) => [contentOf(n), history.model(n)],
    (n) => runGit(repository, "archive", commit(n)),
  );
  row("list 100 of one verdict and service", () =>
    history.list({ verdict: "rolled-back", service: "service3" }),
  );
  row("statistics of all", () => history.statistics({}));
  for (const n of [1, Math.ceil(revisions / 2), revisions]) {
    const found = contentOf(n)?.find(({ path }) => path === ".env")?.bytes;
    if (Buffer.from(found ?? []).toString() !== envText(n)) throw new Error(`revision ${n} reads wrongly`);
    if (runGit(repository, "show", `${commit(n)}:.env`) !== envText(n)) throw new Error("git reads wrongly");
    if (contentOf(n)?.length !== snapshotAt(n).files.length) throw new Error(`revision ${n} lacks files`);
    if (!history.keyHistory(keyOf(n)).some(({ revision }) => revision === n || n < revisions - 20_000))
      throw new Error(`revision ${n} is missing in the history of its key`);
  }
  history.close();
  return { rows, bytesPerRevision: bytes / revisions, openMs };
}

if (import.meta.main) {
  const revisions = Number(process.argv[2] ?? 100_000);
  const root = mkdtempSync(join(tmpdir(), "hotenv-bench-"));
  try {
    const { rows } = compareWithGit(root, revisions);
    console.log(`${revisions} revisions of a project of 200 keys; times are medians of ${defaultRepeats}\n`);
    console.log(table(rows));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
