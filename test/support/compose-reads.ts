/** What Compose makes of many env files, in few runs: each file is the `env_file` of a service of its own. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ComposeAnswer, compose } from "./compose-cli.ts";
import { oracleFolder } from "./oracle-folder.ts";

export type ComposeReading =
  | { readonly refused: true; readonly message: string }
  | { readonly refused: false; readonly variables: Readonly<Record<string, string>> };

type Config = { services: Record<string, { environment?: Record<string, string> | null }> };

/** Files per run where Compose is expected to load them all. */
const batchSize = 1_000;
const runsAtOnce = 2;

/**
 * @param expectRefused tells which files to ask about one by one: the first bad one ends a run
 * @returns readings in the order of the files
 */
export async function composeReads(
  files: readonly string[],
  expectRefused: (file: string) => boolean,
  environment: Readonly<Record<string, string>>,
): Promise<readonly ComposeReading[]> {
  const readings = new Map<number, ComposeReading>();
  const groups: number[][] = [];
  const good: number[] = [];
  for (const [index, file] of files.entries()) {
    if (expectRefused(file)) groups.push([index]);
    else good.push(index);
  }
  for (let at = 0; at < good.length; at += batchSize) groups.unshift(good.slice(at, at + batchSize));
  const next = groups.values();
  const work = async (): Promise<void> => {
    for (const group of next) await readGroup(files, group, environment, readings);
  };
  await Promise.all(Array.from({ length: runsAtOnce }, work));
  return files.map((_, index) => {
    const reading = readings.get(index);
    if (reading === undefined) throw new Error(`Compose gave no reading of file ${index}.`);
    return reading;
  });
}

/** @param group which of the files; each group has a folder of its own, so that what is asked depends on nothing else */
async function readGroup(
  files: readonly string[],
  group: readonly number[],
  environment: Readonly<Record<string, string>>,
  readings: Map<number, ComposeReading>,
): Promise<void> {
  const answer = await askFor(
    group.map((index) => files[index] ?? ""),
    environment,
  );
  if (answer.ok) {
    const { services } = JSON.parse(answer.stdout) as Config;
    for (const [at, index] of group.entries()) {
      const printed = services[`s${at}`]?.environment ?? {};
      const variables = Object.fromEntries(
        Object.entries(printed).map(([key, value]) => [key, value.replaceAll("$$", "$")]),
      );
      readings.set(index, { refused: false, variables });
    }
  } else if (group.length === 1) {
    readings.set(group[0] ?? 0, { refused: true, message: answer.stderr });
  } else {
    // Compose does not always name the file that it stumbled over.
    const middle = group.length >> 1;
    await readGroup(files, group.slice(0, middle), environment, readings);
    await readGroup(files, group.slice(middle), environment, readings);
  }
}

async function askFor(
  texts: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ComposeAnswer> {
  await using folder = await oracleFolder();
  const { directory } = folder;
  // One after the other: a process may have only so many files open.
  for (const [at, text] of texts.entries()) await writeFile(join(directory, `${at}.env`), text);
  const model = {
    name: "hotenvtest",
    services: Object.fromEntries(texts.map((_, at) => [`s${at}`, { image: "x", env_file: `${at}.env` }])),
  };
  await writeFile(join(directory, "compose.yaml"), JSON.stringify(model));
  return await compose(["config", "--format", "json"], { cwd: directory, environment });
}
