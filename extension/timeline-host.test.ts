import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ResponseError } from "vscode-jsonrpc/node";
import { type AgentSession, startSession } from "../client/session.ts";
import {
  type TestAgent,
  type TestAgentOptions,
  type TestProject,
  testAgent,
  testProject,
} from "../client/test-agent.ts";
import { errorTable } from "../core/protocol/errors.ts";
import type { AgentEvent, RevisionSummary } from "../core/protocol/messages.ts";
import { type HostMessage, hostMessageSchema } from "../core/protocol/page.ts";
import { hostTimeline, type PageAction, type TimelineHost } from "./timeline-host.ts";

const time = "2026-01-01T00:00:00.000Z";
const revision: RevisionSummary = {
  revision: 1,
  time,
  author: "Ann",
  origin: "watcher",
  reason: "Saved.",
  severity: "minor",
  verdict: "applied",
  keys: ["API_URL"],
  services: ["api"],
  durationMs: 900,
};
const logEvent = (seq: number): AgentEvent => ({
  type: "log",
  timestamp: time,
  seq,
  data: { level: "info", message: `line ${seq}` },
});

describe("the timeline's host", () => {
  let project: TestProject;
  let agent: TestAgent;
  let session: AgentSession;
  let host: TimelineHost;
  let posted: HostMessage[];
  let actions: PageAction[];
  let problems: string[];
  let changed = (): void => {};

  beforeEach(() => {
    project = testProject();
    posted = [];
    actions = [];
    problems = [];
  });
  afterEach(async () => {
    host.dispose();
    session.dispose();
    await agent.stop();
    project.remove();
  });

  const open = async (options: TestAgentOptions = {}): Promise<void> => {
    agent = await testAgent(project.paths, {
      seq: 3,
      ...options,
      answers: { "history/list": () => [revision], ...options.answers },
    });
    session = startSession({
      paths: project.paths,
      client: "extension",
      backoff: { firstMs: 5, maxMs: 20, limit: 3, slowMs: 20, settledMs: 0 },
    });
    await session.online();
    host = hostTimeline(session, {
      post(message) {
        posted.push(hostMessageSchema.parse(structuredClone(message)));
        changed();
      },
      act: (action) => actions.push(action),
      report: (problem) => problems.push(problem),
    });
  };
  const until = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      changed = () => {
        if (holds()) resolve();
      };
      changed();
    });
  const kinds = (): string[] =>
    posted.map((message) => (message.type === "event" ? `event ${message.event.seq}` : message.type));

  it("says nothing before the page is ready, then how things stand", async () => {
    await open();
    assert.equal(posted.length, 0);
    host.receive({ type: "ready" });
    await until(() => kinds().includes("snapshot"));
    assert.deepEqual(kinds(), ["connection", "snapshot"]);
    const [, snapshot] = posted;
    assert(snapshot?.type === "snapshot");
    assert.deepEqual([snapshot.seq, snapshot.revisions], [3, [revision]]);
  });

  it("keeps the events that come while a snapshot is made, and sends them behind it", async () => {
    await open({
      answers: {
        "history/list": () =>
          new Promise((resolve) => {
            agent.send(logEvent(4));
            agent.send(logEvent(5));
            setImmediate(() => resolve([revision]));
          }),
      },
    });
    host.receive({ type: "ready" });
    await until(() => kinds().includes("event 5"));
    agent.send(logEvent(6));
    await until(() => kinds().includes("event 6"));
    assert.deepEqual(kinds(), ["connection", "snapshot", "event 4", "event 5", "event 6"]);
  });

  it("sends a new snapshot after a reconnection", async () => {
    await open();
    host.receive({ type: "ready" });
    await until(() => kinds().includes("snapshot"));
    agent.cut();
    await until(() => kinds().length === 4);
    assert.deepEqual(
      posted.map((message) => (message.type === "connection" ? message.state : message.type)),
      ["online", "snapshot", "connecting", "online"],
    );
    await until(() => kinds().length === 5);
    assert.equal(kinds()[4], "snapshot");
  });

  it("says that it connects from the request for another agent on, and once that it is online again", async () => {
    const told = Promise.withResolvers<void>();
    await open({
      answers: {
        stop: () => {
          told.resolve();
          return {};
        },
      },
    });
    const connections = (): string[] =>
      posted.flatMap((message) => (message.type === "connection" ? [message.state] : []));
    host.receive({ type: "ready" });
    await until(() => kinds().includes("snapshot"));
    const restarted = session.restart();
    await told.promise;
    assert.deepEqual(connections(), ["online", "connecting"]);
    await agent.stop();
    agent = await testAgent(project.paths, { seq: 9, answers: { "history/list": () => [revision] } });
    await restarted;
    await until(() => kinds().filter((kind) => kind === "snapshot").length === 2);
    assert.deepEqual(connections(), ["online", "connecting", "online"]);
  });

  it("passes requests on, and answers with what came of them", async () => {
    await open({
      answers: {
        apply: () =>
          new ResponseError(errorTable.paused.rpc, "The project is paused.", {
            code: "paused",
            todo: "Resume it.",
          }),
      },
    });
    host.receive({ type: "ready" });
    host.receive({ type: "request", id: 7, method: "history/list", params: { limit: 5 } });
    host.receive({ type: "request", id: 8, method: "apply", params: {} });
    const responses = (): HostMessage[] => posted.filter(({ type }) => type === "response");
    await until(() => responses().length === 2);
    assert.deepEqual(responses(), [
      { type: "response", id: 7, ok: true, result: [revision] },
      {
        type: "response",
        id: 8,
        ok: false,
        error: { code: "paused", message: "The project is paused.", todo: "Resume it." },
      },
    ]);
  });

  it("hands over what only the editor can do, and nothing that a page may not ask", async () => {
    await open();
    host.receive({ type: "rollback", revision: 1 });
    host.receive({ type: "diff", from: 1, to: null });
    host.receive({ type: "request", id: 1, method: "stop", params: {} });
    host.receive({ type: "request", id: 1, method: "rollback", params: { revision: 1 } });
    host.receive("nonsense");
    assert.deepEqual(actions, [
      { type: "rollback", revision: 1 },
      { type: "diff", from: 1, to: null },
    ]);
    assert.equal(problems.length, 3);
  });

  it("says nothing to a page that is gone", async () => {
    await open();
    host.receive({ type: "ready" });
    await until(() => kinds().includes("snapshot"));
    host.dispose();
    const before = posted.length;
    const heard = new Promise<void>((resolve) => session.onEvent(() => resolve()));
    agent.send(logEvent(4));
    await heard;
    assert.equal(posted.length, before);
  });
});
