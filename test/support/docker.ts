/** The docker command line as the tests use it, and the removal of what a killed run has left behind. */
import { execFile } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import * as z from "zod";

/** On every image, container, network and volume that a test makes by itself. */
export const testLabel = "hotenv.test=1";

/** Starts the name of every Compose project of a test; the process that owns it follows. */
export const projectPrefix = "hotenvtest-";

const maxOutputBytes = 1 << 26;

/**
 * The environment of docker commands: a variable of the shell would win over the project's `.env`, so that nothing
 * of this process's own gets in but what finds the engine.
 */
export const dockerEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  ["PATH", "HOME", "USERPROFILE", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  }),
);

/**
 * Runs `docker ARGS`.
 * @returns what it printed on stdout
 * @throws with what it printed on stderr
 */
export async function docker(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)("docker", args, {
    env: dockerEnvironment,
    maxBuffer: maxOutputBytes,
    ...options,
  });
  return stdout;
}

/** Removes a Compose project's containers, networks and volumes by their labels; its files need not exist any more. */
export async function removeProject(name: string): Promise<void> {
  const filter = ["--filter", `label=com.docker.compose.project=${name}`, "--quiet"];
  const containers = words(await docker(["ps", "--all", ...filter]));
  if (containers.length > 0) await docker(["rm", "--force", "--volumes", ...containers]);
  for (const network of words(await docker(["network", "ls", ...filter]))) await removeNetwork(network);
  const volumes = words(await docker(["volume", "ls", ...filter]));
  if (volumes.length > 0) await docker(["volume", "rm", "--force", ...volumes]);
}

const patienceMs = 3_000;
const againMs = 250;

/**
 * Docker lets go of a removed container's network a moment later, and tells of that by no event. Of one whose start
 * failed it may keep the endpoint.
 */
async function removeNetwork(id: string): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;)
    try {
      await docker(["network", "rm", id]);
      return;
    } catch (error) {
      const left = Object.entries(
        z
          .record(z.string(), z.object({ Name: z.string() }))
          .parse(JSON.parse(await docker(["network", "inspect", id, "--format", "{{json .Containers}}"]))),
      );
      if (performance.now() > end) {
        if (left.length > 0) throw error;
        // Engine 20.10 now and then forgets an endpoint of a container that is gone: it names none, and
        // nobody can remove the network until the engine starts again. It harms no other test.
        console.warn(`Docker keeps the network ${id} of a removed project, with no container in it.`);
        return;
      }
      for (const [, { Name: name }] of left)
        await docker(["network", "disconnect", "--force", id, name]).catch(() => undefined);
      await delay(againMs);
    }
}

/**
 * Removes the projects and directories of test processes that are no longer alive. Those of others that run at the
 * same time stay.
 */
export async function sweepLeftovers(): Promise<void> {
  const names = await docker(["ps", "--all", "--format", '{{.Label "com.docker.compose.project"}}']);
  const networks = await docker(["network", "ls", "--format", '{{.Label "com.docker.compose.project"}}']);
  for (const name of new Set([...words(names), ...words(networks)])) {
    if (isLeftover(name)) await removeProject(name);
  }
  for (const name of await readdir(tmpdir())) {
    if (isLeftover(name)) await rm(path.join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isLeftover(name: string): boolean {
  if (!name.startsWith(projectPrefix)) return false;
  const owner = Number.parseInt(name.slice(projectPrefix.length), 10);
  return Number.isInteger(owner) && !isAlive(owner);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");
