/** The connection to Docker's API: where it is, and what its failures mean. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import * as z from "zod";
import { HotenvError } from "../../../core/protocol/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const configSchema = z.looseObject({ currentContext: z.string().optional() });
const contextSchema = z.array(
  z.looseObject({ Endpoints: z.looseObject({ docker: z.looseObject({ Host: z.string() }) }) }),
);

const defaultHost =
  process.platform === "win32" ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";

/** The endpoint that the `docker` command would use: DOCKER_HOST, else the chosen context, else the default. */
export async function dockerHost(environment: Environment): Promise<string> {
  if (environment.DOCKER_HOST) return environment.DOCKER_HOST;
  const context = environment.DOCKER_CONTEXT ?? (await currentContext(environment));
  if (context === undefined || context === "default") return defaultHost;
  const { stdout } = await promisify(execFile)("docker", ["context", "inspect", context], {
    env: environment,
  });
  const [found] = contextSchema.parse(JSON.parse(stdout));
  return found?.Endpoints.docker.Host ?? defaultHost;
}

async function currentContext(environment: Environment): Promise<string | undefined> {
  const file = join(
    environment.DOCKER_CONFIG ?? join(environment.HOME ?? homedir(), ".docker"),
    "config.json",
  );
  try {
    return configSchema.parse(JSON.parse(await readFile(file, "utf8"))).currentContext;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new HotenvError("docker-unreachable", "Docker's own configuration cannot be read.", {
      location: { file },
      todo: "Correct the file, or set DOCKER_HOST.",
      cause: error,
    });
  }
}

/** Where a request goes, in the terms of node:http. */
export type Endpoint = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export function endpointOf(host: string): Endpoint {
  const local = /^(?:unix|npipe):\/\/(.*)$/.exec(host);
  if (local?.[1]) return { socketPath: local[1] };
  const tcp = /^(?:tcp|http):\/\/([^/:]+):(\d+)/.exec(host);
  if (tcp?.[1] && tcp[2]) return { host: tcp[1], port: Number(tcp[2]) };
  throw new HotenvError("docker-unreachable", `Hotenv cannot use the Docker endpoint ${host}.`, {
    todo: "Use a local socket or tcp://HOST:PORT, for instance through `ssh -L`.",
  });
}

export function connectDocker(endpoint: Endpoint): Docker {
  return "socketPath" in endpoint
    ? new Docker({ socketPath: endpoint.socketPath })
    : new Docker({ protocol: "http", host: endpoint.host, port: endpoint.port });
}
