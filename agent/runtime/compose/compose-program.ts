/**
 * Which program is run for `docker compose`. The docker command line takes longer to find its plugin than the plugin to
 * answer, so it is asked once where the plugin is, and the plugin is then run as it would run it. Where docker has none,
 * a `docker-compose` of version 2 or later on the PATH is the same program.
 */
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Program {
  readonly command: string;
  /** Before those of the command. */
  readonly args: readonly string[];
  readonly environment: Environment;
}

export const throughDocker: Program = { command: "docker", args: ["compose"], environment: {} };

const pluginsSchema = z.array(
  z.looseObject({ Name: z.string(), Path: z.string().optional(), Err: z.unknown().optional() }),
);

/**
 * Pure: the plugin among those that `docker info` lists, run the way in which docker runs it (docker/cli
 * cli-plugins/manager: its own name first, and the variable that says that it is not alone).
 * @returns undefined where docker has no such plugin, or none that works
 */
export function pluginIn(listed: string): Program | undefined {
  const plugins = pluginsSchema.safeParse(parseJson(listed)).data ?? [];
  const path = plugins.find(({ Name, Err }) => Name === "compose" && Err === undefined)?.Path;
  return path === undefined
    ? undefined
    : { ...throughDocker, command: path, environment: { DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: "docker" } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Another program by the name of docker: it is run as it is.
    return undefined;
  }
}

/** Another plugin may have been installed in another place. */
const askAgainMs = 600_000;
const answerMs = 30_000;
/** Where plugins are, is known without an engine: nobody listens there, so none is waited for. */
const nobody = process.platform === "win32" ? "npipe:////./pipe/hotenv-nobody" : "unix:///dev/null";

interface Known {
  program: Program;
  askedAt: number;
  answer: Promise<Program | undefined>;
}
const known = new WeakMap<Environment, Known>();

function ask(environment: Environment, until: Program): Known {
  const asked: Known = { program: until, askedAt: performance.now(), answer: findProgram(environment) };
  known.set(environment, asked);
  void asked.answer.then((program) => {
    asked.program = program ?? throughDocker;
  });
  return asked;
}

/** What to run now. Never waits: where the plugin is, is asked beside the first use, and from time to time again. */
export function composeProgram(environment: Environment): Program {
  const found = known.get(environment);
  if (found !== undefined && performance.now() - found.askedAt < askAgainMs) return found.program;
  return ask(environment, found?.program ?? throughDocker).program;
}

/**
 * For whoever ran docker and got no answer that is Compose's for sure.
 * @param since on the clock of `performance`: what was found out before that may have changed
 * @returns what does answer as Compose, throughDocker included; undefined: nothing does
 */
export async function answeringProgram(
  environment: Environment,
  since: number,
): Promise<Program | undefined> {
  const found = known.get(environment);
  const isFresh = found !== undefined && found.askedAt >= since;
  return (isFresh ? found : ask(environment, throughDocker)).answer;
}

/** What changes when another Compose is installed in its place; undefined where docker still has to find it. */
export async function programMark(environment: Environment): Promise<string | undefined> {
  const { command } = composeProgram(environment);
  if (!isAbsolute(command)) return undefined;
  try {
    const { size, mtimeMs, ino } = await stat(command);
    return [command, ino, size, mtimeMs].join(" ");
  } catch {
    // It has moved; whoever runs it next hears of that.
    return undefined;
  }
}

/** The program could not be started: it has moved. */
export function forgetProgram(environment: Environment): void {
  known.delete(environment);
}

/** The plugin; docker itself where only it knows how to run Compose (Podman's does); a program of its own. */
async function findProgram(environment: Environment): Promise<Program | undefined> {
  const listed = ["info", "--format", "{{json .ClientInfo.Plugins}}"];
  const plugin = pluginIn((await answerOf("docker", listed, { ...environment, DOCKER_HOST: nobody })) ?? "");
  if (plugin !== undefined) return plugin;
  if (await isCompose(throughDocker, environment)) return throughDocker;
  const command = await onPath("docker-compose", environment);
  const alone: Program | undefined =
    command === undefined ? undefined : { command, args: [], environment: {} };
  return alone !== undefined && (await isCompose(alone, environment)) ? alone : undefined;
}

async function isCompose({ command, args }: Program, environment: Environment): Promise<boolean> {
  const version = await answerOf(command, [...args, "version", "--short"], environment);
  // Compose 1 has other commands. One built from its source has no number.
  return version !== undefined && /^\S+$/.test(version.trim()) && !/^v?[01]\./.test(version);
}

/** What a command prints; undefined where it is not there, or fails. */
async function answerOf(
  command: string,
  args: readonly string[],
  environment: Environment,
): Promise<string | undefined> {
  try {
    const options = { env: environment, timeout: answerMs, windowsHide: true };
    return (await promisify(execFile)(command, [...args], options)).stdout;
  } catch {
    // Its own words for what is wrong come with the next command that needs it.
    return undefined;
  }
}

/** Where it is, so that it can be told when another one takes its place. */
async function onPath(name: string, environment: Environment): Promise<string | undefined> {
  const file = process.platform === "win32" ? `${name}.exe` : name;
  for (const folder of (environment.PATH ?? environment.Path ?? "").split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, file);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
