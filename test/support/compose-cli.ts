/**
 * Docker Compose as an oracle. `docker compose config` needs no engine; where the plugin is missing the
 * tests that ask it fail, and say so. What it has answered is remembered: see remembered.ts.
 */
import { execFile } from "node:child_process";
import { access, realpath } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { contentOf, markOf, remembered } from "./remembered.ts";

const run = promisify(execFile);

let plugin: Promise<string> | undefined;

/** The plugin's path. Run directly it spares the `docker` CLI's own start. */
export function composePlugin(): Promise<string> {
  plugin ??= findPlugin();
  return plugin;
}

async function findPlugin(): Promise<string> {
  const missing =
    "Docker Compose is missing: `docker compose version` does not answer. test/provision.sh installs it.";
  try {
    const { stdout } = await run("docker", ["info", "--format", "{{json .ClientInfo.Plugins}}"]);
    const plugins = JSON.parse(stdout) as { Name: string; Path: string }[] | null;
    const found = plugins?.find(({ Name }) => Name === "compose")?.Path;
    if (found === undefined) throw new Error(missing);
    await access(found);
    return found;
  } catch (error) {
    throw new Error(missing, { cause: error });
  }
}

export interface ComposeAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** All that the answer depends on is in it. Its own name is a part of the question; where it lies is not. */
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `docker compose ARGS` in a directory, with nothing of this process's environment but PATH and HOME. */
export async function compose(
  args: readonly string[],
  { cwd, environment = {} }: Options,
): Promise<ComposeAnswer> {
  const binary = await composePlugin();
  const home = process.env.HOME ?? "";
  // Tests make a directory anew each time.
  const places = new Set([path.dirname(await realpath(cwd)), path.dirname(cwd)]);
  const withoutPlace = (text: string): string =>
    [...places].reduce((left, place) => left.replaceAll(place, somewhere), text);
  const told = JSON.stringify([
    await markOf(binary),
    args,
    Object.entries({ HOME: home, ...environment }).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    path.basename(cwd),
    await contentOf(cwd),
  ]);
  const question = withoutPlace(told);
  const askNow = () =>
    ask(binary, args, { cwd, environment: { PATH: process.env.PATH ?? "", HOME: home, ...environment } });
  // A hash of what names the place is another one in another place, and does not show it.
  if (args.includes("--hash") && question !== told) return askNow();
  const answer = await remembered([question], async () => {
    const { ok, stdout, stderr } = await askNow();
    return { ok, stdout: withoutPlace(stdout), stderr: withoutPlace(stderr) };
  });
  const [place = ""] = places;
  return {
    ok: answer.ok,
    stdout: answer.stdout.replaceAll(somewhere, place),
    stderr: answer.stderr.replaceAll(somewhere, place),
  };
}

const somewhere = "/hotenv-somewhere";

async function ask(
  binary: string,
  args: readonly string[],
  { cwd, environment }: Required<Options>,
): Promise<ComposeAnswer> {
  try {
    const { stdout, stderr } = await run(binary, args, { cwd, env: environment, maxBuffer: 1 << 28 });
    return { ok: true, stdout, stderr };
  } catch (error) {
    // Whatever kept it from running is no answer of Compose's.
    if (!(error instanceof Error && "stderr" in error && "stdout" in error && "code" in error)) throw error;
    if (typeof error.code !== "number") throw error;
    return { ok: false, stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}
