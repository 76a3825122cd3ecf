/** What a call to Docker that failed means. */
import * as z from "zod";
import { HotenvError } from "../../../core/protocol/errors.ts";

const unreachable = new Set([
  "ECONNREFUSED",
  "ENOENT",
  "EACCES",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
]);
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

/** A failed call to Docker as an error for people. */
export function dockerError(what: string, error: unknown): HotenvError {
  if (error instanceof HotenvError) return error;
  const answer = answerSchema.safeParse(error).data;
  if (answer?.code !== undefined && unreachable.has(answer.code))
    return new HotenvError("docker-unreachable", "Docker does not answer.", {
      todo:
        answer.code === "EACCES"
          ? "Give this user access to Docker's socket (the group `docker`)."
          : "Start Docker; Hotenv goes on by itself as soon as it runs.",
      cause: error,
    });
  const said = z.looseObject({ message: z.string() }).safeParse(answer?.json).data?.message;
  const detail = (said ?? (error instanceof Error ? error.message : String(error))).trim();
  const port =
    /(?:Bind for|listen tcp\d? )\s*\S*?:(\d+).*(?:port is already allocated|address already in use)/.exec(
      detail,
    );
  if (port)
    return new HotenvError("docker-failed", `${what}: port ${port[1]} is taken.`, {
      todo: "Choose another port, or stop what listens on it.",
      cause: error,
    });
  return new HotenvError("docker-failed", `${what}: ${detail.replace(/\.$/, "")}.`, { cause: error });
}
