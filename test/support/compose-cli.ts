/**
 * Docker Compose as an oracle. `docker compose config` needs no engine; where the plugin is missing the
 * tests that ask it fail, and say so.
 */
import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";

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
    const path = plugins?.find(({ Name }) => Name === "compose")?.Path;
    if (path === undefined) throw new Error(missing);
    await access(path);
    return path;
  } catch (error) {
    throw new Error(missing, { cause: error });
  }
}

export interface ComposeAnswer {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `docker compose ARGS` in a directory, with nothing of this process's environment but PATH and HOME. */
export async function compose(
  args: readonly string[],
  options: { readonly cwd: string; readonly environment?: Readonly<Record<string, string>> },
): Promise<ComposeAnswer> {
  const binary = await composePlugin();
  const environment = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...options.environment };
  try {
    const { stdout, stderr } = await run(binary, args, {
      cwd: options.cwd,
      env: environment,
      maxBuffer: 1 << 28,
    });
    return { ok: true, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !("stderr" in error) || !("stdout" in error)) throw error;
    return { ok: false, stdout: String(error.stdout), stderr: String(error.stderr) };
  }
}
