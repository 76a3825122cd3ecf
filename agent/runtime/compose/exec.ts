/** Runs a command in a container, and looks at what a container sees. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type Docker from "dockerode";
import type { MountedFile } from "../../../core/compose/model.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { ExecResult } from "../runtime.ts";
import { inspectContainer } from "./containers.ts";
import { dockerError } from "./docker-error.ts";
import { demultiplex } from "./logs.ts";

/** Of an output this much is read. */
const maxOutputBytes = 1 << 20;

/**
 * What a shell answers for a command that is not there or cannot be executed (POSIX 2.8.2). So does Docker for one that it
 * could not start: 20.10 with 126 in any case, 28 with 127 for what is not there.
 */
export const isMissingCommand = (code: number): boolean => code === 126 || code === 127;

/** As what and where a command runs; absent: as the container's own. */
export interface ExecOptions {
  readonly user?: string | undefined;
  readonly privileged?: boolean | undefined;
  readonly workingDir?: string | undefined;
  /** `NAME=VALUE`, on top of the container's. */
  readonly environment?: readonly string[] | undefined;
}

async function run(
  docker: Docker,
  id: string,
  command: readonly string[],
  signal: AbortSignal,
  { user, privileged, workingDir, environment }: ExecOptions = {},
): Promise<{ readonly code: number; readonly stdout: Buffer }> {
  try {
    const exec = await docker.getContainer(id).exec({
      Cmd: [...command],
      ...(user === undefined ? {} : { User: user }),
      ...(privileged === undefined ? {} : { Privileged: privileged }),
      ...(workingDir === undefined ? {} : { WorkingDir: workingDir }),
      ...(environment === undefined ? {} : { Env: [...environment] }),
      AttachStdout: true,
      AttachStderr: true,
      abortSignal: signal,
    });
    const stream = await exec.start({ abortSignal: signal });
    const abort = () => stream.destroy(new Error("The command took too long."));
    signal.addEventListener("abort", abort, { once: true });
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes <= maxOutputBytes) chunks.push(chunk);
      }
    } finally {
      signal.removeEventListener("abort", abort);
    }
    return { code: (await exec.inspect()).ExitCode ?? -1, stdout: Buffer.concat(chunks) };
  } catch (error) {
    if (signal.aborted)
      throw new HotenvError("docker-failed", `${command[0] ?? "The command"} did not end in time.`, {
        cause: error,
      });
    throw dockerError("Docker did not run a command in the container", error);
  }
}

/** @throws HotenvError docker-failed, docker-unreachable; also where it does not end before the signal */
export async function execIn(
  docker: Docker,
  id: string,
  command: readonly string[],
  signal: AbortSignal,
  options?: ExecOptions,
): Promise<ExecResult> {
  const { code, stdout } = await run(docker, id, command, signal, options);
  return { code, output: demultiplex(stdout).trim() };
}

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Whether that number is the container's process here, too: of an engine elsewhere it is anybody's. */
async function isOf(pid: number, id: string): Promise<boolean> {
  const parts = ["cgroup", "mountinfo"].map((part) => readFile(`/proc/${pid}/${part}`, "utf8"));
  return (await Promise.all(parts)).some((text) => text.includes(id));
}

/** As the container's first process sees it; undefined where nobody here may look, or there is none. */
async function hashInside(docker: Docker, id: string, target: string): Promise<string | undefined> {
  const container = await inspectContainer(docker, id);
  const pid = container?.State.Pid;
  if (pid === undefined || pid === 0) return undefined;
  try {
    if (await isOf(pid, container?.Id ?? id)) return hashOf(await readFile(`/proc/${pid}/root${target}`));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Docker runs elsewhere, or as somebody else: the container itself must tell.
    if (code !== "ENOENT" && code !== "EACCES" && code !== "EPERM" && code !== "ENOTDIR") throw error;
  }
  const { code, output } = await execIn(docker, id, ["sha256sum", target], AbortSignal.timeout(10_000));
  return code === 0 ? /^\\?([0-9a-f]{64})/.exec(output)?.[1] : undefined;
}

/**
 * Files that are mounted alone and of which the container still sees another content than the disk has: they
 * were renamed over, and it holds on to the old inode.
 */
export async function staleFiles(
  docker: Docker,
  id: string,
  directory: string,
  files: readonly MountedFile[],
): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, target, via, alone } of files) {
    if (via !== "bind" || !alone) continue;
    const inside = await hashInside(docker, id, target);
    if (inside === undefined) continue;
    const outside = await readFile(resolve(directory, path)).then(hashOf, (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (outside !== undefined && outside !== inside) stale.push(path);
  }
  return stale;
}
