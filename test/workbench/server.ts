/** VS Code's server as a child process: started on a free loopback port, ended with all it has started. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { serverScript } from "./places.ts";
import type { Sandbox } from "./sandbox.ts";
import { type Settings, writeSettings } from "./settings.ts";

export interface VsCodeServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly authority: string;
  /** What it has printed so far. */
  output(): string;
}

export interface ServerOptions {
  readonly sandbox: Sandbox;
  readonly settings?: Settings;
  /** Lets the page run an extension's tests; without it the server is the one that users meet. */
  readonly smokeTest?: boolean;
}

const startMs = 90_000;
const stopMs = 30_000;

function commonArguments(sandbox: Sandbox): string[] {
  return [
    "--accept-server-license-terms",
    "--telemetry-level=off",
    `--user-data-dir=${sandbox.userData}`,
    `--server-data-dir=${join(sandbox.userData, "server")}`,
    `--extensions-dir=${sandbox.extensions}`,
  ];
}

/** The server's own Node is found first by whatever it starts, as in an installed code-server. */
function environment(sandbox: Sandbox): Record<string, string> {
  return { ...sandbox.environment, PATH: `${dirname(process.execPath)}:${sandbox.environment.PATH ?? ""}` };
}

/**
 * Runs a command whose whole process group is killed when the other end of descriptor 3 is closed: as this process
 * ends, and be it by SIGKILL.
 */
const onLeash = '(read -r _ <&3; kill -KILL 0) & exec "$@" 3<&-';

/** @throws Error with the server's output where it does not listen in time */
export async function startVsCodeServer(options: ServerOptions): Promise<VsCodeServer> {
  const { sandbox, settings = {}, smokeTest = false } = options;
  await writeSettings(sandbox.userData, settings);
  const child = spawn(
    "sh",
    [
      "-c",
      onLeash,
      "sh",
      process.execPath,
      serverScript(),
      "--host=127.0.0.1",
      "--port=0",
      "--without-connection-token",
      ...commonArguments(sandbox),
      ...(smokeTest ? ["--enable-smoke-test-driver"] : []),
    ],
    // A process group of its own, so that extension host, terminal host and watcher end with it.
    {
      cwd: sandbox.directory,
      env: environment(sandbox),
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    },
  );
  const pid = child.pid;
  if (pid === undefined) throw new Error(`VS Code's server could not be started with ${process.execPath}.`);
  const chunks: string[] = [];
  const output = (): string => chunks.join("");
  const stop = (): Promise<void> => endGroup(child, pid);
  try {
    const port = await listeningPort(child, chunks);
    return {
      authority: `127.0.0.1:${port}`,
      output,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`VS Code's server did not start:\n${output()}`, { cause: error });
  }
}

/** Installs a packaged extension the way a person does. */
export async function installVsix(sandbox: Sandbox, vsix: string): Promise<void> {
  await promisify(execFile)(
    process.execPath,
    [serverScript(), ...commonArguments(sandbox), "--install-extension", vsix],
    { cwd: sandbox.directory, env: environment(sandbox), timeout: startMs },
  );
}

function listeningPort(child: ChildProcess, chunks: string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => reject(new Error(`no port after ${startMs / 1000} s`)), startMs);
  const read = (chunk: string): void => {
    chunks.push(chunk);
    const port = /Extension host agent listening on (\d+)/.exec(chunks.join(""))?.[1];
    if (port !== undefined) resolve(Number(port));
  };
  child.stdout?.setEncoding("utf8").on("data", read);
  child.stderr?.setEncoding("utf8").on("data", read);
  child.once("error", reject);
  child.once("exit", (code, signal) => reject(new Error(`it ended with ${signal ?? code}`)));
  return promise.finally(() => clearTimeout(timer));
}

async function endGroup(child: ChildProcess, pid: number): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit", { signal: AbortSignal.timeout(stopMs) });
    signalGroup(pid, "SIGTERM");
    // One that takes too long is killed below like whatever it leaves behind.
    await Promise.allSettled([exited]);
  }
  signalGroup(pid, "SIGKILL");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
