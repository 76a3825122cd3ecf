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
import { type ComposeProject, runCompose } from "./compose-cli.ts";
import type { Predecessor } from "./containers.ts";
import type { Endpoint } from "./docker.ts";
import {
  adaptCreation,
  type CreationRequest,
  isCreation,
  type Labels,
  passageOf,
  pathOf,
  viewOf,
  type Wanted,
} from "./gate-rules.ts";

async function bodyOf(request: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function passOn(
  options: GateOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "", url = "", headers } = request;
  const view = viewOf(method, url);
  const creation = isCreation(method, url) ? await adapt(options, url, request) : undefined;
  const adapted: IncomingHttpHeaders =
    creation === undefined
      ? headers
      : { ...headers, "content-length": String(Buffer.byteLength(creation.body)) };
  const to = { ...options.endpoint, path: creation?.url ?? url, method, headers: adapted };
  const onward = httpRequest(to, (answer) => {
    if (view !== undefined && answer.statusCode === 200) {
      bodyOf(answer)
        .then((text) => response.writeHead(200, { "content-type": "application/json" }).end(view(text)))
        .catch((error: Error) => refuse(response, error, 502));
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", (error) => refuse(response, error, 502));
  if (creation === undefined) request.pipe(onward);
  else onward.end(creation.body);
}

async function adapt(options: GateOptions, url: string, request: IncomingMessage): Promise<CreationRequest> {
  const body = await bodyOf(request);
  // Asked for side by side: whose successor it is, is settled before anybody waits again.
  const adapted = adaptCreation({ url, body }, options, [...options.open]);
  if (adapted.of !== undefined) options.open.delete(adapted.of);
  return adapted;
}

function refuse(response: ServerResponse, error: Error, status: 403 | 502 = 403): void {
  if (!response.headersSent) response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ message: error.message }));
}

interface GateOptions extends Wanted {
  readonly endpoint: Endpoint;
  /** Those whose successor has not been asked for yet. */
  readonly open: Set<Predecessor>;
}

async function listen(options: GateOptions, directory: string): Promise<{ server: Server; host: string }> {
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    const passage = passageOf(method, url);
    if (passage !== "pass") {
      request.resume();
      if (passage === "hold") response.writeHead(204).end();
      else
        refuse(
          response,
          new Error(`Compose asks for ${method} ${pathOf(url)}, which this step does not need.`),
        );
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
  /** The containers that it has now: each is to have one successor. */
  readonly successors: readonly Predecessor[];
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
 * Creates new containers for a service: where it has some, one beside each, called `next`; where it has none, its first.
 * @throws HotenvError compose-invalid, docker-unreachable, docker-failed
 */
export async function createThroughCompose(
  context: ComposeProject,
  endpoint: Endpoint,
  { service, successors, project, labels: wanted, shares }: Creation,
  signal: AbortSignal,
): Promise<void> {
  // 0700, so that nobody else finds this way to Docker.
  const directory = await mkdtemp(join(tmpdir(), "hotenv-"));
  const isFirst = successors.length === 0;
  const options = { endpoint, service, labels: wanted, isFirst, open: new Set(successors) };
  const { server, host } = await listen(options, directory);
  try {
    const where = ["-f", "-", "--project-directory", context.directory, "--profile", "*"];
    const up = ["up", "--no-start", "--force-recreate", "--no-build", "--pull", "never"];
    if (!shares) up.push("--no-deps");
    // As many as there are: `--scale` of an earlier `up` is kept.
    if (!isFirst) up.push("--scale", `${service}=${successors.length}`);
    await runCompose(context, [...where, ...up, "--", service], signal, { host, endpoint, input: project });
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    await rm(directory, { recursive: true, force: true });
  }
}
