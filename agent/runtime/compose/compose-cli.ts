/** Runs `docker compose`. Each use is a command and a pure parser of what it prints. */
import { spawn } from "node:child_process";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { explainFailure } from "./compose-failure.ts";
import {
  answeringProgram,
  composeProgram,
  type Environment,
  forgetProgram,
  type Program,
  throughDocker,
} from "./compose-program.ts";
import type { Endpoint } from "./docker.ts";

export interface ComposeProject {
  readonly directory: string;
  readonly environment: Environment;
  /** The compose files that it starts from, absolute; empty: not known. */
  readonly files: readonly string[];
}

interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param args without `docker compose`
 * @param more.input goes to standard input
 * @param more.host a Docker endpoint other than the user's own @param more.endpoint the engine behind that
 * @throws HotenvError compose-missing, docker-unreachable, compose-invalid, docker-failed, project-not-found
 */
export async function runCompose(
  { directory: cwd, environment: own }: ComposeProject,
  args: readonly string[],
  signal: AbortSignal,
  more: { readonly input?: string; readonly host?: string; readonly endpoint?: Endpoint } = {},
): Promise<string> {
  const environment: Record<string, string | undefined> = { ...own };
  if (more.host !== undefined) {
    environment.DOCKER_HOST = more.host;
    // What belongs to the user's own.
    for (const name of ["DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"])
      delete environment[name];
  }
  const { code, stdout, stderr } = await runAny(own, cwd, (program) =>
    run(program, args, { cwd, environment, signal, input: more.input }),
  );
  if (code === 0) return stdout;
  throw await explainFailure({ args, stderr }, { environment: own, endpoint: more.endpoint }, signal);
}

/** As `docker compose`; where docker has no Compose, as what else there is. */
async function runAny(
  environment: Environment,
  directory: string,
  runAs: (program: Program) => Promise<Output>,
): Promise<Output> {
  const since = performance.now();
  const program = composeProgram(environment);
  if (program !== throughDocker) {
    const output = await runAs(program).catch(unlessMissing);
    if (output !== undefined) return output;
    forgetProgram(environment);
  }
  const output = await runAs(throughDocker).catch(unlessMissing);
  if (output?.code === 0) return output;
  // Docker's words for having no Compose differ from version to version, and mostly tell of some flag.
  const answering = await answeringProgram(environment, since);
  if (answering === undefined) throw composeMissing(output !== undefined);
  if (answering.args.length === 0) return runAs(answering);
  if (output !== undefined) return output;
  // It is there, and could not be started: neither could anything else in a folder that is gone.
  throw new HotenvError("project-not-found", `There is no folder ${directory}.`);
}

/** @throws the error, but for a program that cannot be started */
function unlessMissing(error: unknown): undefined {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (!["ENOENT", "EACCES", "ENOEXEC", "ENOTDIR"].includes(code)) throw error;
}

function composeMissing(hasDocker: boolean): HotenvError {
  const todo =
    "Install the Docker Compose plugin (version 2 or later), so that `docker compose version` answers.";
  return hasDocker
    ? new HotenvError("compose-missing", "Docker's Compose plugin was not found.", { todo })
    : new HotenvError("compose-missing", "The `docker` command was not found.", {
        todo: `Install Docker and its Compose plugin. ${todo}`,
      });
}

function run(
  { command, args: first, environment: own }: Program,
  args: readonly string[],
  {
    cwd,
    environment,
    signal,
    input,
  }: {
    readonly cwd: string;
    readonly environment: Environment;
    readonly signal: AbortSignal;
    readonly input: string | undefined;
  },
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      cwd,
      env: { ...environment, ...own },
      signal,
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
    // A Compose that fails early does not read its input: its exit code says more than EPIPE.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
