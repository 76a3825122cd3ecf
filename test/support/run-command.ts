/** Runs a command in a process group of its own, so that one that hangs ends with its children. */
import { type ChildProcess, spawn } from "node:child_process";

/** Where the output goes: to the terminal as it comes, or to a list until the command is through. */
export type Output = { readonly live: true } | { readonly live: false; readonly kept: string[] };

export function say(output: Output, text: string): void {
  if (output.live) console.log(text);
  else output.kept.push(`${text}\n`);
}

const lastWordsMs = 1_000;
const running = new Set<ChildProcess>();

function end(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  if (process.platform === "win32") child.kill();
  else process.kill(-child.pid, "SIGKILL");
}

function interrupted(): void {
  for (const child of running) end(child);
  process.exit(130);
}
process.once("SIGINT", interrupted).once("SIGTERM", interrupted);

export interface Command {
  readonly command: readonly string[];
  readonly directory: string;
  /** On top of this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly limitSeconds: number;
}

/** @returns its exit code; -1 where it has none */
export function runCommand(
  { command: [program = "", ...args], directory, environment, limitSeconds }: Command,
  output: Output,
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: output.live ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    running.add(child);
    if (!output.live)
      for (const stream of [child.stdout, child.stderr])
        stream?.setEncoding("utf8").on("data", (chunk: string) => void output.kept.push(chunk));
    const limit = setTimeout(() => {
      say(output, `It did not end within ${limitSeconds} s and was killed.`);
      end(child);
    }, limitSeconds * 1000);
    const settle = (exitCode: number): void => {
      clearTimeout(limit);
      running.delete(child);
      resolve(exitCode);
    };
    child.once("error", (error) => {
      say(output, error.message);
      settle(-1);
    });
    child.once("close", (code) => settle(code ?? -1));
    // A process that it left behind may hold the pipes open: the last words come within a moment, or not at all.
    child.once("exit", (code) => setTimeout(settle, lastWordsMs, code ?? -1).unref());
  });
}
