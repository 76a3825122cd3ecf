/**
 * Which program is run for `docker compose`. The docker command line takes longer to find its plugin than the plugin to
 * answer, so it is asked once where the plugin is, and the plugin is then run as it would run it.
 */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
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
}
const known = new WeakMap<Environment, Known>();

/** What to run now. Never waits: where the plugin is, is asked beside the first use, and from time to time again. */
export function composeProgram(environment: Environment): Program {
  const now = performance.now();
  const found = known.get(environment);
  if (found !== undefined && now - found.askedAt < askAgainMs) return found.program;
  const asked: Known = { program: found?.program ?? throughDocker, askedAt: now };
  known.set(environment, asked);
  void askDocker(environment).then((program) => {
    asked.program = program ?? throughDocker;
  });
  return asked.program;
}

/** What changes when another Compose is installed in its place; undefined where docker still has to find it. */
export async function programMark(environment: Environment): Promise<string | undefined> {
  const { command } = composeProgram(environment);
  if (command === throughDocker.command) return undefined;
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

async function askDocker(environment: Environment): Promise<Program | undefined> {
  try {
    const { stdout } = await promisify(execFile)(
      "docker",
      ["info", "--format", "{{json .ClientInfo.Plugins}}"],
      { env: { ...environment, DOCKER_HOST: nobody }, timeout: answerMs, windowsHide: true },
    );
    return pluginIn(stdout);
  } catch {
    // Docker's own words for what is wrong come with the next command that needs it.
    return undefined;
  }
}
