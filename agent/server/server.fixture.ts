/** For tests: what stands behind the server, as small as it can be, and a bare WebSocket to it. */
import { once } from "node:events";
import { connect } from "node:net";
import { type ClientOptions, WebSocket } from "ws";
import type { ProjectPaths } from "../../client/location.ts";
import { testStatus } from "../../client/test-agent.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { AgentApi, Outcome } from "../../core/protocol/messages.ts";
import { EventLog } from "./event-log.ts";
import type { ServerOptions } from "./server.ts";

export const outcome: Outcome = {
  verdict: "applied",
  revision: 1,
  message: "Applied.",
  plan: { change: { entries: [], severity: "minor" }, phases: [], notes: [] },
  rollout: null,
};

/** Answers with the least that is right; a test overrides what it is about. */
export function plainApi(paths: ProjectPaths, more: Partial<AgentApi> = {}): AgentApi {
  const status = async () => testStatus(paths);
  const unknown = (revision: number) =>
    new HotenvError("revision-unknown", `There is no revision ${revision}.`);
  return {
    status,
    plan: async () => outcome.plan,
    durations: async () => [],
    apply: async () => outcome,
    confirm: async () => outcome,
    rollback: async () => outcome,
    "history/list": async () => [],
    "history/show": async ({ revision }) => {
      throw unknown(revision);
    },
    "history/diff": async () => ({ entries: [], files: [] }),
    "history/key": async () => [],
    "history/annotate": async ({ revision }) => {
      throw unknown(revision);
    },
    "history/prune": async () => ({ removed: 0, kept: 0 }),
    "history/vacuum": async () => ({ bytesBefore: 0, bytesAfter: 0 }),
    "history/backup": async () => ({}),
    "history/stats": async () => ({ services: [], days: [], failingKeys: [] }),
    "history/export": async ({ file }) => ({ file, revisions: 0, masked: true, signer: "" }),
    "history/import": async () => ({ first: null, last: null, revisions: 0, masked: true }),
    "history/restore": async () => ({ aside: null, revisions: 0, lastGood: null }),
    "history/rekey": async () => ({ forgotten: 0 }),
    "history/audit": async () => [],
    logs: async ({ service }) => [`${service} is up`],
    "logs/follow": async ({ service, after = "0" }) => ({ lines: [`${service} is up`], after }),
    "service/act": async ({ service, act }) => ({ ok: true, message: `${act} ${service}`, log: [] }),
    "service/disable": status,
    "service/enable": status,
    verify: async () => [],
    check: async () => [],
    saved: async () => ({}),
    cancel: async () => ({ revision: null }),
    pause: status,
    resume: status,
    stop: async () => ({}),
    ...more,
  };
}

export function serverOptions(paths: ProjectPaths, more: Partial<ServerOptions> = {}): ServerOptions {
  return {
    paths,
    api: plainApi(paths),
    events: new EventLog(),
    version: "0.0.0",
    statusOf: async () => testStatus(paths),
    ...more,
  };
}

/** A client that can do wrong: no JSON-RPC library between it and the socket. */
export function bareClient(
  socketPath: string,
  headers: Readonly<Record<string, string>>,
  options: ClientOptions & { readonly path?: string } = {},
): WebSocket {
  const { path = "/rpc", ...more } = options;
  const client = new WebSocket(`ws+unix:/agent:${path}`, {
    headers,
    createConnection: () => connect(socketPath),
    perMessageDeflate: false,
    ...more,
  });
  // Its errors are seen in what the test waits for: an answer, a close code.
  client.on("error", () => {});
  return client;
}

/** The HTTP status of the refusal; 101 where the connection was accepted. */
export async function statusOfUpgrade(client: WebSocket): Promise<number> {
  const opened = once(client, "open").then(() => 101);
  const refused = once(client, "unexpected-response").then(([request, response]) => {
    request.destroy();
    return Number(response.statusCode);
  });
  const status = await Promise.race([opened, refused]);
  client.terminate();
  return status;
}
