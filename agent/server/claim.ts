/** One agent a project: whoever holds the claim may load it, apply to it and serve it. */
import { readFileSync } from "node:fs";
import type { ProjectPaths } from "../../client/location.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import { rendezvousSchema } from "../../core/protocol/messages.ts";
import { type FileLock, lockFile } from "../history/file-lock.ts";
import { errnoOf, privateDirectory } from "../history/private-files.ts";

export type Claim = FileLock;

/** Long enough for what a file system does behind a lock (Windows), too short to be noticed. */
const claimWaitMs = 100;

/**
 * The operating system lets go of it when the process dies, however it dies.
 * @throws agent-running where another process has the project, history-unwritable
 */
export function claimProject(paths: ProjectPaths): Claim {
  privateDirectory(paths.stateDirectory);
  const claim = lockFile(paths.lock, claimWaitMs);
  if (claim) return claim;
  throw agentRunning(paths);
}

export function agentRunning(paths: ProjectPaths): HotenvError {
  const pid = pidOfRunning(paths.rendezvous);
  return new HotenvError(
    "agent-running",
    `Another Hotenv works on ${paths.directory}${pid === undefined ? "" : ` (process ${pid})`}.`,
    { todo: "Use that one, or end it with `hotenv stop`." },
  );
}

/** undefined where it has not said yet, or runs without serving. */
function pidOfRunning(rendezvous: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(rendezvous, "utf8");
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
  try {
    return rendezvousSchema.parse(JSON.parse(text)).pid;
  } catch {
    // Only a courtesy in a message: a damaged file is replaced by the next agent.
    return undefined;
  }
}
