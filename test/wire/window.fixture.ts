/**
 * A process of the tests that does what a window does: finds or starts the project's agent and keeps a session
 * with it. Arguments: the project's directory, the state directory. Prints each new process id of its agent.
 */
import path from "node:path";
import { projectPaths } from "../../client/location.ts";
import { startSession } from "../../client/session.ts";
import { spawnAgent } from "../../client/spawn.ts";

const [directory = "", stateDir = ""] = process.argv.slice(2);
const session = startSession({
  paths: projectPaths(directory, { stateDir }),
  client: "extension",
  spawn: (signal) =>
    spawnAgent({
      entry: path.join(import.meta.dirname, "../../agent/main.ts"),
      execPath: process.execPath,
      environment: process.env,
      directory,
      stateDir,
      startMs: 100_000,
      signal,
    }),
});
let told: number | undefined;
session.onState(({ connection, status }) => {
  if (connection !== "online" || status === undefined || status.agent.pid === told) return;
  told = status.agent.pid;
  console.log(`agent ${told}`);
});
