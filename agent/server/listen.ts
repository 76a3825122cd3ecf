/** Listening on a project's socket: a Unix socket in a directory of ours, or a named pipe. */
import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { connect } from "node:net";
import { dirname } from "node:path";
import type { ProjectPaths } from "../../client/location.ts";
import { errnoOf, privateDirectory, unwritable } from "../history/private-files.ts";
import { agentRunning } from "./claim.ts";

/** How long somebody on the other side of an old socket may take to accept. */
const knockMs = 1000;

/**
 * Only for the holder of the project's claim.
 * @throws agent-running where somebody answers on the socket, history-unwritable
 */
export async function listenOn(server: Server, paths: ProjectPaths): Promise<void> {
  const isPipe = process.platform === "win32";
  if (!isPipe) privateDirectory(dirname(paths.socket));
  try {
    await listen(server, paths.socket);
  } catch (error) {
    if (errnoOf(error) !== "EADDRINUSE") throw unwritable(paths.socket, error);
    // A named pipe goes with its process: this one is somebody's.
    if (isPipe || (await answers(paths.socket))) throw agentRunning(paths);
    rmSync(paths.socket, { force: true });
    await listen(server, paths.socket);
  }
  if (!isPipe) chmodSync(paths.socket, 0o600);
}

async function listen(server: Server, path: string): Promise<void> {
  server.listen(path);
  await once(server, "listening");
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const knock = connect(path);
    const done = (answered: boolean): void => {
      knock.destroy();
      resolve(answered);
    };
    knock.setTimeout(knockMs, () => done(true));
    knock.once("connect", () => done(true));
    knock.once("error", () => done(false));
  });
}
