/** For tests: the HTTP side on a free port of this machine, with as little behind it as can be. */
import { once } from "node:events";
import { request as ask, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { httpDoorPath, readHttpDoor } from "../../../client/http-door.ts";
import { type TestProject, testProject, testStatus } from "../../../client/test-agent.ts";
import type { AgentApi } from "../../../core/protocol/messages.ts";
import type { Status } from "../../../core/protocol/words.ts";
import { EventLog } from "../event-log.ts";
import { plainApi } from "../server.fixture.ts";
import { bindHttp } from "./bind.ts";
import { type HttpServer, type HttpSettings, startHttp } from "./serve.ts";

export interface TestSite {
  readonly project: TestProject;
  readonly server: HttpServer;
  readonly events: EventLog;
  readonly port: number;
  readonly token: string;
  readonly log: readonly string[];
  /** With the token unless headers say otherwise. */
  fetch(path: string, options?: RequestOptions & { readonly body?: string | Buffer }): Promise<Fetched>;
  /** Sends bytes and returns what comes until the agent hangs up. */
  raw(bytes: string | Buffer): Promise<string>;
  close(): Promise<void>;
}

export interface Fetched {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export const bundles = join(import.meta.dirname, "../../../dist");

export interface TestSiteOptions extends Partial<HttpSettings> {
  readonly api?: Partial<AgentApi>;
  readonly status?: Partial<Status>;
}

export async function testSite({ api: more, status, ...settings }: TestSiteOptions = {}): Promise<TestSite> {
  const project = testProject();
  const { paths } = project;
  const events = new EventLog();
  const log: string[] = [];
  const asked: HttpSettings = {
    address: { host: "127.0.0.1", port: 0 },
    tls: undefined,
    plainHttp: false,
    allowHosts: [],
    bundles,
    ...settings,
  };
  const bound = await bindHttp(asked);
  const statusOf = async () => testStatus(paths, { lastGood: null, ...status });
  const server = startHttp({
    ...asked,
    bound,
    paths,
    version: "1.2.3",
    api: plainApi(paths, { status: statusOf, ...more }),
    events,
    statusOf,
    enter: () => () => {},
    log: (line) => void log.push(line),
  });
  const door = await readHttpDoor(paths, process.pid);
  if (door === undefined) throw new Error(`${httpDoorPath(paths)} is not there.`);
  const { port } = bound;
  const { token } = door;
  return {
    project,
    server,
    events,
    port,
    token,
    log,
    async fetch(path, { body, headers, ...options } = {}) {
      const sent = ask({
        host: "127.0.0.1",
        port,
        path,
        agent: false,
        headers: { Authorization: `Bearer ${token}`, ...headers },
        ...options,
      });
      const answered = once(sent, "response");
      sent.end(body);
      const [response] = await answered;
      response.setEncoding("utf8");
      let text = "";
      for await (const chunk of response) text += chunk;
      return { status: response.statusCode, headers: response.headers, body: text };
    },
    async raw(bytes) {
      const socket = connect(port, "127.0.0.1");
      const closed = new Promise((resolve) => socket.once("close", resolve));
      let answer = "";
      socket.setEncoding("latin1").on("data", (data: string) => {
        answer += data;
      });
      // A reset is one way of hanging up.
      socket.on("error", () => socket.destroy());
      socket.write(bytes);
      await closed;
      return answer;
    },
    async close() {
      await server.close();
      project.remove();
    },
  };
}
