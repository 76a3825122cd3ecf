/** Runs a service's health check until the service has proved itself, or has failed to. */
import { setTimeout as delay } from "node:timers/promises";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { ProcessHealthcheck } from "./config.ts";
import { type SpawnedProcess, signalGroup, spawnGroup } from "./spawn.ts";

export type CheckResult =
  | { readonly ok: true }
  /** `missing`: the command of the check is not there, which says nothing about the service. */
  | { readonly ok: false; readonly missing: boolean; readonly why: string };

export interface CheckRequest {
  readonly service: string;
  readonly healthcheck: ProcessHealthcheck;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Of a check's output, this much can become part of a sentence. */
const maxOutputCharacters = 200;

function commandOf([how, ...words]: readonly string[]): readonly string[] {
  if (how !== "CMD-SHELL") return words;
  return process.platform === "win32" ? ["cmd.exe", "/d", "/s", "/c", ...words] : ["/bin/sh", "-c", ...words];
}

/** @throws AbortError */
export async function checkOnce(request: CheckRequest, signal: AbortSignal): Promise<CheckResult> {
  const { service, healthcheck, cwd, env } = request;
  const command = commandOf(healthcheck.test);
  signal.throwIfAborted();
  let spawned: SpawnedProcess;
  try {
    spawned = await spawnGroup({
      name: `The health check of ${service}`,
      command,
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    if (error instanceof HotenvError) return { ok: false, missing: true, why: error.message };
    throw error;
  }
  const { child, pid } = spawned;
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      if (output.length < maxOutputCharacters) output += text;
    });
  const ended = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  const timer = new AbortController();
  const either = AbortSignal.any([signal, timer.signal]);
  try {
    const code = await Promise.race([ended, delay(healthcheck.timeout, "late" as const, { signal: either })]);
    if (code === "late")
      return { ok: false, missing: false, why: `no answer within ${healthcheck.timeout} ms` };
    if (code === 0) return { ok: true };
    const said = output.trim().replaceAll(/\s+/g, " ").slice(0, maxOutputCharacters);
    // What shells answer for a command that is not there, or cannot be executed (POSIX, 2.8.2).
    const missing = healthcheck.test[0] === "CMD-SHELL" && (code === 126 || code === 127);
    return { ok: false, missing, why: said === "" ? `exit code ${code}` : `exit code ${code}: ${said}` };
  } finally {
    timer.abort();
    // The whole group, always: a check that ended may have left something behind that holds the pipes.
    await signalGroup(pid, "SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/** How soon after the start one looks again; the check's own interval may be half a minute. */
const firstPauseMs = 25;
const longestPauseMs = 1_000;

/**
 * Checks again and again. What counts is Docker's schedule: failures count from the first interval (or the
 * end of the start period) on, once an interval, and `retries` of them in a row are the end. Checks in
 * between can prove that the service is healthy, never that it is not.
 * @param ageMs how long the service has run already
 * @throws AbortError
 */
export async function checkUntilHealthy(
  request: CheckRequest,
  ageMs: number,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { interval, retries, start_period } = request.healthcheck;
  const began = performance.now() - ageMs;
  let countsFrom = Math.max(interval, start_period);
  let failures = 0;
  for (
    let pauseMs = firstPauseMs;
    ;
    pauseMs = Math.min(longestPauseMs, interval || longestPauseMs, pauseMs * 2)
  ) {
    const result = await checkOnce(request, signal);
    if (result.ok || result.missing) return result;
    const now = performance.now() - began;
    if (now >= countsFrom) {
      failures += 1;
      countsFrom = now + interval;
      if (failures >= retries) return result;
    }
    await delay(pauseMs, undefined, { signal });
  }
}
