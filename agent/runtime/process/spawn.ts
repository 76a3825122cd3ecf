/** Starts commands in a session of their own, and ends them with everything that they started. */
import { type ChildProcess, execFile, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { isGroupAlive } from "./identity.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * A directory in which `node` is found. VS Code's own Node is Electron under another name: there, a
 * small script stands in for it.
 */
export function nodeDirectory(stateDirectory: string, execPath = process.execPath): string {
  if (/^node(?:\.exe)?$/i.test(basename(execPath))) return dirname(execPath);
  const directory = join(stateDirectory, "bin");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (process.platform === "win32")
    writeFileSync(join(directory, "node.cmd"), `@set ELECTRON_RUN_AS_NODE=1\r\n@"${execPath}" %*\r\n`);
  else {
    const quoted = `'${execPath.replaceAll("'", `'\\''`)}'`;
    writeFileSync(join(directory, "node"), `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted} "$@"\n`, {
      mode: 0o700,
    });
  }
  return directory;
}

/** By this every process can be told, even when its pid was never written down. */
export const instanceVariable = "HOTENV_INSTANCE";

/** What a child sees: the surroundings, over them its own variables; PATH ends with `lastOnPath`. */
export function childEnvironment(
  surroundings: Variables,
  own: Variables,
  lastOnPath: string,
): NodeJS.ProcessEnv {
  const merged: NodeJS.ProcessEnv = { ...surroundings, ...own };
  // Meant for the agent, which may be VS Code's Electron, or a child of another agent; not for what it starts.
  for (const name of ["ELECTRON_RUN_AS_NODE", instanceVariable])
    if (own[name] === undefined) delete merged[name];
  const pathKey = Object.keys(merged).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  merged[pathKey] = [merged[pathKey], lastOnPath].filter(Boolean).join(delimiter);
  return merged;
}

export interface SpawnedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
}

export interface SpawnRequest {
  /** For messages: "api", "the health check of api". */
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdio: NonNullable<SpawnOptions["stdio"]>;
}

/**
 * Resolves as soon as the process exists; its pid is its group's, too.
 * @throws HotenvError process-failed
 */
export async function spawnGroup(request: SpawnRequest): Promise<SpawnedProcess> {
  const { name, command, cwd, env, stdio } = request;
  const [file = "", ...args] = command;
  if (!existsSync(cwd))
    throw new HotenvError(
      "process-failed",
      `${name} cannot be started: its directory ${cwd} does not exist.`,
      {
        todo: "Create it, or change working_dir.",
      },
    );
  const child = spawn(file, args, {
    cwd,
    env,
    stdio,
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  try {
    await once(child, "spawn");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT"
        ? `the command ${file} was not found`
        : code === "EACCES"
          ? `${file} may not be executed`
          : (error as Error).message;
    throw new HotenvError("process-failed", `${name} cannot be started: ${why}.`, {
      todo: "Correct its command in hotenv.yaml.",
      cause: error,
    });
  }
  const { pid } = child;
  if (pid === undefined)
    throw new HotenvError("process-failed", `${name} was started and has no process ID.`);
  return { child, pid };
}

/** To everybody in the group. Nobody there is no error. Windows knows no signals: any of them ends the tree. */
export async function signalGroup(leader: number, signal: NodeJS.Signals): Promise<void> {
  if (process.platform === "win32") {
    await promisify(execFile)("taskkill", ["/pid", String(leader), "/T", "/F"], { windowsHide: true }).catch(
      (error: unknown) => {
        if (isGroupAlive(leader)) throw error;
      },
    );
    return;
  }
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (isGroupAlive(leader)) throw error;
  }
}

/** How long a process may take to vanish after SIGKILL: longer only where the kernel holds it. */
const killedMs = 5_000;

/** Groups tell nobody of their end: looked at ever less often. */
async function groupEnds(leader: number, withinMs: number, signal?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let pauseMs = 2; ; pauseMs = Math.min(50, pauseMs * 1.5)) {
    if (!isGroupAlive(leader)) return true;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return false;
    await delay(Math.min(pauseMs, leftMs), undefined, signal ? { signal } : {});
  }
}

/**
 * Asks the whole group to end, and makes it after `graceMs`.
 * @returns whether it had to be made
 * @throws HotenvError process-failed where even that does not help; AbortError
 */
export async function endGroup(
  name: string,
  leader: number,
  how: { readonly signal: NodeJS.Signals; readonly graceMs: number },
  abort?: AbortSignal,
): Promise<boolean> {
  await signalGroup(leader, how.signal);
  if (await groupEnds(leader, how.graceMs, abort)) return false;
  await signalGroup(leader, "SIGKILL");
  if (await groupEnds(leader, killedMs)) return true;
  throw new HotenvError("process-failed", `${name} (process ${leader}) does not end, not even by SIGKILL.`, {
    todo: "End it by hand.",
  });
}
