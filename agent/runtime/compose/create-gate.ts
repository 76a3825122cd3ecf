/**
 * Lets Compose itself create the container that is to replace another, and nothing more. Compose talks to
 * Docker through a socket of ours: creating passes, stopping, removing, renaming and starting is answered
 * with success and not done. What it leaves is a new container beside the old one that runs on, and it is
 * Compose's own to the last field: anonymous volumes inherited, networks, aliases, labels.
 */
import { mkdtemp, rm } from "node:fs/promises";
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { type ComposeProject, runCompose } from "./compose-cli.ts";
import { isKeptName, labels } from "./containers.ts";
import type { Endpoint } from "./docker.ts";

const held = /^\/(?:v[\d.]+\/)?containers\/[^/]+\/(?:stop|kill|rename|start|restart)(?:\?|$)/;
const removal = /^\/(?:v[\d.]+\/)?containers\/[^/]+(?:\?|$)/;

/** Whether Compose's request is held back rather than passed on. Pure. */
export function isHeld(method: string, url: string): boolean {
  return (method === "POST" && held.test(url)) || (method === "DELETE" && removal.test(url));
}

const creation = /^\/(?:v[\d.]+\/)?containers\/create(?:\?|$)/;

const listing = /^\/(?:v[\d.]+\/)?containers\/json(?:\?|$)/;

const listedSchema = z.array(z.looseObject({ Names: z.array(z.string()) }));

/** Docker's list of containers without those that are kept for the way back: Compose must not tie anything to them. Pure. */
export function withoutKept(body: string): string {
  const listed = listedSchema.parse(JSON.parse(body));
  return JSON.stringify(listed.filter(({ Names }) => !Names.some((name) => isKeptName(name))));
}

type Labels = Readonly<Record<string, string>>;
const creationSchema = z.looseObject({ Labels: z.record(z.string(), z.string()).optional() });

/** Compose's request to create a container, with these labels in the place of its own. Pure. */
export function withLabels(body: string, wanted: Labels): string {
  const request = creationSchema.parse(JSON.parse(body));
  return JSON.stringify({ ...request, Labels: { ...request.Labels, ...wanted } });
}

/** For which service Compose asks a container. Pure. */
export const serviceIn = (body: string): string | undefined =>
  creationSchema.parse(JSON.parse(body)).Labels?.[labels.service];

async function bodyOf(request: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function passOn(
  { endpoint, service, labels: wanted }: GateOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url = "", headers } = request;
  let body: string | undefined;
  if (method === "POST" && creation.test(url)) {
    const asked = await bodyOf(request);
    const other = serviceIn(asked);
    if (other !== undefined && other !== service)
      throw new Error(`${service} needs ${other}, which does not run as its files say. Apply that first.`);
    body = withLabels(asked, wanted);
  }
  const isList = method === "GET" && listing.test(url);
  const adapted: IncomingHttpHeaders =
    body === undefined ? headers : { ...headers, "content-length": String(Buffer.byteLength(body)) };
  const onward = httpRequest({ ...endpoint, path: url, method, headers: adapted }, (answer) => {
    if (isList && answer.statusCode === 200) {
      bodyOf(answer)
        .then((text) =>
          response.writeHead(200, { "content-type": "application/json" }).end(withoutKept(text)),
        )
        .catch((error: Error) => refuse(response, error));
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", (error) => refuse(response, error));
  if (body === undefined) request.pipe(onward);
  else onward.end(body);
}

function refuse(response: ServerResponse, error: Error): void {
  if (!response.headersSent) response.writeHead(502, { "content-type": "application/json" });
  response.end(JSON.stringify({ message: error.message }));
}

interface GateOptions {
  readonly endpoint: Endpoint;
  readonly service: string;
  readonly labels: Labels;
}

async function listen(options: GateOptions, directory: string): Promise<{ server: Server; host: string }> {
  const server = createServer((request, response) => {
    if (isHeld(request.method ?? "", request.url ?? "")) {
      request.resume();
      response.writeHead(204).end();
      return;
    }
    passOn(options, request, response).catch((error: Error) => refuse(response, error));
  });
  const path =
    process.platform === "win32"
      ? `\\\\.\\pipe\\${directory.split("\\").at(-1)}`
      : join(directory, "docker.sock");
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  return {
    server,
    host: process.platform === "win32" ? `npipe:${path.replaceAll("\\", "/")}` : `unix://${path}`,
  };
}

export interface Creation {
  readonly service: string;
  /** How many containers the service has now. */
  readonly replicas: number;
  /** The project as printResolved prints it: nothing is read from disk, so that nothing can change in between. */
  readonly project: string;
  /**
   * What the plain `up` would have written. Left to itself, Compose takes the dependencies out of a service
   * that is created alone, and hashes what is left: the next `up` would create it anew.
   */
  readonly labels: Labels;
  /** It lives in another's container: only beside its dependencies does Compose hash it as `up` does. */
  readonly shares: boolean;
}

/**
 * Creates new containers for a service: where it has some, one beside each, named `<12 digits of its ID>_<its name>`;
 * where it has none, its first.
 * @throws HotenvError compose-invalid, docker-unreachable, docker-failed
 */
export async function createThroughCompose(
  context: ComposeProject,
  endpoint: Endpoint,
  { service, replicas, project, labels: wanted, shares }: Creation,
  signal: AbortSignal,
): Promise<void> {
  // 0700, so that nobody else finds this way to Docker.
  const directory = await mkdtemp(join(tmpdir(), "hotenv-"));
  const { server, host } = await listen({ endpoint, service, labels: wanted }, directory);
  try {
    const where = ["-f", "-", "--project-directory", context.directory, "--profile", "*"];
    const up = ["up", "--no-start", "--force-recreate", "--no-build", "--pull", "never"];
    if (!shares) up.push("--no-deps");
    // As many as there are: `--scale` of an earlier `up` is kept.
    if (replicas > 0) up.push("--scale", `${service}=${replicas}`);
    await runCompose(context, [...where, ...up, "--", service], signal, { host, input: project });
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    await rm(directory, { recursive: true, force: true });
  }
}
