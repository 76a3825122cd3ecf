/** The agents that an extension under test has spawned: they outlive its window, but not the test. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../../client/rendezvous.ts";
import { rendezvousSchema } from "../../core/protocol/messages.ts";
import { until } from "./until.ts";

const stopMs = 30_000;

/** Agents whose rendezvous lies below `stateDirectory`, which need not exist. */
export async function runningAgents(stateDirectory: string): Promise<readonly number[]> {
  const projects = await readdir(stateDirectory).catch(absent);
  const files = await Promise.all(
    (projects ?? []).map((project) =>
      readFile(join(stateDirectory, project, "agent.json"), "utf8").catch(absent),
    ),
  );
  return files
    .filter((file) => file !== undefined)
    .map((file) => rendezvousSchema.parse(JSON.parse(file)).pid)
    .filter(isAlive);
}

/** Ends them as a terminal would; whoever has not ended in time is killed, and that is an error. */
export async function stopAgents(stateDirectory: string): Promise<void> {
  const pids = await runningAgents(stateDirectory);
  for (const pid of pids) process.kill(pid, "SIGTERM");
  try {
    await until("every agent ended after SIGTERM", async () => !pids.some(isAlive), stopMs);
  } finally {
    for (const pid of pids.filter(isAlive)) process.kill(pid, "SIGKILL");
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
}
