/** Waits for a service's proof, woken by Docker's events. */
import type Docker from "dockerode";
import type { Json, ServiceModel } from "../../../core/compose/model.ts";
import { toHotenvError } from "../../../core/protocol/errors.ts";
import { parseDuration } from "../../../core/settings/duration.ts";
import type { ProbeResult } from "../runtime.ts";
import { healthOf, type Inspected, inspectContainer, isAside, listContainers } from "./containers.ts";
import type { EventLoop } from "./events.ts";
import { hasMissingCheck, runCheck } from "./health-check.ts";

/** Events are hints: a container is looked at this often, too. */
const lookMs = 1_000;
/** Docker's own defaults where a health check names none (moby `daemon/health.go`). */
const defaults = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3 };
/** For Docker itself to start the probe and to tell of it. */
const marginMs = 10_000;

type Look =
  | { readonly done: true }
  | { readonly waiting: string }
  /** `check`: the container whose health check failed, which may be the check's own fault. */
  | { readonly failed: string; readonly check?: Inspected };

/**
 * One glance at all containers of a service. Pure.
 * @param restarts restart counts of the first glance
 * @param proved IDs of containers whose health check we ran ourselves, and that passed
 */
export function judge(
  service: string,
  containers: readonly Inspected[],
  restarts: ReadonlyMap<string, number>,
  proved: ReadonlySet<string> = new Set(),
): Look {
  if (containers.length === 0) return { failed: `${service} has no container.` };
  for (const container of containers) {
    const { State: state, RestartCount: count } = container;
    if (state.Restarting || count > (restarts.get(container.Id) ?? 0))
      return { failed: `${service} keeps ending and being restarted (exit code ${state.ExitCode}).` };
    if (!state.Running) {
      const memory = state.OOMKilled === true ? " for lack of memory" : "";
      const why = state.Error ? `: ${state.Error}` : "";
      return { failed: `${service} ended with exit code ${state.ExitCode}${memory}${why}.` };
    }
    const health = healthOf(container);
    if (health === "unhealthy")
      return { failed: `${service} failed its health check${lastProbe(container)}.`, check: container };
    if (health === "starting" && !proved.has(container.Id)) return { waiting: "its health check" };
  }
  return { done: true };
}

function lastProbe(container: Inspected): string {
  const last = container.State.Health?.Log?.at(-1);
  const output = last?.Output.trim().split("\n").at(-1)?.slice(0, 200);
  if (last === undefined) return "";
  return output ? ` (exit code ${last.ExitCode}: ${output})` : ` (exit code ${last.ExitCode})`;
}

/** Docker looks no sooner than after its interval; unless that is very short, we run the same check ourselves. */
const patientNs = 500_000_000;
/** Then again, each time after twice as long, up to `lookMs`. */
const firstOwnProbeMs = 100;

async function passesOwnProbe(docker: Docker, container: Inspected, signal: AbortSignal): Promise<boolean> {
  const { Interval: intervalNs = 0 } = container.Config.Healthcheck ?? {};
  if (intervalNs !== 0 && intervalNs <= patientNs) return false;
  return (await runCheck(docker, container, signal)) === 0;
}

function durationOf(value: Json | undefined, otherwise: number): number {
  return typeof value === "string" ? (parseDuration(value) ?? otherwise) : otherwise;
}

/** How long a health check may take to decide, in ms: after that it decides nothing any more. */
export function healthDeadlineMs(target: ServiceModel): number {
  const check = target.config.healthcheck;
  const declared = (
    check !== null && typeof check === "object" && !Array.isArray(check) ? check : {}
  ) as Record<string, Json>;
  const retries = typeof declared.retries === "number" ? declared.retries : defaults.retries;
  const intervalMs = durationOf(declared.interval, defaults.intervalMs);
  const timeoutMs = durationOf(declared.timeout, defaults.timeoutMs);
  return durationOf(declared.start_period, 0) + (retries + 1) * (intervalMs + timeoutMs) + marginMs;
}

export interface VerifyRequest {
  readonly docker: Docker;
  readonly project: string;
  readonly events: EventLoop;
  readonly service: string;
  readonly target: ServiceModel;
  readonly stabilityMs: number;
  readonly logs: () => Promise<readonly string[]>;
}

export async function verifyService(request: VerifyRequest, signal: AbortSignal): Promise<ProbeResult> {
  const { docker, project, service, stabilityMs } = request;
  const deadline = performance.now() + healthDeadlineMs(request.target);
  const restarts = new Map<string, number>();
  let goodSince: number | undefined;
  const bell = ringOn(request.events, service);
  const proved = new Set<string>();
  let ownProbeMs = firstOwnProbeMs;
  const fail = async (reason: string, inconclusive = false): Promise<ProbeResult> => ({
    ok: false,
    inconclusive,
    reason,
    // An addition: that a container was removed in front of its log must not hide the reason.
    log: await request
      .logs()
      .catch((error: unknown) => [`(the log could not be read: ${toHotenvError(error).message})`]),
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      const all = await listContainers(docker, project, service);
      const listed = all.filter((container) => !isAside(container));
      const found = await Promise.all(listed.map((container) => inspectContainer(docker, container.id)));
      const containers = found.filter((container) => container !== undefined);
      for (const container of containers)
        if (!restarts.has(container.Id)) restarts.set(container.Id, container.RestartCount);
      for (const container of containers)
        if (healthOf(container) === "starting" && container.State.Running && !proved.has(container.Id))
          if (await passesOwnProbe(docker, container, signal)) proved.add(container.Id);
      const look = judge(service, containers, restarts, proved);
      if ("failed" in look) {
        const { failed, check } = look;
        return await fail(failed, check !== undefined && (await hasMissingCheck(docker, check, signal)));
      }
      const now = performance.now();
      if ("done" in look) {
        goodSince ??= now;
        if (now - goodSince >= stabilityMs) return { ok: true };
      } else {
        goodSince = undefined;
        if (now > deadline)
          return await fail(
            `${service} did not become healthy within ${Math.round(healthDeadlineMs(request.target) / 1000)} s.`,
          );
      }
      if (goodSince === undefined) ownProbeMs = Math.min(lookMs, 2 * ownProbeMs);
      const leftMs =
        goodSince === undefined ? ownProbeMs : Math.min(lookMs, goodSince + stabilityMs - now + 1);
      await bell.wait(leftMs, signal);
    }
  } finally {
    bell.close();
  }
}

/** Remembers a ring that came while nobody waited, so that none is missed. */
function ringOn(events: EventLoop, service: string) {
  let rung = false;
  let wake: (() => void) | undefined;
  const off = events.on((event) => {
    if (event.service !== service && event.service !== "") return;
    rung = true;
    wake?.();
  });
  return {
    wait: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          wake = undefined;
          rung = false;
          resolve();
        };
        const timer = setTimeout(end, ms);
        if (rung || signal.aborted) return end();
        wake = end;
        signal.addEventListener("abort", end, { once: true });
      }),
    close: off,
  };
}
