/** Which engine the `docker` command would talk to, and what it would show to be let in. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { HotenvError } from "../../../core/protocol/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where certificates lie, and whether the engine has to show one that fits. */
export interface TlsFiles {
  /** Of ca.pem, cert.pem and key.pem. */
  readonly directory: string;
  readonly verify: boolean;
}

export interface Engine {
  /** As in DOCKER_HOST. */
  readonly host: string;
  /** Encrypted, where it is a tcp:// host. */
  readonly tls?: TlsFiles;
}

const configSchema = z.looseObject({ currentContext: z.string().optional() });
const contextSchema = z.tuple([
  z.looseObject({
    Endpoints: z.looseObject({
      docker: z.looseObject({ Host: z.string(), SkipTLSVerify: z.boolean().optional() }),
    }),
    TLSMaterial: z.looseObject({ docker: z.array(z.string()).optional() }).nullish(),
    Storage: z.looseObject({ TLSPath: z.string().optional() }).nullish(),
  }),
]);

const defaultHost =
  process.platform === "win32" ? "npipe:////./pipe/docker_engine" : "unix:///var/run/docker.sock";

const configDirectory = (environment: Environment) =>
  environment.DOCKER_CONFIG ?? join(environment.HOME ?? homedir(), ".docker");

/**
 * DOCKER_HOST, else the chosen context, else the default (docker/cli cli/command/cli.go, resolveContextName).
 * @throws HotenvError docker-unreachable
 */
export async function findEngine(environment: Environment): Promise<Engine> {
  if (environment.DOCKER_HOST) return fromEnvironment(environment.DOCKER_HOST, environment);
  const context = environment.DOCKER_CONTEXT || (await currentContext(environment));
  if (!context || context === "default") return { host: defaultHost };
  return engineIn(await inspectContext(context, environment), context);
}

/** Pure. docker/cli cli/flags/options.go: a variable that is set to anything is set. */
export function fromEnvironment(host: string, environment: Environment): Engine {
  const { DOCKER_TLS: encrypt, DOCKER_TLS_VERIFY: verify, DOCKER_CERT_PATH: path } = environment;
  if (!encrypt && !verify) return { host };
  return { host, tls: { directory: path || configDirectory(environment), verify: Boolean(verify) } };
}

/** Pure. @param inspected what `docker context inspect` prints */
export function engineIn(inspected: string, context: string): Engine {
  const read = contextSchema.safeParse(parseJson(inspected)).data;
  if (read === undefined) throw unreadable(context, "It has no engine of Docker's");
  const [{ Endpoints: endpoints, TLSMaterial: material, Storage: storage }] = read;
  const { Host: host, SkipTLSVerify: unverified = false } = endpoints.docker;
  const isEncrypted = unverified || (material?.docker ?? []).length > 0;
  if (!isEncrypted) return { host: host || defaultHost };
  return { host, tls: { directory: join(storage?.TLSPath ?? "", "docker"), verify: !unverified } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function inspectContext(context: string, environment: Environment): Promise<string> {
  try {
    const args = ["context", "inspect", context];
    return (await promisify(execFile)("docker", args, { env: environment, windowsHide: true })).stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    throw unreadable(context, stderr.trim().split("\n").at(-1) || message, error);
  }
}

const unreadable = (context: string, why: string, cause?: unknown) =>
  new HotenvError("docker-unreachable", `Docker's context ${context} cannot be used: ${why}.`, {
    todo: "Choose one that `docker context ls` names, or set DOCKER_HOST.",
    cause,
  });

async function currentContext(environment: Environment): Promise<string | undefined> {
  const file = join(configDirectory(environment), "config.json");
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
