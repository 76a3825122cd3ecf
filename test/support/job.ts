/** A suite on an engine: how it is run, and what comes of it. */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { type Engine, engines } from "./engines.ts";
import { type Output, runCommand, say } from "./run-command.ts";
import type { Part, Run, Suite } from "./suites.ts";
import { add, failedWith, none, readReport, type Tally } from "./tally.ts";

export const root = path.join(import.meta.dirname, "../..");
const results = path.join(root, "test/.artifacts/results");
/** Hundreds of processes load the same files: each is compiled once. */
const compiled = path.join(root, "node_modules/.cache/hotenv-tests");

export interface Job {
  /** The suite's name, and the engine's where it runs on several. */
  readonly title: string;
  readonly suite: Suite;
  readonly engine: Engine;
  readonly parts: readonly Part[];
  /** Those of one lane run one after another. */
  readonly lane: string;
}

/** @param engine undefined where the suite does not ask for one */
export function jobOn(suite: Suite, engine: Engine | undefined): Job {
  if (engine === undefined)
    return { title: suite.name, suite, engine: engines.machine, parts: suite.parts, lane: suite.lane };
  const host = engine.environment.DOCKER_HOST ?? engine.name;
  return {
    title: `${suite.name} (${engine.name})`,
    suite,
    engine,
    parts: [engine.part, ...suite.parts],
    // Two Composes may share an engine.
    lane: suite.lane === "engine" ? `engine ${host}` : suite.lane,
  };
}

/** What of a suite is to run; everything where both are empty. */
export interface Choice {
  /** In the place of the suite's own. */
  readonly files: readonly string[];
  /** Mocha's. */
  readonly options: readonly string[];
}
export const everything: Choice = { files: [], options: [] };

export interface Outcome {
  readonly sum: Tally;
  /** "" stands for what belongs to no file. */
  readonly byFile: ReadonlyMap<string, Tally>;
}

export async function runJob(job: Job, choice: Choice, output: Output): Promise<Outcome> {
  const { run } = job.suite;
  if (run.kind !== "checks") return runTests(job, commandOf(run, choice), choice !== everything, output);
  let sum = none;
  for (const [name, args] of Object.entries(run.checks)) {
    const exitCode = await runNode(job, args, {}, output);
    say(output, `  ${exitCode === 0 ? "✔" : "✘"} ${name}`);
    sum = add(sum, exitCode === 0 ? { ...none, passed: 1 } : failedWith(name));
  }
  return { sum, byFile: new Map() };
}

function commandOf(run: Exclude<Run, { kind: "checks" }>, { files, options }: Choice): readonly string[] {
  if (run.kind === "script") return [run.script, ...options];
  const given = files.length > 0 ? files : run.files;
  const isOneFile = files.length === 1 && !files[0]?.includes("*");
  const pool = run.atOnce > 1 && !isOneFile ? ["--parallel", "--jobs", String(run.atOnce)] : [];
  return ["node_modules/mocha/bin/mocha.js", ...run.options, ...pool, ...options, ...given];
}

const reportOf = ({ title }: Job): string =>
  path.join(results, `${title.replaceAll(/\W+/g, " ").trim().replaceAll(" ", "-")}.json`);

/** What came of the job when it ran last; undefined where it never did. */
export const lastOutcome = (job: Job): Outcome | undefined => {
  const byFile = readReport(reportOf(job), root);
  return byFile && { sum: [...byFile.values()].reduce(add, none), byFile };
};

async function runTests(
  job: Job,
  args: readonly string[],
  fewTests: boolean,
  output: Output,
): Promise<Outcome> {
  const { suite, title } = job;
  const report = reportOf(job);
  mkdirSync(results, { recursive: true });
  rmSync(report, { force: true });
  const environment = {
    NODE_COMPILE_CACHE: compiled,
    HOTENV_RESULT: report,
    ...(suite.needsBuild ? { HOTENV_TEST_ENTRY: path.join(root, "dist/hotenv.cjs") } : {}),
    ...suite.environment,
    ...(fewTests ? { HOTENV_REPORT: "spec" } : {}),
  };
  const exitCode = await runNode(job, args, environment, output);
  const byFile = readReport(report, root);
  if (byFile === undefined)
    return {
      sum: failedWith(`The ${title} suite ended with exit code ${exitCode} and no report.`),
      byFile: new Map(),
    };
  const sum = [...byFile.values()].reduce(add, none);
  const also = (failure: string): Outcome => ({ sum: add(sum, failedWith(failure)), byFile });
  if (exitCode !== 0 && sum.failed === 0)
    return also(`Every test passed, and yet the suite ended with exit code ${exitCode}.`);
  if (sum.passed + sum.failed === 0) return also(`The ${title} suite has no tests.`);
  return { sum, byFile };
}

/** @param args a script of Node's, and its arguments */
function runNode(
  { engine, suite: { limitSeconds } }: Job,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  output: Output,
): Promise<number> {
  return runCommand(
    {
      command: engine.within([process.execPath, ...args]),
      directory: root,
      environment: { ...engine.environment, ...environment },
      limitSeconds,
    },
    output,
  );
}
