/** The connection to Docker's API. */
import Docker from "dockerode";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { type DialAgent, TcpAgent } from "./dial-agent.ts";
import { type Engine, findEngine } from "./engine.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where a request goes, in the terms of node:http. An agent makes connections that lead elsewhere; the path is then
 * only a name: for a host and a port, docker-modem would use a parser of URLs that Node warns of.
 */
export interface Endpoint {
  readonly socketPath: string;
  readonly agent?: DialAgent;
}

/**
 * The endpoint of the engine that the `docker` command would use. It keeps connections: closeEndpoint.
 * @throws HotenvError docker-unreachable where it cannot be used at all; whether anybody answers is not asked
 */
export async function openEndpoint(environment: Environment): Promise<Endpoint> {
  const engine = await findEngine(environment);
  const address = addressOf(engine);
  switch (address.kind) {
    case "socket":
      return { socketPath: address.path };
    case "tcp":
      return { socketPath: engine.host, agent: await tcpAgent(address, engine) };
    case "ssh": {
      // What only some need is loaded for them.
      const { SshAgent } = await import("./ssh.ts");
      return { socketPath: engine.host, agent: new SshAgent(engine.host, environment) };
    }
  }
}

async function tcpAgent({ host, port }: TcpAddress, { tls }: Engine): Promise<DialAgent> {
  if (tls === undefined) return new TcpAgent(host, port);
  const { tlsAgent } = await import("./tls.ts");
  return tlsAgent({ host, port }, tls);
}

/** What is under way may end; it keeps nothing open. */
export function closeEndpoint({ agent }: Endpoint): void {
  agent?.close();
}

interface TcpAddress {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
}
export type Address =
  | TcpAddress
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "ssh" };

/** The usual port, plain and encrypted. */
const [plainPort, tlsPort] = [2375, 2376];

/** Pure. @throws HotenvError docker-unreachable */
export function addressOf({ host, tls }: Engine): Address {
  const local = /^(?:unix|npipe):\/\/(.*)$/.exec(host);
  if (local?.[1]) return { kind: "socket", path: local[1] };
  if (/^ssh:\/\//.test(host)) return { kind: "ssh" };
  const url = /^(?:tcp|http):\/\//.test(host) ? URL.parse(host.replace(/^\w+/, "http")) : null;
  if (url && url.hostname !== "")
    return {
      kind: "tcp",
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
    return new Docker({ ...endpoint });
  } finally {
    if (own !== undefined) process.env.DOCKER_HOST = own;
  }
}
