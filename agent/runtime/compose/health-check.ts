/** The health check of a container as we run it ourselves. */
import type Docker from "dockerode";
import { HotenvError } from "../../../core/protocol/errors.ts";
import type { Inspected } from "./containers.ts";
import { execIn, isMissingCommand } from "./exec.ts";
import { isPodman } from "./podman.ts";

const ownCheckLimitMs = 5_000;

/** As Docker runs it (moby daemon/health.go); undefined where there is none. Pure. */
export function checkCommand({
  Config: { Healthcheck: check, Shell: shell },
}: Pick<Inspected, "Config">): string[] | undefined {
  const [how, ...words] = check?.Test ?? [];
  if (words.length === 0) return undefined;
  if (how !== "CMD-SHELL") return words;
  return [...(shell != null && shell.length > 0 ? shell : ["/bin/sh", "-c"]), ...words];
}

/** Runs it once. @returns its exit code; undefined where it could not be run now, or took too long */
export async function runCheck(
  docker: Docker,
  container: Inspected,
  signal: AbortSignal,
): Promise<number | undefined> {
  const command = checkCommand(container);
  if (command === undefined) return undefined;
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(ownCheckLimitMs)]);
    return (await execIn(docker, container.Id, command, either)).code;
  } catch (error) {
    // It may be ending just now, or be slow: Docker's own check decides, and the next glance.
    if (error instanceof HotenvError) return undefined;
    throw error;
  }
}

/**
 * A check whose command is not in the container says nothing about the service. Docker notes -1 for one that it could
 * not run, and for one that took too long; Podman notes 1 for all that is not 0. Which of them it was, running it tells.
 */
export async function hasMissingCheck(
  docker: Docker,
  container: Inspected,
  signal: AbortSignal,
): Promise<boolean> {
  const codes = (container.State.Health?.Log ?? []).map(({ ExitCode: code }) => code);
  const unclear = codes.includes(1) && (await isPodman(docker)) ? 1 : -1;
  if (codes.length === 0 || !codes.every((code) => code === unclear || isMissingCommand(code))) return false;
  if (!codes.includes(unclear)) return true;
  const code = await runCheck(docker, container, signal);
  return code !== undefined && isMissingCommand(code);
}
