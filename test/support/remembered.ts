/**
 * What programs have answered, kept between runs: the same question to the same program has the same answer. HOTENV_ASK=1
 * asks anew; so does a run with HOTENV_RUNS or HOTENV_LONG, whose random questions come once and are not kept.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  access,
  constants,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  writeFile,
} from "node:fs/promises";
import path from "node:path";

const folder = path.join(import.meta.dirname, "../../node_modules/.cache/hotenv-answers");
const { HOTENV_ASK, HOTENV_LONG, HOTENV_RUNS } = process.env;
const isKept = HOTENV_LONG === undefined && HOTENV_RUNS === undefined;
const isAskedAnew = HOTENV_ASK !== undefined;
/** Whatever was overlooked in a question does not stay overlooked for ever. */
const keptMs = 30 * 24 * 60 * 60 * 1000;

/**
 * @param question everything that the answer depends on, as JSON can hold it
 * @param ask gives an answer that JSON can hold
 */
export async function remembered<T>(question: readonly unknown[], ask: () => Promise<T>): Promise<T> {
  if (!isKept) return ask();
  const file = path.join(
    folder,
    `${createHash("sha256").update(JSON.stringify(question)).digest("hex")}.json`,
  );
  const known = isAskedAnew ? undefined : await read(file);
  if (known !== undefined) return JSON.parse(known) as T;
  const answer = await ask();
  await write(file, JSON.stringify(answer));
  return answer;
}

async function read(file: string): Promise<string | undefined> {
  try {
    if (Date.now() - (await stat(file)).mtimeMs > keptMs) return undefined;
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return undefined;
  }
}

/** Others write at the same time, and read: a file is there as a whole or not at all. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text);
  await rename(draft, file);
}

/** Changes when another version of the program is installed in its place. @param program a path */
export async function markOf(program: string): Promise<string> {
  const { size, mtimeMs } = await stat(program);
  return [program, size, mtimeMs].join(" ");
}

/** @returns the program's path; its name where PATH has none such */
export async function onPath(name: string): Promise<string> {
  for (const directory of (process.env.PATH ?? "").split(path.delimiter)) {
    const candidate = path.join(directory, name);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // The next one.
    }
  }
  return name;
}

/** Everything in a directory: paths from there, each with its content, byte for byte as a character. */
export async function contentOf(directory: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const contents = entries.map(async (entry): Promise<readonly [string, string]> => {
    const file = path.join(entry.parentPath, entry.name);
    const content = entry.isSymbolicLink()
      ? `-> ${await readlink(file)}`
      : entry.isFile()
        ? await readFile(file, "latin1")
        : "";
    return [path.relative(directory, file), content];
  });
  return (await Promise.all(contents)).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
