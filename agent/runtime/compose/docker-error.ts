/** What a call to Docker that failed means. */
import type Docker from "dockerode";
import * as z from "zod";
import { HotenvError } from "../../../core/protocol/errors.ts";

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EACCES",
  "EPERM",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);
/** What Node and OpenSSL call a certificate that one side does not trust, or a side that does not encrypt. */
const distrust = /^(?:EPROTO$|ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/;
const answerSchema = z.looseObject({
  statusCode: z.number().optional(),
  code: z.string().optional(),
  json: z.unknown().optional(),
  message: z.string().optional(),
});

/** @returns the HTTP status of an answer that Docker refused with; undefined where it was no answer */
export function statusOf(error: unknown): number | undefined {
  return answerSchema.safeParse(error).data?.statusCode;
}

function away(cause: unknown, code?: string): HotenvError {
  return new HotenvError("docker-unreachable", "Docker does not answer.", {
    todo:
      code === "EACCES" || code === "EPERM"
        ? "Give this user access to Docker's socket (the group `docker`)."
        : "Start Docker; Hotenv goes on by itself as soon as it runs.",
    cause,
  });
}

const pingMs = 5_000;

/**
 * Asks Docker whether it is there: GET /_ping.
 * @returns why it cannot be reached; undefined where it answers
 * @throws the signal's reason
 */
export async function whyAway(docker: Docker, signal: AbortSignal): Promise<HotenvError | undefined> {
  const patience = AbortSignal.timeout(pingMs);
  // Its types know no options.
  const ping: (options: { readonly abortSignal: AbortSignal }) => Promise<unknown> = docker.ping.bind(docker);
  try {
    await ping({ abortSignal: AbortSignal.any([signal, patience]) });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    // A proxy in front of an engine that is away answers in its place.
    if (patience.aborted || (statusOf(error) ?? 0) >= 500) return away(error);
    const known = dockerError("Docker did not answer", error);
    // Whatever else it answers, it answers.
    return known.code === "docker-unreachable" ? known : undefined;
  }
}

/** Of a message with numbers, functions and files of OpenSSL's own. */
const opensslWords = (message: string | undefined) =>
  /SSL routines:[^:]*:([^:]+)/.exec(message ?? "")?.[1] ?? message;

/** A failed call to Docker as an error for people. */
export function dockerError(what: string, error: unknown): HotenvError {
  if (error instanceof HotenvError) return error;
  const answer = answerSchema.safeParse(error).data;
  if (answer?.code !== undefined && unreachable.has(answer.code)) return away(error, answer.code);
  if (answer?.code !== undefined && distrust.test(answer.code))
    return new HotenvError(
      "docker-unreachable",
      `Docker and Hotenv do not trust each other: ${opensslWords(answer.message) ?? answer.code}.`,
      {
        todo: "See that ca.pem, cert.pem and key.pem (of DOCKER_CERT_PATH, or of the context) are those of this engine.",
        cause: error,
      },
    );
  const said = z.looseObject({ message: z.string() }).safeParse(answer?.json).data?.message;
  const detail = (said ?? (error instanceof Error ? error.message : String(error))).trim();
  return new HotenvError("docker-failed", `${what}: ${detail.replace(/\.$/, "")}.`, { cause: error });
}
