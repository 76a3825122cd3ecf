/** The connection to Docker's API. */
import type { Agent } from "node:http";
import Docker from "dockerode";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { type Engine, findEngine } from "./engine.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a request goes, in the terms of node:http; the agent makes connections that are no plain TCP. */
export type Endpoint =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly agent?: Agent };

const plainPort = 2375;
const tlsPort = 2376;

/**
 * The endpoint of the engine that the `docker` command would use. It keeps connections: closeEndpoint.
 * @throws HotenvError docker-unreachable where it cannot be used at all; whether anybody answers is not asked
 */
export async function openEndpoint(environment: Environment): Promise<Endpoint> {
  const engine = await findEngine(environment);
  const endpoint = endpointOf(engine);
  if ("socketPath" in endpoint) return endpoint;
  // What only some need is loaded for them.
  if (engine.host.startsWith("ssh:")) {
    const { SshAgent } = await import("./ssh.ts");
    return { ...endpoint, agent: new SshAgent(engine.host, environment) };
  }
  if (engine.tls === undefined) return endpoint;
  const { tlsAgent } = await import("./tls.ts");
  return { ...endpoint, agent: await tlsAgent(endpoint, engine.tls) };
}

/** Ends what it keeps open, and what is under way. */
export function closeEndpoint(endpoint: Endpoint): void {
  if ("agent" in endpoint) endpoint.agent?.destroy();
}

/** Pure. */
export function endpointOf({ host, tls }: Engine): Endpoint {
  const local = /^(?:unix|npipe):\/\/(.*)$/.exec(host);
  if (local?.[1]) return { socketPath: local[1] };
  // Nobody looks at the name behind ssh; a request must have one.
  if (/^ssh:\/\//.test(host)) return { host: "docker", port: plainPort };
  const url = /^(?:tcp|http):\/\//.test(host) ? URL.parse(host.replace(/^\w+/, "http")) : null;
  if (url && url.hostname !== "")
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: portIn(host) ?? (tls === undefined ? plainPort : tlsPort),
    };
  throw new HotenvError("docker-unreachable", `Hotenv cannot use the Docker endpoint ${host}.`, {
    todo: "Use a local socket, tcp://HOST:PORT or ssh://USER@HOST.",
  });
}

/** URL leaves out the port that is usual for its protocol. */
function portIn(host: string): number | undefined {
  const found = /^\w+:\/\/(?:\[[^\]]*\]|[^/:]*):(\d+)/.exec(host)?.[1];
  return found === undefined ? undefined : Number(found);
}

export function connectDocker(endpoint: Endpoint): Docker {
  const { DOCKER_HOST: own } = process.env;
  // docker-modem would read it, and the certificates, and fail where they are not as it expects.
  delete process.env.DOCKER_HOST;
  try {
    // Encrypting is the agent's: to docker-modem it is plain HTTP.
    return new Docker("socketPath" in endpoint ? endpoint : { protocol: "http", ...endpoint });
  } finally {
    if (own !== undefined) process.env.DOCKER_HOST = own;
  }
}
