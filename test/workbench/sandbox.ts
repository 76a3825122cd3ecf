/**
 * A user of their own for one run: a home, state and configuration that belong to nobody else, so that a test
 * neither sees nor leaves anything of the person who runs it.
 */
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { projectPrefix } from "../support/docker.ts";
import { stopAgents } from "./agents.ts";

export interface Sandbox extends AsyncDisposable {
  /** Short, because Unix sockets lie below it. */
  readonly directory: string;
  readonly userData: string;
  /** Where agents keep what they know, one directory a project; there is none until the first has started. */
  readonly agentState: string;
  readonly extensions: string;
  /** What a process is to be started with. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Variables by which an editor or an npm around the tests would reach into the one under test. */
const foreign = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|HOTENV_)/;

/** @param extra variables that stand over those of this process */
export async function createSandbox(extra: Readonly<Record<string, string>> = {}): Promise<Sandbox> {
  // Named like the projects of tests, so that what a killed run leaves is swept like theirs.
  const directory = await realpath(await mkdtemp(join(tmpdir(), `${projectPrefix}${process.pid}-`)));
  const homes = {
    HOME: join(directory, "home"),
    USERPROFILE: join(directory, "home"),
    LOCALAPPDATA: join(directory, "local"),
    XDG_STATE_HOME: join(directory, "state"),
    XDG_CONFIG_HOME: join(directory, "config"),
    XDG_CACHE_HOME: join(directory, "cache"),
    XDG_DATA_HOME: join(directory, "data"),
    XDG_RUNTIME_DIR: join(directory, "run"),
  };
  const userData = join(directory, "user");
  const extensions = join(directory, "extensions");
  for (const path of [...Object.values(homes), userData, extensions])
    await mkdir(path, { recursive: true, mode: 0o700 });
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !foreign.test(entry[0]),
  );
  // As client/location.ts has it.
  const agentState =
    process.platform === "win32"
      ? join(homes.LOCALAPPDATA, "hotenv", "state")
      : join(homes.XDG_STATE_HOME, "hotenv");
  return {
    directory,
    userData,
    agentState,
    extensions,
    environment: {
      ...Object.fromEntries(inherited),
      // The docker CLI keeps its contexts and, for some, its Compose plugin below the real home.
      DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"),
      ...homes,
      ...extra,
    },
    async [Symbol.asyncDispose]() {
      await stopAgents(agentState);
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
