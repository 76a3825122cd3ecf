/** What Compose makes of many env files, in few runs: each file is the `env_file` of a service of its own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose } from "./compose-cli.ts";

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
  const directory = await mkdtemp(join(tmpdir(), "hotenv-oracle-"));
  try {
    // One after the other: a process may have only so many files open.
    for (const [index, text] of files.entries()) await writeFile(join(directory, `${index}.env`), text);
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
      for (const group of next) await readGroup(directory, group, environment, readings);
    };
    await Promise.all(Array.from({ length: runsAtOnce }, work));
    return files.map((_, index) => {
      const reading = readings.get(index);
      if (reading === undefined) throw new Error(`Compose gave no reading of file ${index}.`);
      return reading;
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function readGroup(
  directory: string,
  group: readonly number[],
  environment: Readonly<Record<string, string>>,
  readings: Map<number, ComposeReading>,
): Promise<void> {
  const model = {
    name: "hotenvtest",
    services: Object.fromEntries(
      group.map((index) => [`s${index}`, { image: "x", env_file: `${index}.env` }]),
    ),
  };
  const file = join(directory, `${group[0]}.compose.json`);
  await writeFile(file, JSON.stringify(model));
  const answer = await compose(["-f", file, "config", "--format", "json"], { cwd: directory, environment });
  if (answer.ok) {
    const { services } = JSON.parse(answer.stdout) as Config;
    for (const index of group) {
      const printed = services[`s${index}`]?.environment ?? {};
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
    await readGroup(directory, group.slice(0, middle), environment, readings);
    await readGroup(directory, group.slice(middle), environment, readings);
  }
}
