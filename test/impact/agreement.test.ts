/**
 * Two voices that must agree: which services an edit changes, according to the static analysis and according
 * to `docker compose config` before and after. It needs Compose's command line and no engine.
 *
 * HOTENV_RUNS: how many projects (default 30; `npm run test:long` takes 500). HOTENV_SEED: the first one's seed, to see a failure again.
 */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { canonical, compareModels } from "../../core/compose/compare.ts";
import { readResolved } from "../../core/compose/resolved.ts";
import { analyseProject, type TreeCache } from "../../core/compose/static.ts";
import { staticModel } from "../../core/compose/static-model.ts";
import { usesOfVariable } from "../../core/compose/uses.ts";
import { lookupIn } from "../../core/interpolate/fill.ts";
import { compose } from "../support/compose-cli.ts";
import { randomRuns } from "../support/random-runs.ts";
import { randomFrom } from "./random.ts";
import { type Edit, randomEdit } from "./random-edit.ts";
import { type Files, randomProject } from "./random-project.ts";

const runs = randomRuns(30);
const firstSeed = Number(process.env.HOTENV_SEED ?? 1);
const editsPerProject = 2;
const atOnce = 2;

type Shell = Readonly<Record<string, string>>;

/** Service -> what Compose resolves it to, as text. null: Compose refuses the project. */
type Answer = ReadonlyMap<string, string> | null;

async function askCompose(directory: string, shell: Shell): Promise<Answer> {
  const { ok, stdout } = await compose(["config", "--format", "json"], {
    cwd: directory,
    environment: shell,
  });
  if (!ok) return null;
  const printed: unknown = JSON.parse(stdout);
  const read = (lookup: (name: string) => string | undefined) =>
    readResolved(printed, new Map(), (path) => path, lookup);
  // Of such secrets and configs Compose prints the variable's name only; a service that takes them all tells the values.
  const values = read(() => undefined).services.get("probe")?.config.environment as Readonly<
    Record<string, string | null>
  >;
  const { name, services } = read((variable) => values[variable] ?? undefined);
  return new Map(
    [...services]
      .filter(([service]) => service !== "probe")
      .map(([service, { config }]) => [service, canonical({ name, config })]),
  );
}

async function put(directory: string, files: Files): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
}

function changedBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
}

/** Why a service may be named although Compose resolves it to the same. */
function reasonFor({ file }: Edit, service: string): string | undefined {
  // Compose 2.26 fills `environment: [NAME]` of an included service from the include's own .env, and leaves
  // `environment: { NAME: }` blank. The two mean the same; a change that is named here loses nothing.
  if (service === "i" && file.startsWith("sub/")) return "a blank value in a map of an included service";
  return undefined;
}

interface Tally {
  compared: number;
  refused: number;
  changed: number;
  readonly missed: string[];
  readonly tooMany: { readonly note: string; readonly reason: string | undefined }[];
  /** The names of the changed keys alone, without looking at values, leave out a service that changed. */
  readonly unexplained: string[];
}

const analyse = (directory: string, shell: Shell, files: Files, cache: TreeCache) =>
  analyseProject({ directory, shell: lookupIn(shell), read: (path) => files.get(path), cache });

async function compareOne(seed: number, root: string, tally: Tally): Promise<void> {
  const random = randomFrom(seed);
  const directory = join(root, `hotenvtest${seed}`);
  const { shell, files: first } = randomProject(random);
  let files = first;
  await put(directory, files);
  let answer = await askCompose(directory, shell);
  const cache: TreeCache = new Map();
  let project = analyse(directory, shell, files, cache);
  for (let round = 0; round < editsPerProject; round++) {
    const edit = randomEdit(random, files);
    await put(directory, new Map([[edit.file, edit.files.get(edit.file) ?? ""]]));
    const [answerBefore, projectBefore] = [answer, project];
    answer = await askCompose(directory, shell);
    project = analyse(directory, shell, edit.files, cache);
    if (answerBefore === null || answer === null) tally.refused++;
    else {
      const truth = changedBetween(answerBefore, answer);
      const said = compareModels(staticModel(projectBefore), staticModel(project))
        .map(({ service }) => service)
        .filter((service) => service !== "probe");
      judge(seed, edit, files, truth, said, tally);
      const key = edit.what.split(" ").at(-1) ?? "";
      const reached = new Set(
        [projectBefore, project].flatMap((side) =>
          usesOfVariable(side, key, edit.file).map(({ service }) => service),
        ),
      );
      for (const service of truth)
        if (!reached.has(service))
          tally.unexplained.push(`seed ${seed}: ${edit.what} in ${edit.file}, ${service}`);
    }
    files = edit.files;
  }
  await rm(directory, { recursive: true });
}

function judge(
  seed: number,
  edit: Edit,
  files: Files,
  truth: readonly string[],
  said: readonly string[],
  tally: Tally,
): void {
  const note = (service: string) =>
    `seed ${seed}: ${edit.what} in ${edit.file}, ${service}\n    was ${JSON.stringify(files.get(edit.file))}\n    is  ${JSON.stringify(edit.files.get(edit.file))}`;
  tally.compared++;
  tally.changed += truth.length;
  for (const service of truth) if (!said.includes(service)) tally.missed.push(note(service));
  for (const service of said)
    if (!truth.includes(service))
      tally.tooMany.push({ note: note(service), reason: reasonFor(edit, service) });
}

describe("the static analysis and Compose", () => {
  it("name the same services for random edits of random projects", async function () {
    this.timeout(0);
    const root = await realpath(await mkdtemp(join(tmpdir(), "hotenv-impact-")));
    const tally: Tally = { compared: 0, refused: 0, changed: 0, missed: [], tooMany: [], unexplained: [] };
    try {
      const seeds = Array.from({ length: runs }, (_, index) => firstSeed + index).values();
      const work = async (): Promise<void> => {
        for (const seed of seeds) await compareOne(seed, root, tally);
      };
      await Promise.all(Array.from({ length: atOnce }, work));
    } finally {
      await rm(root, { recursive: true });
    }
    const { compared, refused, changed, missed, tooMany, unexplained } = tally;
    console.log(
      `      ${runs} projects, ${compared} edits compared (${refused} refused by Compose), ${changed} services changed, ${missed.length} missed, ${tooMany.length} named too many`,
    );
    for (const { note, reason } of tooMany) console.log(`      too many (${reason ?? "no reason"}): ${note}`);
    assert.deepEqual(missed, [], "services that changed and were not named");
    assert.deepEqual(unexplained, [], "services that changed and that the key's uses do not explain");
    assert.deepEqual(
      tooMany.filter(({ reason }) => reason === undefined).map(({ note }) => note),
      [],
      "services that were named and did not change",
    );
    assert.ok(tooMany.length <= Math.max(1, changed * 0.01), "too many services named that did not change");
    assert.ok(
      compared >= runs && refused <= compared / 4,
      "most generated projects must be ones that Compose accepts",
    );
  });
});
