/** The agent over HTTP: metrics, REST, events and the timeline's page, for those who may come in. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { oneTimeLink } from "../../../client/http-door.ts";
import type { ProjectPaths } from "../../../client/location.ts";
import type { AgentApi } from "../../../core/protocol/messages.ts";
import type { Status } from "../../../core/protocol/words.ts";
import type { EventLog } from "../event-log.ts";
import { type Address, allowedHosts, urlOf } from "./address.ts";
import { openAssets } from "./assets.ts";
import type { BoundHttp } from "./bind.ts";
import { openDoor, tokenBytes } from "./door.ts";
import { writeDoorFiles } from "./door-file.ts";
import { eventPath, openEventSockets, subscriptionOf } from "./event-socket.ts";
import type { TlsFiles } from "./listen.ts";
import { openMetrics } from "./metrics.ts";
import { countEvents } from "./metrics-feed.ts";
import { refusalOfOrigin } from "./origin.ts";
import { refusal, safeHeaders, send } from "./respond.ts";
import { openSite } from "./site.ts";
import { split } from "./split.ts";

/** What was asked for on the command line. */
export interface HttpSettings {
  readonly address: Address;
  readonly tls: TlsFiles | undefined;
  /** Serve a network without TLS. */
  readonly plainHttp: boolean;
  /** More names of this machine, for `Host`. */
  readonly allowHosts: readonly string[];
  /** Where the page's bundles are. */
  readonly bundles: string;
}

export interface HttpOptions extends HttpSettings {
  readonly bound: BoundHttp;
  readonly paths: ProjectPaths;
  /** Hotenv's. */
  readonly version: string;
  readonly api: AgentApi;
  readonly events: EventLog;
  readonly statusOf: () => Promise<Status>;
  /** A client came: the agent is not idle. @returns to be called when it goes */
  readonly enter: () => () => void;
  /** Told of defects and of broken connections; never of values. */
  readonly log: (line: string) => void;
}

export interface HttpServer {
  readonly url: string;
  /** Lets one browser in, once. */
  link(lifetimeMs: number): string;
  close(): Promise<void>;
}

/** @throws history-unwritable where the token cannot be left for the user's own programs */
export function startHttp(options: HttpOptions): HttpServer {
  const { address, bound, log, version } = options;
  const { server, port } = bound;
  const tls = options.tls !== undefined;
  const hosts = allowedHosts(address, port, tls, options.allowHosts);
  const token = randomBytes(tokenBytes).toString("hex");
  const door = openDoor({ token, port, tls });
  const sockets = openEventSockets(options);
  const metrics = openMetrics({ version, clients: () => sockets });
  const site = openSite({ ...options, door, metrics, assets: openAssets(options.bundles) });
  const scheme = tls ? "https" : "http";

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const foreign = refusalOfOrigin(request, hosts, scheme);
    // Nothing of a request that is refused is read.
    const given =
      foreign === undefined
        ? await site.answer(request, response)
        : refusal(foreign.status, foreign.why, { hangUp: true });
    send(request, response, given);
  };
  const url = urlOf(address, port, tls);
  const removeFiles = writeDoorFiles(options.paths, { pid: process.pid, url, token });
  const stopCounting = countEvents(metrics, options);
  bound.serve((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A client that went away in the middle of its own request is no defect.
      if (!request.readableAborted && !request.destroyed)
        log(
          `${request.method} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => {
    socket.on("error", (error) => log(`A client that wanted events: ${error.message}`));
    const [path, query] = split(request.url);
    const subscription = path === eventPath ? subscriptionOf(query) : undefined;
    const foreign = refusalOfOrigin(request, hosts, scheme);
    if (foreign !== undefined) refuse(socket, foreign.status);
    else if (path !== eventPath) refuse(socket, 404);
    else if (subscription === undefined) refuse(socket, 400);
    else if (sockets.full) refuse(socket, 503);
    else if (!door.admits(request)) refuse(socket, 401);
    else sockets.accept(request, socket, head, subscription);
  });
  return {
    url,
    link: (lifetimeMs) => oneTimeLink({ url, token }, lifetimeMs),
    async close() {
      removeFiles();
      stopCounting();
      await sockets.close();
      bound.close();
    },
  };
}

/** Answers on the bare socket and hangs up. */
function refuse(socket: Duplex, status: number): void {
  const headers = Object.entries(safeHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\n${headers.join("")}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    () => socket.destroy(),
  );
}
