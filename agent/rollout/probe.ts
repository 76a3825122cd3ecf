/** The probes that hotenv.yaml declares for a service: tried until they hold, or their time is over. */
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { toHotenvError } from "../../core/protocol/errors.ts";
import type { Probe } from "../../core/settings/settings.ts";
import type { ProbeResult, Runtime } from "../runtime/runtime.ts";
import { logLines } from "./failure.ts";

const defaultTimeoutMs = 10_000;
const pauseMs = 200;
/** One attempt; the service may not answer at all. */
const attemptMs = 5_000;
const logTail = 200;
const shownCharacters = 200;

/** `undefined`: it holds. */
type Complaint = { readonly why: string; readonly inconclusive?: boolean } | undefined;

async function tryHttp(probe: NonNullable<Probe["http"]>, signal: AbortSignal): Promise<Complaint> {
  const { url, method, status, headers, body } = probe;
  const response = await fetch(url, { method, signal, redirect: "manual", ...(headers && { headers }) });
  const text = await response.text();
  if (!status.includes(response.status)) return { why: `${url} answered with status ${response.status}` };
  return body === undefined || text.includes(body)
    ? undefined
    : { why: `${url} did not answer with ${body}` };
}

function tryTcp(address: string, signal: AbortSignal): Promise<Complaint> {
  const at = address.lastIndexOf(":");
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)), signal });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

async function tryExec(
  runtime: Runtime,
  service: string,
  command: string | readonly string[],
  signal: AbortSignal,
): Promise<Complaint> {
  const words = typeof command === "string" ? ["sh", "-c", command] : command;
  const said = words.join(" ");
  if (runtime.exec === undefined)
    return { why: `${said} cannot be run inside of a local service`, inconclusive: true };
  const { code, output } = await runtime.exec(service, words, signal);
  if (code === 0) return undefined;
  if (code === 126 || code === 127) return { why: `${said} is no command there`, inconclusive: true };
  const last = output.split("\n").at(-1)?.slice(0, shownCharacters) ?? "";
  return { why: `${said} ended with exit code ${code}${last === "" ? "" : `: ${last}`}` };
}

async function tryLog(
  runtime: Runtime,
  service: string,
  { present, absent }: NonNullable<Probe["log"]>,
  signal: AbortSignal,
): Promise<Complaint> {
  const lines = await runtime.logs(service, logTail, signal);
  if (absent !== undefined && lines.some((line) => line.includes(absent)))
    return { why: `its log says ${absent}` };
  if (present !== undefined && !lines.some((line) => line.includes(present)))
    return { why: `its log does not say ${present}` };
  return undefined;
}

function attempt(runtime: Runtime, service: string, probe: Probe, signal: AbortSignal): Promise<Complaint> {
  if (probe.http !== undefined) return tryHttp(probe.http, signal);
  if (probe.tcp !== undefined) return tryTcp(probe.tcp, signal);
  if (probe.exec !== undefined) return tryExec(runtime, service, probe.exec, signal);
  return probe.log === undefined ? Promise.resolve(undefined) : tryLog(runtime, service, probe.log, signal);
}

/** A service's log is an addition to the reason; where it cannot be had, its absence must not hide the reason. */
export async function tailOf(
  runtime: Runtime,
  service: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await runtime.logs(service, logLines, signal);
  } catch (error) {
    return [`(the log could not be read: ${toHotenvError(error).message})`];
  }
}

/** One after the other. Never throws for a service's own failure. @throws AbortError */
export async function runProbes(
  runtime: Runtime,
  service: string,
  probes: readonly Probe[],
  signal: AbortSignal,
): Promise<ProbeResult> {
  for (const probe of probes) {
    const deadline = performance.now() + (probe.timeout ?? defaultTimeoutMs);
    for (;;) {
      signal.throwIfAborted();
      let complaint: Complaint;
      try {
        const either = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
        complaint = await attempt(runtime, service, probe, either);
      } catch (error) {
        signal.throwIfAborted();
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        complaint = { why: toHotenvError(cause).message };
      }
      if (complaint === undefined) break;
      const { why, inconclusive = false } = complaint;
      if (inconclusive || performance.now() > deadline) {
        const log = await tailOf(runtime, service, signal);
        return { ok: false, inconclusive, reason: `${service} did not pass its probe: ${why}.`, log };
      }
      await delay(pauseMs, undefined, { signal });
    }
  }
  return { ok: true };
}
