/** The dialects against their readers: Docker Compose, and the npm package dotenv. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse as npmDotenv } from "dotenv";
import fc from "fast-check";
import { describe, it } from "mocha";
import { compose } from "../../test/support/compose-cli.ts";
import { composeReads } from "../../test/support/compose-reads.ts";
import { randomEnv, shell } from "../../test/support/random-env.ts";
import { rawReads } from "../../test/support/raw-reads.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { parseDotenv } from "./document.ts";
import { type Evaluation, evaluate, isRefusedAsProjectFile } from "./evaluate.ts";
import { composeCases, dotenvCases, projectCases, rawCases } from "./oracle-cases.ts";
import type { Dialect } from "./pieces.ts";

const runs = Number(process.env.HOTENV_RUNS ?? 200);

const lookup = lookupIn(shell);
const read = (text: string, dialect: Dialect): Evaluation => evaluate(parseDotenv(text, { dialect }), lookup);
const values = ({ variables }: Evaluation): Record<string, string> =>
  Object.fromEntries([...variables].map(([key, { value }]) => [key, value]));

/** Files that are in memory, on disk and compared at one time. */
const batchSize = 2_000;

/** A file on which the two disagree. */
interface Counterexample {
  readonly file: string;
  readonly ours: unknown;
  readonly theirs: unknown;
  readonly said: string;
}

/** All counterexamples of a long run are told at its end; how far it is, meanwhile. */
async function compareWithCompose(files: readonly string[]): Promise<void> {
  const counterexamples: Counterexample[] = [];
  for (let done = 0; done < files.length; done += batchSize) {
    if (done > 0)
      console.log(`      ${done} of ${files.length} files compared, ${counterexamples.length} disagreements`);
    counterexamples.push(...(await counterexamplesIn(files.slice(done, done + batchSize))));
  }
  assert.deepEqual(counterexamples, []);
}

async function counterexamplesIn(files: readonly string[]): Promise<Counterexample[]> {
  const readings = await composeReads(files, (file) => read(file, "compose").refused, shell);
  return files.flatMap((file, index) => {
    const mine = read(file, "compose");
    const ours = mine.refused ? "refused" : values(mine);
    const reading = readings[index];
    const theirs = reading === undefined || reading.refused ? "refused" : reading.variables;
    return isDeepStrictEqual(ours, theirs)
      ? []
      : [{ file, ours, theirs, said: reading?.refused ? reading.message : "" }];
  });
}

/** A bare key of a service's `environment` takes its value from the project: the shell, then `.env`. */
async function compareProject(directory: string, file: string): Promise<void> {
  const mine = read(file, "compose");
  const keys = [...mine.variables.keys()].filter((key) => key !== "" && !key.includes("$"));
  const model = { name: "hotenvtest", services: { s: { image: "x", environment: keys } } };
  await writeFile(join(directory, ".env"), file);
  await writeFile(join(directory, "compose.yaml"), JSON.stringify(model));
  const answer = await compose(["config", "--format", "json"], { cwd: directory, environment: shell });
  assert.equal(answer.ok, !isRefusedAsProjectFile(mine, lookup), `${JSON.stringify(file)} ${answer.stderr}`);
  if (!answer.ok) return;
  const { services } = JSON.parse(answer.stdout) as {
    services: { s: { environment?: Record<string, string> | null } };
  };
  const theirs = Object.entries(services.s.environment ?? {}).map(([key, value]) => [
    key,
    value.replaceAll("$$", "$"),
  ]);
  const ours = keys.map((key) => [key, lookup(key) ?? mine.variables.get(key)?.value]);
  assert.deepEqual(Object.fromEntries(ours), Object.fromEntries(theirs), JSON.stringify(file));

  const warned = [...answer.stderr.matchAll(/The \\"(.*?)\\" variable is not set/g)].map(([, name]) => name);
  const blank = mine.problems.flatMap((problem) =>
    problem.kind === "blank" ? [problem.reference.name] : [],
  );
  assert.deepEqual(new Set(blank), new Set(warned), JSON.stringify(file));
}

describe("the compose dialect", function () {
  this.timeout(runs * 100 + 60_000);

  it("equals Compose on every kept case", () => compareWithCompose(composeCases));

  it("equals what `.env` gives a project on every kept case", async () => {
    const directory = await mkdtemp(join(tmpdir(), "hotenv-oracle-"));
    try {
      for (const file of projectCases) await compareProject(directory, file);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  const some = Math.ceil(runs / 10);
  it(`equals what \`.env\` gives a project, and Compose's warnings, on ${some} random files`, async () => {
    const directory = await mkdtemp(join(tmpdir(), "hotenv-oracle-"));
    try {
      for (const file of fc.sample(randomEnv, { numRuns: some, ...seed() }))
        await compareProject(directory, file);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it(`equals Compose on ${runs} random files`, () =>
    compareWithCompose(fc.sample(randomEnv, { numRuns: runs, ...seed() })));
});

describe("the raw dialect", function () {
  this.timeout(runs * 50 + 60_000);
  const compareWithDocker = async (files: readonly string[]): Promise<void> => {
    const readings = await rawReads(files, shell);
    for (const [index, file] of files.entries()) {
      const mine = read(file, "raw");
      const reading = readings[index];
      if (reading === undefined || reading === "refused")
        assert.equal(mine.refused, true, JSON.stringify(file));
      else {
        // The engine is sent every line; a container gets the last one of a name.
        const theirs = new Map(
          reading.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
        );
        assert.deepEqual(
          mine.refused ? "refused" : values(mine),
          Object.fromEntries(theirs),
          JSON.stringify(file),
        );
      }
    }
  };

  it("equals docker run on every kept case", () => compareWithDocker(rawCases));

  const some = Math.ceil(runs / 8);
  it(`equals docker run on ${some} random files`, () =>
    compareWithDocker(fc.sample(randomEnv, { numRuns: some, ...seed() })));
});

describe("the dotenv dialect", function () {
  this.timeout(runs * 20 + 60_000);
  const agrees = (file: string): void => {
    assert.deepEqual(values(read(file, "dotenv")), { ...npmDotenv(file) });
  };

  for (const file of dotenvCases) it(`equals npm dotenv on ${JSON.stringify(file)}`, () => agrees(file));

  it(`equals npm dotenv on ${runs * 20} random files`, () => {
    fc.assert(fc.property(randomEnv, agrees), { numRuns: runs * 20, ...seed() });
  });
});

/** HOTENV_SEED repeats a run. */
function seed(): { seed?: number } {
  return process.env.HOTENV_SEED === undefined ? {} : { seed: Number(process.env.HOTENV_SEED) };
}
