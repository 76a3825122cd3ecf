// The test command: makes the machine ready, builds, runs the suites and adds up.
//
//   node test/run.ts [SUITE...]     lint unit system docker page http host browser without one; electron, long by name
//   node test/run.ts SUITE [FILE...] [--grep TEXT] [--bail]
//
// HOTENV_ENGINE names the engines of the docker suite. The last line is the sum over all suites.
import { build } from "../scripts/build.ts";
import { type Order, readArguments } from "./support/arguments.ts";
import { type Job, runJob } from "./support/job.ts";
import { inLanes } from "./support/lanes.ts";
import { isElsewhere, obstacleOf, provide, sweep } from "./support/provide.ts";
import { type Output, say } from "./support/run-command.ts";
import { add, failedWith, inWords, none, type Tally } from "./support/tally.ts";

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const { HOTENV_ENGINE: namedEngines } = process.env;

function readOrder(): Order {
  try {
    return readArguments(process.argv.slice(2), namedEngines);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

async function main(): Promise<boolean> {
  const order = readOrder();
  const start = performance.now();
  const missing = provide(order.jobs.flatMap(({ parts }) => parts));
  // Who names an engine wants it; else those of this kind of machine will do.
  const left = order.jobs.filter((job) => namedEngines === undefined && isElsewhere(job, missing));
  const jobs = order.jobs.filter((job) => !left.includes(job));
  sweep(
    jobs
      .filter(({ parts, engine }) => parts.includes(engine.part) && !missing.has(engine.part))
      .map(({ engine }) => engine),
  );
  let buildFailure: string | undefined;
  if (jobs.some(({ suite }) => suite.needsBuild)) {
    await build().catch((error: unknown) => {
      buildFailure = error instanceof Error ? error.message : String(error);
    });
  }
  const width = Math.max(...order.jobs.map(({ title }) => title.length));
  const lines = [`${"ready".padEnd(width)}  ${seconds(start)}`];
  for (const { title } of left) lines.push(`${title.padEnd(width)}  not on this kind of machine`);

  const tallies = new Map<Job, Tally>();
  const told = new Map<Job, string>();
  const runOne = async (job: Job, output: Output): Promise<void> => {
    const started = performance.now();
    say(output, `\n── ${job.title}`);
    const obstacle = obstacleOf(job, missing) ?? (job.suite.needsBuild ? buildFailure : undefined);
    const tally =
      obstacle === undefined
        ? (await runJob(job, order.choice, output)).sum
        : failedWith(`It cannot run: ${obstacle}`);
    if (!output.live) process.stdout.write(output.kept.join(""));
    tallies.set(job, tally);
    told.set(job, `${job.title.padEnd(width)}  ${inWords(tally)}  (${seconds(started)})`);
  };
  // What waits for containers most of the time leaves the processor to the others. The browser has it alone. One lane is
  // told as it goes: the one that takes longest.
  await inLanes(jobs, (job, isFirstLane) =>
    runOne(job, isFirstLane ? { live: true } : { live: false, kept: [] }),
  );

  let sum = none;
  for (const job of jobs) {
    const tally = tallies.get(job) ?? failedWith("It did not run.");
    lines.push(told.get(job) ?? `${job.title.padEnd(width)}  did not run`);
    sum = add(sum, tally);
    for (const failure of tally.failures) console.log(`\n── failed in ${job.title}: ${failure}`);
  }
  lines.push(`${"in all".padEnd(width)}  ${seconds(start)}`);
  console.log(`\n${lines.join("\n")}\n${inWords(sum)}`);
  return sum.failed === 0;
}

process.exitCode = (await main()) ? 0 : 1;
