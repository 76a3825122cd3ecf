// What works with which Docker and which Compose: runs what asks them on every engine, and writes what came of it into
// docs/engines.md, between its marks.
//
//   node test/matrix.ts [--oracles] [--reported]
//
// HOTENV_ENGINE names the engines; without it all that this kind of machine can have. --oracles: what is held against each
// Compose's answers, too. --reported: nothing is run, the table says what came of the last runs.
//
// It exits with 1 unless everything passed everywhere.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "../scripts/build.ts";
import { type Engine, engineNames, enginesNamed } from "./support/engines.ts";
import { everything, type Job, jobOn, lastOutcome, type Outcome, root, runJob } from "./support/job.ts";
import { inLanes } from "./support/lanes.ts";
import { type Column, isPassed, matrixTable, withMatrix } from "./support/matrix-table.ts";
import { isElsewhere, obstacleOf, provide, sweep } from "./support/provide.ts";
import type { Output } from "./support/run-command.ts";
import { type Suite, suites } from "./support/suites.ts";
import { inWords, type Tally } from "./support/tally.ts";

const page = path.join(root, "docs/engines.md");

/** What a program says that finds this engine and its Compose. */
function ask(engine: Engine, ...command: readonly string[]): string {
  const [program = "", ...args] = engine.within(command);
  const env = { ...process.env, ...engine.environment };
  return execFileSync(program, args, { encoding: "utf8", env }).trim();
}

function versionsOf(engine: Engine): string {
  const docker = ask(engine, "docker", "version", "--format", "{{.Server.Version}}");
  const compose = ask(engine, "docker", "compose", "version", "--short");
  return `Docker ${docker}, Compose ${compose.replace(/^v/, "")}`;
}

/** Those of the system suite that hold something against what Compose says. */
function oracles(system: Suite): Suite {
  const patterns = system.run.kind === "mocha" ? system.run.files : [];
  const files = patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => /support\/compose-(cli|reads)\.ts"/.test(readFileSync(path.join(root, file), "utf8")));
  return { ...system, name: "oracles", lane: "engine", run: { ...mochaOf(system), files } };
}

function mochaOf({ name, run }: Suite) {
  if (run.kind !== "mocha") throw new Error(`The ${name} suite is none of Mocha's.`);
  return run;
}

function suiteNamed(name: string): Suite {
  const suite = suites.find((candidate) => candidate.name === name);
  if (suite === undefined) throw new Error(`There is no suite ${name}.`);
  return suite;
}

async function main(): Promise<boolean> {
  const { HOTENV_ENGINE: named } = process.env;
  const { values: asked } = parseArgs({
    options: { oracles: { type: "boolean" }, reported: { type: "boolean" } },
  });
  const wanted = [suiteNamed("docker"), ...(asked.oracles ? [oracles(suiteNamed("system"))] : [])];
  const all = enginesNamed(named ?? engineNames.join(",")).flatMap((engine) =>
    wanted.map((suite) => jobOn(suite, engine)),
  );
  const missing = provide(all.flatMap(({ parts }) => parts));
  const jobs = all.filter((job) => named !== undefined || !isElsewhere(job, missing));
  for (const job of jobs) {
    const obstacle = obstacleOf(job, missing);
    if (obstacle !== undefined) throw new Error(`${job.title} cannot run: ${obstacle}`);
  }
  const run = async (job: Job, output: Output): Promise<Outcome> => {
    if (!asked.reported) return runJob(job, everything, output);
    const last = lastOutcome(job);
    if (last === undefined) throw new Error(`${job.title} has no report: it has never run.`);
    return last;
  };
  if (!asked.reported) {
    sweep(jobs.map(({ engine }) => engine));
    await build();
  }

  const found = new Map<Engine, Map<string, Tally>>();
  await inLanes(jobs, async (job: Job, isFirstLane) => {
    const output = isFirstLane ? ({ live: true } as const) : { live: false as const, kept: [] };
    const { sum, byFile } = await run(job, output);
    const files = found.get(job.engine) ?? new Map<string, Tally>();
    found.set(job.engine, files);
    for (const [file, tally] of byFile) files.set(file, tally);
    for (const failure of sum.failures) console.log(`\n── failed in ${job.title}: ${failure}`);
    console.log(`\n── ${job.title}: ${inWords(sum)}`);
  });
  const columns: readonly Column[] = [...new Set(jobs.map(({ engine }) => engine))].map((engine) => ({
    title: versionsOf(engine),
    byFile: found.get(engine) ?? new Map<string, Tally>(),
  }));
  writeFileSync(page, withMatrix(readFileSync(page, "utf8"), matrixTable(columns)));
  console.log(`\n${matrixTable(columns)}`);
  return isPassed(columns);
}

process.exitCode = (await main()) ? 0 : 1;
