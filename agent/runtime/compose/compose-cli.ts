/** Runs `docker compose`. Each use is a command and a pure parser of what it prints. */
import { spawn } from "node:child_process";
import { HotenvError } from "../../../core/protocol/errors.ts";
import {
  composeProgram,
  type Environment,
  forgetProgram,
  type Program,
  throughDocker,
} from "./compose-program.ts";

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

const composeMissing =
  "Install the Docker Compose plugin (version 2), so that `docker compose version` answers.";

/**
 * @param args without `docker compose`
 * @param more.input goes to standard input
 * @param more.host a Docker endpoint other than the user's own
 * @throws HotenvError compose-missing, docker-unreachable, compose-invalid, env-invalid, docker-failed
 */
export async function runCompose(
  project: ComposeProject,
  args: readonly string[],
  signal: AbortSignal,
  more: { readonly input?: string; readonly host?: string } = {},
): Promise<string> {
  const environment: Record<string, string | undefined> = { ...project.environment };
  if (more.host !== undefined) {
    environment.DOCKER_HOST = more.host;
    delete environment.DOCKER_CONTEXT;
  }
  const runWith = (program: Program): Promise<Output> =>
    run(program, args, { cwd: project.directory, environment, signal, input: more.input });
  const program = composeProgram(project.environment);
  const { code, stdout, stderr } = await runWith(program)
    .catch((error: unknown) => {
      if (program === throughDocker || !["ENOENT", "EACCES"].includes(errnoOf(error))) throw error;
      forgetProgram(project.environment);
      return runWith(throughDocker);
    })
    .catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw error;
      const todo = `Install Docker and its Compose plugin. ${composeMissing}`;
      throw new HotenvError("compose-missing", "The `docker` command was not found.", { todo, cause: error });
    });
  if (code === 0) return stdout;
  throw explainFailure(args, stderr);
}

const errnoOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

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

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1)?.trim() ?? "";

/** Compose's words for a failure, as an error that says where and what to do. Pure. */
export function explainFailure(args: readonly string[], stderr: string): HotenvError {
  const text = stderr.trim();
  if (
    /unknown command: docker compose|is not a docker command|unknown shorthand flag: '\w' in -\w/.test(text)
  )
    return new HotenvError("compose-missing", "Docker's Compose plugin was not found.", {
      todo: composeMissing,
    });
  if (
    /Cannot connect to the Docker daemon|error during connect|permission denied.*docker\.sock|connect: connection refused/i.test(
      text,
    )
  )
    return new HotenvError("docker-unreachable", "Docker does not answer.", {
      todo: /permission denied/i.test(text)
        ? "Give this user access to Docker's socket (the group `docker`)."
        : "Start Docker; Hotenv goes on by itself as soon as it runs.",
    });
  const reading = args.includes("config") || args.includes("create");
  const message = lastLine(text);
  const env = /failed to read (\S+): (?:line (\d+): )?([^"\n]*)/.exec(text);
  if (env)
    // What stands in quotes is the file's own text, and may be a secret.
    return new HotenvError(
      "env-invalid",
      `Compose cannot read this file: ${env[3]?.replace(/[\s:]+$/, "")}.`,
      {
        location: { file: env[1] ?? ".env", ...(env[2] === undefined ? {} : { line: Number(env[2]) }) },
        todo: "Correct the line; running containers are left alone until then.",
      },
    );
  const yaml = /yaml: (?:unmarshal errors:\s*)?line (\d+): (.*)/.exec(text);
  if (yaml) {
    const file = /(?:parsing|yaml file|file) (\S+\.ya?ml)/i.exec(text)?.[1];
    return new HotenvError("compose-invalid", `Compose cannot read the project: ${yaml[2]}.`, {
      location: { file: file ?? "compose.yaml", line: Number(yaml[1]) },
      todo: "Correct the file; running containers are left alone until then.",
    });
  }
  if (reading)
    return new HotenvError("compose-invalid", `Compose does not accept the project: ${message}.`, {
      todo: "Correct it; running containers are left alone until then.",
    });
  return new HotenvError("docker-failed", `\`docker compose ${args.join(" ")}\` failed: ${message}.`);
}
