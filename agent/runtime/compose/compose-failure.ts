/**
 * What a Compose command that failed means. Its sentences differ from version to version: they are shown to people,
 * and nothing depends on them. Whether Docker is away, Docker is asked; where a file is wrong, our own readers know
 * (agent/project/refusal.ts).
 */
import { HotenvError, toHotenvError } from "../../../core/protocol/errors.ts";
import type { Environment } from "./compose-program.ts";
import { closeEndpoint, connectDocker, type Endpoint, openEndpoint } from "./docker.ts";
import { whyAway } from "./docker-error.ts";

export interface FailedCommand {
  /** Without `docker compose`. */
  readonly args: readonly string[];
  readonly stderr: string;
}

/** @param engine what the command talked to: an endpoint, else the one of the environment */
export async function explainFailure(
  { args, stderr }: FailedCommand,
  engine: { readonly environment: Environment; readonly endpoint: Endpoint | undefined },
  signal: AbortSignal,
): Promise<HotenvError> {
  // A refusal may take several lines; what goes before another failure tells of its progress.
  const said = wordsIn(stderr, readsOnly(args) ? 3 : 1);
  if (readsOnly(args))
    return new HotenvError("compose-invalid", `Compose does not accept the project: ${said}.`, {
      todo: "Correct it; running containers are left alone until then.",
    });
  return (
    (await whyUnreachable(engine, signal)) ??
    new HotenvError("docker-failed", `\`docker compose ${args.join(" ")}\` failed: ${said}.`)
  );
}

/** It needs no engine. */
function readsOnly(args: readonly string[]): boolean {
  const services = args.indexOf("--");
  return (services === -1 ? args : args.slice(0, services)).includes("config");
}

async function whyUnreachable(
  { environment, endpoint }: Parameters<typeof explainFailure>[1],
  signal: AbortSignal,
): Promise<HotenvError | undefined> {
  try {
    if (endpoint !== undefined) return await whyAway(connectDocker(endpoint), signal);
    const own = await openEndpoint(environment);
    return await whyAway(connectDocker(own), signal).finally(() => closeEndpoint(own));
  } catch (error) {
    // An endpoint that cannot be used, or an end that was asked for.
    return toHotenvError(error);
  }
}

/** Of a sentence that goes on and on. */
const shownCharacters = 400;

/** The end of what Compose printed, as one line. Pure. */
export function wordsIn(stderr: string, count: number): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    // What it logs beside its error has the form of a log.
    .filter((line) => line !== "" && !line.startsWith("time="));
  const from = lines.findIndex((line) => quotesFile.test(line));
  // All that follows is the file's own text, and may be a secret.
  if (from !== -1) return (lines[from] ?? "").replace(/["'].*$/, "").replace(/[\s:.]+$/, "");
  return lines.slice(-count).join(" ").slice(-shownCharacters).replace(/\.$/, "");
}

/** Compose 2 and 5 quote an env file's line behind these. Only what is hidden depends on it. */
const quotesFile = /^(?:failed to read \S+:|line \d+:)/;
