/** The dialects against their readers: Docker Compose, and the npm package dotenv. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse as npmDotenv } from "dotenv";
import fc from "fast-check";
import { describe, it } from "mocha";
import { compose } from "../../test/support/compose-cli.ts";
import { composeReads } from "../../test/support/compose-reads.ts";
import { oracleFolder } from "../../test/support/oracle-folder.ts";
import { randomEnv, shell } from "../../test/support/random-env.ts";
import { randomRuns, randomSeed } from "../../test/support/random-runs.ts";
import { rawReads } from "../../test/support/raw-reads.ts";
import { lookupIn } from "../interpolate/fill.ts";
import { parseDotenv } from "./document.ts";
import { type Evaluation, evaluate, isRefusedAsProjectFile } from "./evaluate.ts";
import { composeCases, dotenvCases, projectCases, rawCases } from "./oracle-cases.ts";
import type { Dialect } from "./pieces.ts";

const runs = randomRuns(120);

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
    await using folder = await oracleFolder();
    for (const file of projectCases) await compareProject(folder.directory, file);
  });

  const some = Math.ceil(runs / 10);
  it(`equals what \`.env\` gives a project, and Compose's warnings, on ${some} random files`, async () => {
    await using folder = await oracleFolder();
    for (const file of fc.sample(randomEnv, { numRuns: some, ...randomSeed() }))
      await compareProject(folder.directory, file);
  });

  it(`equals Compose on ${runs} random files`, () =>
    compareWithCompose(fc.sample(randomEnv, { numRuns: runs, ...randomSeed() })));
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
    compareWithDocker(fc.sample(randomEnv, { numRuns: some, ...randomSeed() })));
});

describe("the dotenv dialect", function () {
  this.timeout(runs * 20 + 60_000);
  const agrees = (file: string): void => {
    assert.deepEqual(values(read(file, "dotenv")), { ...npmDotenv(file) });
  };

  for (const file of dotenvCases) it(`equals npm dotenv on ${JSON.stringify(file)}`, () => agrees(file));

  it(`equals npm dotenv on ${runs * 20} random files`, () => {
    fc.assert(fc.property(randomEnv, agrees), { numRuns: runs * 20, ...randomSeed() });
  });
});
