/** What became of the tests of a suite. */
import { readFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed and why, to be said again at the very end: the output of a whole run is long. */
  readonly failures: readonly string[];
}

export const none: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
export const failedWith = (failure: string): Tally => ({ ...none, failed: 1, failures: [failure] });

export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

export const inWords = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

const testSchema = z.object({ fullTitle: z.string(), file: z.string().nullish() });

/** What is read of mocha's JSON report. */
const reportSchema = z.object({
  passes: z.array(testSchema),
  pending: z.array(testSchema),
  failures: z.array(
    testSchema.extend({
      err: z.object({ message: z.string().optional(), stack: z.string().optional() }),
    }),
  ),
});

/**
 * @param root what files are named from
 * @returns a tally for each file of tests, "" where a test has none; undefined where there is no report
 */
export function readReport(report: string, root: string): ReadonlyMap<string, Tally> | undefined {
  let text: string;
  try {
    text = readFileSync(report, "utf8");
  } catch {
    return undefined;
  }
  const { passes, pending, failures } = reportSchema.parse(JSON.parse(text));
  const tallies = new Map<string, Tally>();
  const count = (file: string | null | undefined, tally: Tally): void => {
    const name = file ? path.relative(root, file) : "";
    tallies.set(name, add(tallies.get(name) ?? none, tally));
  };
  for (const { file } of passes) count(file, { ...none, passed: 1 });
  for (const { file } of pending) count(file, { ...none, skipped: 1 });
  for (const { fullTitle, file, err } of failures)
    count(
      file,
      failedWith(
        [fullTitle, ...(file ? [path.relative(root, file)] : []), err.stack ?? err.message ?? ""].join("\n"),
      ),
    );
  return tallies;
}
