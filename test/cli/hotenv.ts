/** The command line as a user starts it: a process of its own, with a clean environment. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { compileCache } from "../support/compile-cache.ts";

const main = join(import.meta.dirname, "..", "..", "agent", "main.ts");

export interface Place {
  readonly directory: string;
  readonly stateDir: string;
}

export interface Running {
  readonly child: ChildProcess;
  out: string;
  err: string;
  /** Resolves with what matched as soon as standard output has it; rejects where the process ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** PATH for `node` and `git`; no colours, no user configuration, no state directory but the test's. */
export function environmentOf({ stateDir }: Place): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: stateDir,
    GIT_CONFIG_GLOBAL: join(stateDir, "no-git-config"),
    ...compileCache,
  };
}

export function startHotenv(place: Place, ...args: string[]): Running {
  return startScript(place, main, "--state-dir", place.stateDir, ...args);
}

/** @param script of Node's */
export function startScript(place: Place, script: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: place.directory,
    env: environmentOf(place),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close").then(([code]: unknown[]) => (typeof code === "number" ? code : null));
  const running: Running = {
    child,
    out: "",
    err: "",
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(running.out);
        if (found !== null) return found;
        const more = await Promise.race([once(child.stdout ?? child, "data"), ended]);
        if (!Array.isArray(more) && !pattern.test(running.out))
          throw new Error(
            `hotenv ended (${more}) without saying ${pattern}:\n${running.out}\n${running.err}`,
          );
      }
    },
    ended,
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    running.out += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    running.err += text;
  });
  return running;
}

export interface Said {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

export async function hotenv(place: Place, ...args: string[]): Promise<Said> {
  const running = startHotenv(place, ...args);
  const exitCode = await running.ended;
  return { exitCode, out: running.out, err: running.err };
}
