// The test command: makes the machine ready, builds, runs the suites one after another and adds up.
//
//   node test/run.ts [SUITE...]     lint unit docker page http host browser without one; electron, long by name
//
// Its last line is the sum over all suites.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { build } from "../scripts/build.ts";
import { sweepLeftovers } from "./support/docker.ts";
import { defaultSuites, type Part, type Suite, suites } from "./support/suites.ts";

const root = path.join(import.meta.dirname, "..");
const results = path.join(root, "test/.artifacts/results");
/** Hundreds of processes load the same files: each is compiled once. */
const compiled = path.join(root, "node_modules/.cache/hotenv-tests");

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed and why, to be said again at the very end: the output of a whole run is long. */
  readonly failures: readonly string[];
}

/** What is read of mocha's JSON report. */
const reportSchema = z.object({
  stats: z.object({ passes: z.number(), failures: z.number(), pending: z.number() }),
  failures: z.array(
    z.object({
      fullTitle: z.string(),
      file: z.string().nullish(),
      err: z.object({ message: z.string().optional(), stack: z.string().optional() }),
    }),
  ),
});

const lastWordsMs = 1_000;
const none: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
const failedWith = (failure: string): Tally => ({ ...none, failed: 1, failures: [failure] });

function chosen(names: readonly string[]): readonly Suite[] {
  const wanted = names.length > 0 ? names : defaultSuites;
  return wanted.map((name) => {
    const suite = suites.find((candidate) => candidate.name === name);
    if (suite === undefined) {
      throw new Error(
        `There is no suite ${name}; there are ${suites.map((known) => known.name).join(", ")}.`,
      );
    }
    return suite;
  });
}

/** The parts that this machine lacks and cannot get; the script has said why. */
function provision(parts: ReadonlySet<Part>): ReadonlySet<Part> {
  return new Set(
    [...parts].filter((part) => {
      const { status } = spawnSync("bash", ["test/provision.sh", part], {
        cwd: root,
        stdio: ["ignore", "inherit", "inherit"],
      });
      return status !== 0;
    }),
  );
}

/** Where a suite's output goes: to the terminal as it comes, or to a list until the suite is through. */
type Output = { readonly live: true } | { readonly live: false; readonly kept: string[] };

function say(output: Output, text: string): void {
  if (output.live) console.log(text);
  else output.kept.push(`${text}\n`);
}

async function runSuite(suite: Suite, output: Output): Promise<Tally> {
  if (suite.run.kind === "mocha") return runMocha(suite, suite.run.args, output);
  let tally = none;
  for (const [name, args] of Object.entries(suite.run.checks)) {
    const exitCode = await runNode(args, suite.limitSeconds, {}, output);
    say(output, `  ${exitCode === 0 ? "✔" : "✘"} ${name}`);
    tally = add(tally, exitCode === 0 ? { ...none, passed: 1 } : failedWith(name));
  }
  return tally;
}

async function runMocha(suite: Suite, args: readonly string[], output: Output): Promise<Tally> {
  const result = path.join(results, `${suite.name}.json`);
  rmSync(result, { force: true });
  const environment = {
    NODE_COMPILE_CACHE: compiled,
    HOTENV_RESULT: result,
    ...(suite.needsBuild ? { HOTENV_TEST_ENTRY: path.join(root, "dist/hotenv.cjs") } : {}),
    ...(suite.name === "unit" ? { HOTENV_REPORT: "dot" } : {}),
    ...(suite.name === "long" ? { HOTENV_LONG: "1", HOTENV_RUNS: process.env.HOTENV_RUNS ?? "500" } : {}),
  };
  const exitCode = await runNode(args, suite.limitSeconds, environment, output);
  const tally = readReport(result);
  if (tally === undefined) {
    return failedWith(`The ${suite.name} suite ended with exit code ${exitCode} and no report.`);
  }
  if (exitCode !== 0 && tally.failed === 0)
    return add(tally, failedWith(`Every test passed, and yet the suite ended with exit code ${exitCode}.`));
  if (tally.passed + tally.failed === 0) return failedWith(`The ${suite.name} suite has no tests.`);
  return tally;
}

function readReport(file: string): Tally | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const { stats, failures } = reportSchema.parse(JSON.parse(text));
  return {
    passed: stats.passes,
    failed: stats.failures,
    skipped: stats.pending,
    failures: failures.map(({ fullTitle, file, err }) =>
      [fullTitle, ...(file ? [path.relative(root, file)] : []), err.stack ?? err.message ?? ""].join("\n"),
    ),
  };
}

/** Runs a program of this Node's, in a process group of its own, so that a suite that hangs ends with its children. */
function runNode(
  args: readonly string[],
  limitSeconds: number,
  environment: Readonly<Record<string, string>>,
  output: Output,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: output.live ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    if (!output.live)
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding("utf8").on("data", (chunk: string) => void output.kept.push(chunk));
    const end = (): void => {
      if (child.pid === undefined || child.exitCode !== null) return;
      if (process.platform === "win32") child.kill();
      else process.kill(-child.pid, "SIGKILL");
    };
    const limit = setTimeout(() => {
      say(output, `It did not end within ${limitSeconds} s and was killed.`);
      end();
    }, limitSeconds * 1000);
    const interrupted = (): void => {
      end();
      process.exit(130);
    };
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    const settle = (exitCode: number): void => {
      clearTimeout(limit);
      process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
      resolve(exitCode);
    };
    child.once("error", (error) => {
      say(output, error.message);
      settle(-1);
    });
    child.once("close", (code) => settle(code ?? -1));
    // A process that it left behind may hold the pipes open: the last words come within a moment, or not at all.
    child.once("exit", (code) => setTimeout(settle, lastWordsMs, code ?? -1).unref());
  });
}

const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
});

const inWords = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function main(): Promise<boolean> {
  const wanted = chosen(process.argv.slice(2));
  mkdirSync(results, { recursive: true });
  const start = performance.now();
  const missing = provision(new Set(wanted.flatMap(({ parts }) => parts)));
  const lines = [`${"ready".padEnd(9)} ${seconds(start)}`];
  if (!missing.has("docker") && wanted.some(({ parts }) => parts.includes("docker"))) await sweepLeftovers();

  let buildFailure: string | undefined;
  if (wanted.some(({ needsBuild }) => needsBuild)) {
    await build().catch((error: unknown) => {
      buildFailure = error instanceof Error ? error.message : String(error);
    });
  }

  const tallies = new Map<Suite, { readonly tally: Tally; readonly line: string }>();
  const runOne = async (suite: Suite, output: Output): Promise<void> => {
    const started = performance.now();
    say(output, `\n── ${suite.name}`);
    const lacking = suite.parts.filter((part) => missing.has(part));
    const obstacle =
      lacking.length > 0
        ? `${lacking.join(" and ")} could not be provided.`
        : suite.needsBuild
          ? buildFailure
          : undefined;
    const tally =
      obstacle === undefined ? await runSuite(suite, output) : failedWith(`It cannot run: ${obstacle}`);
    if (!output.live) process.stdout.write(output.kept.join(""));
    const line = `${suite.name.padEnd(9)} ${inWords(tally)}  (${seconds(started)})`;
    tallies.set(suite, { tally, line });
  };
  // What waits for containers most of the time leaves the processor to the others. The browser has it alone.
  const waiting = wanted.filter(({ lane }) => lane === "waiting");
  const working = wanted.filter(({ lane }) => lane === "working");
  const isAlone = waiting.length === 0 || working.length === 0;
  const inOrder = async (lane: readonly Suite[], live: boolean): Promise<void> => {
    for (const suite of lane) await runOne(suite, live ? { live } : { live, kept: [] });
  };
  await Promise.all([inOrder(waiting, true), inOrder(working, isAlone)]);
  await inOrder(
    wanted.filter(({ lane }) => lane === "alone"),
    true,
  );

  let sum = none;
  for (const suite of wanted) {
    const { tally, line } = tallies.get(suite) ?? {
      tally: failedWith("It did not run."),
      line: `${suite.name} did not run`,
    };
    lines.push(line);
    sum = add(sum, tally);
    for (const failure of tally.failures) console.log(`\n── failed in ${suite.name}: ${failure}`);
  }
  console.log(`\n${lines.join("\n")}\n${inWords(sum)}`);
  return sum.failed === 0;
}

process.exitCode = (await main()) ? 0 : 1;
