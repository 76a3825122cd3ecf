/**
 * Where a project's agent keeps its things, on every platform: the one place that agent, command line
 * and extension must agree on. Nothing of it lies in the workspace.
 */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

export interface ProjectPaths {
  /** The project's directory, absolute, symbolic links resolved. */
  readonly directory: string;
  /** 16 hexadecimal digits that stand for the directory. */
  readonly id: string;
  /** 0700; holds everything below but the key. */
  readonly stateDirectory: string;
  readonly database: string;
  readonly rendezvous: string;
  /** Held by the one agent of the project. */
  readonly lock: string;
  /** A Unix socket's path, or a named pipe on Windows. */
  readonly socket: string;
  readonly log: string;
  /** The newest events, for clients that come back. */
  readonly events: string;
  /** Output of local processes: one file a service. */
  readonly processLogs: string;
  /** What V8 made of the agent's source, of all projects; nobody else writes there, since it is run. */
  readonly compileCache: string;
  /** The key that encrypts values in the database; 0600, in the user's configuration directory. */
  readonly key: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

function userDirectory(kind: "state" | "config", environment: Environment): string {
  if (process.platform === "win32")
    return join(environment.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "hotenv", kind);
  const xdg = kind === "state" ? environment.XDG_STATE_HOME : environment.XDG_CONFIG_HOME;
  if (xdg?.startsWith("/")) return join(xdg, "hotenv");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support", "hotenv", kind);
  return join(homedir(), kind === "state" ? ".local/state/hotenv" : ".config/hotenv");
}

/** By its name an agent knows that it was given it, and by nobody else. */
export const compileCacheName = "hotenv-compile-cache";

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const maxSocketPathBytes = 103;

function socketPath(id: string, stateDirectory: string): string {
  // Two state directories of one project must not share a pipe or a socket.
  const name = createHash("sha256").update(`${stateDirectory}\0${id}`).digest("hex").slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\hotenv-${name}`;
  const beside = join(stateDirectory, "agent.sock");
  if (Buffer.byteLength(beside) <= maxSocketPathBytes) return beside;
  // The directory of the temporary socket is made 0700 by whoever listens.
  return join(tmpdir(), `hotenv-${process.getuid?.() ?? 0}-${name}`, "agent.sock");
}

/**
 * @param directory an existing directory
 * @param options.stateDir stands in for the user's state directory (`--state-dir`)
 * @throws ENOENT where the directory does not exist
 */
export function projectPaths(
  directory: string,
  options: { readonly stateDir?: string | undefined; readonly environment?: Environment } = {},
): ProjectPaths {
  const environment = options.environment ?? process.env;
  const real = realpathSync.native(directory);
  const id = createHash("sha256").update(real).digest("hex").slice(0, 16);
  const all = options.stateDir ?? userDirectory("state", environment);
  const stateDirectory = join(all, id);
  return {
    directory: real,
    id,
    stateDirectory,
    database: join(stateDirectory, "history.db"),
    rendezvous: join(stateDirectory, "agent.json"),
    lock: join(stateDirectory, "agent.lock"),
    socket: socketPath(id, stateDirectory),
    log: join(stateDirectory, "agent.log"),
    events: join(stateDirectory, "events.log"),
    processLogs: join(stateDirectory, "logs"),
    compileCache: join(all, compileCacheName),
    key: join(userDirectory("config", environment), "key"),
  };
}
