/** Docker over ssh, as the docker command line does it: each connection is an `ssh … docker system dial-stdio`. */
import type { ClientRequestArgs } from "node:http";
import type { Duplex } from "node:stream";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { DialAgent } from "./dial-agent.ts";
import { type SshCommand, SshConnection } from "./ssh-connection.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What ssh is told of a host: ssh://[user@]host[:port][/socket] (docker/cli cli/connhelper). */
export interface SshTarget {
  /** The user and the port, where they are given, and the host. */
  readonly where: readonly string[];
  readonly command: readonly string[];
}

/**
 * Pure.
 * @throws HotenvError docker-unreachable
 */
export function sshTarget(host: string): SshTarget {
  const url = URL.parse(host);
  const socket = url?.pathname.replace(/\/+$/, "") ?? "";
  const isPlain = url && url.hostname !== "" && !url.password && !url.search && !url.hash;
  // A shell over there reads the path.
  if (!isPlain || !/^[\w./@%+~-]*$/.test(socket))
    throw new HotenvError(
      "docker-unreachable",
      `Hotenv cannot use the Docker endpoint ${withoutPassword(host)}.`,
      {
        todo: "Write it as ssh://USER@HOST:PORT, without a password: ssh uses your keys.",
      },
    );
  return {
    where: [
      ...(url.username === "" ? [] : ["-l", decodeURIComponent(url.username)]),
      ...(url.port === "" ? [] : ["-p", url.port]),
      "--",
      url.hostname.replace(/^\[(.*)\]$/, "$1"),
    ],
    command: ["docker", ...(socket === "" ? [] : [`--host=unix://${socket}`])],
  };
}

const withoutPassword = (host: string) => host.replace(/(?<=^ssh:\/\/[^@/]*?):[^@/]*(?=@)/, "");

const optionsFor = (environment: Environment): readonly string[] => [
  "-T",
  ...["-o", "ConnectTimeout=30"],
  // A connection that nobody ends, of a machine that slept or moved, is noticed within a minute.
  ...["-o", "ServerAliveInterval=20", "-o", "ServerAliveCountMax=3"],
  // Nobody sees what an agent in the background is asked; with SSH_ASKPASS there is a window to ask in.
  ...(environment.SSH_ASKPASS ? [] : ["-o", "BatchMode=yes"]),
];

/** Each is a process here and three over there; more requests than these wait for one another. */
const sharedConnections = 6;
/** An sshd turns away whoever comes while ten are not let in yet (sshd_config, MaxStartups). */
const dialsAtOnce = 4;
/** Answers that take their time, and streams: nobody waits behind one, each has a connection of its own. */
const takesItsTime =
  /\/(?:events|attach|wait|stop|restart)(?:\?|$)|\/exec\/[^/]+\/start(?:\?|$)|[?&]follow=(?:1|true)(?:&|$)/;

/** Pure. */
export const needsItsOwn = (path: string | null | undefined): boolean => takesItsTime.test(path ?? "");

export class SshAgent extends DialAgent {
  readonly isLocal = false;
  readonly #command: SshCommand;

  constructor(host: string, environment: Environment) {
    super({ keepAlive: true, maxSockets: sharedConnections });
    const { where, command } = sshTarget(host);
    this.#command = {
      host,
      args: [...optionsFor(environment), ...where, ...command, "system", "dial-stdio"],
      byHand: ["ssh", ...where, ...command, "version"].join(" "),
      environment,
      dials: { free: dialsAtOnce, waiting: [] },
    };
  }

  /** Requests of one name share connections. */
  override getName(options: ClientRequestArgs = {}): string {
    return needsItsOwn(options.path) ? `own ${options.path}` : "shared";
  }

  dial(options: ClientRequestArgs): Duplex {
    return new SshConnection(this.#command, { isShared: !needsItsOwn(options.path) });
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return super.keepSocketAlive(socket) && (socket as SshConnection).isShared;
  }
}
