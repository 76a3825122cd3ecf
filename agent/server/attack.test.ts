import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { get } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { WebSocket } from "ws";
import { connectAgent } from "../../client/connect.ts";
import { type TestProject, testProject } from "../../client/test-agent.ts";
import { randomRuns } from "../../test/support/random-runs.ts";
import { bareClient, serverOptions, statusOfUpgrade } from "./server.fixture.ts";
import { type Server, startServer } from "./server.ts";

/** Frames a run; HOTENV_RUNS=500 sends 10,000. */
const frames = 20 * randomRuns(10);

describe("the server refuses", () => {
  let project: TestProject;
  let server: Server;
  let authorized: { readonly Authorization: string };
  const clients: WebSocket[] = [];

  beforeEach(async () => {
    project = testProject();
    server = await startServer(serverOptions(project.paths, { log: () => {} }));
    authorized = { Authorization: `Bearer ${server.rendezvous.token}` };
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    await server.close();
    project.remove();
  });
  const bare = (headers: Readonly<Record<string, string>>, path?: string): WebSocket => {
    const client = bareClient(project.paths.socket, headers, path === undefined ? {} : { path });
    clients.push(client);
    return client;
  };
  const opened = async (): Promise<WebSocket> => {
    const client = bare(authorized);
    await once(client, "open");
    return client;
  };
  /** The answer to one frame. */
  const ask = async (
    client: WebSocket,
    message: object,
  ): Promise<{ error?: { code: number; message: string; data: unknown }; result?: unknown }> => {
    const answer = once(client, "message");
    client.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
    return JSON.parse(String((await answer)[0]));
  };
  const assertStillAnswers = async () => {
    const client = await connectAgent(project.paths, { client: "cli" });
    assert.deepEqual(await client.call("logs", { service: "api" }), ["api is up"]);
    client.close();
  };

  describe("before the upgrade", () => {
    const wrong = () => {
      const { token } = server.rendezvous;
      return `${token[0] === "0" ? "1" : "0"}${token.slice(1)}`;
    };
    const cases: readonly (readonly [string, () => Readonly<Record<string, string>>, number])[] = [
      ["no token", () => ({}), 401],
      ["an empty token", () => ({ Authorization: "Bearer " }), 401],
      ["a token with one wrong digit", () => ({ Authorization: `Bearer ${wrong()}` }), 401],
      ["a token that is cut", () => ({ Authorization: authorized.Authorization.slice(0, -1) }), 401],
      ["the token by another scheme", () => ({ Authorization: `Basic ${server.rendezvous.token}` }), 401],
      ["the right token from a web page", () => ({ ...authorized, Origin: "http://localhost" }), 403],
      ["the right token from an opaque origin", () => ({ ...authorized, Origin: "null" }), 403],
    ];
    for (const [what, headers, status] of cases)
      it(`${what}: ${status}`, async () => {
        assert.equal(await statusOfUpgrade(bare(headers())), status);
        assert.equal(await statusOfUpgrade(bare(authorized)), 101);
      });

    it("the token of an agent that has ended", async () => {
      const old = authorized;
      await server.close();
      server = await startServer(serverOptions(project.paths));
      assert.equal(await statusOfUpgrade(bare(old)), 401);
    });

    it("the token in the URL, and any other path", async () => {
      assert.equal(await statusOfUpgrade(bare({}, `/rpc?token=${server.rendezvous.token}`)), 401);
      for (const path of ["/", "/rpc/", "/rpc?x", "/../rpc", "//rpc"])
        assert.equal(await statusOfUpgrade(bare(authorized, path)), 404, path);
    });

    it("plain HTTP, with nothing that a page may read", async () => {
      const headersOf = async (headers: Record<string, string>) => {
        const [response] = await once(
          get({ socketPath: project.paths.socket, path: "/rpc", headers, agent: false }),
          "response",
        );
        response.resume();
        assert.ok(!Object.keys(response.headers).some((name) => name.startsWith("access-control")));
        return response.statusCode;
      };
      assert.equal(await headersOf({}), 401);
      assert.equal(await headersOf(authorized), 426);
      assert.equal(await headersOf({ ...authorized, Origin: "http://evil.example" }), 403);
    });

    it("what is not HTTP, or has no end of headers", async () => {
      const answerTo = async (bytes: Buffer | string): Promise<string> => {
        const socket: Socket = connect(project.paths.socket);
        const ended = once(socket, "close");
        let answer = "";
        socket.on("data", (data) => {
          answer += data;
        });
        socket.on("error", () => {});
        socket.write(bytes);
        await ended;
        return answer;
      };
      assert.match(await answerTo("hello\r\n\r\n"), /^HTTP\/1\.1 400/);
      assert.match(await answerTo(`GET /rpc HTTP/1.1\r\nX: ${"x".repeat(20_000)}`), /^HTTP\/1\.1 431/);
      assert.match(await answerTo(randomBytes(5000)), /^(HTTP\/1\.1 400|$)/);
      await assertStillAnswers();
    });
  });

  describe("after it", () => {
    it("a request before the greeting, and a second greeting", async () => {
      const client = await opened();
      const greeting = { method: "initialize", params: { protocolVersion: 1, client: "cli" } };
      const early = await ask(client, { id: 1, method: "stop", params: {} });
      assert.equal(early.error?.code, -32002);
      assert.deepEqual(early.error?.data, { code: "usage" });
      assert.ok((await ask(client, { id: 2, ...greeting })).result);
      assert.match((await ask(client, { id: 3, ...greeting })).error?.message ?? "", /already/);
    });

    it("another version of the protocol", async () => {
      const client = await opened();
      const answer = await ask(client, {
        id: 1,
        method: "initialize",
        params: { protocolVersion: 2, client: "cli" },
      });
      assert.match(answer.error?.message ?? "", /version 1 of the protocol, the client version 2/);
      assert.deepEqual(answer.error?.data, {
        code: "agent-unreachable",
        todo: "Restart the agent with the newer Hotenv.",
      });
    });

    it("params that are not valid, and says which", async () => {
      const client = await opened();
      await ask(client, { id: 1, method: "initialize", params: { protocolVersion: 1, client: "cli" } });
      for (const [method, params, named] of [
        ["logs", {}, /service/],
        ["logs", { service: "api", tail: -1 }, /tail/],
        ["history/show", { revision: "1" }, /revision/],
        ["stop", { now: true }, /now/],
      ] as const) {
        const { error } = await ask(client, { id: 2, method, params });
        assert.equal(error?.code, -32602);
        assert.match(error?.message ?? "", named);
        assert.deepEqual(error?.data, { code: "usage" });
      }
    });

    it("a method that it does not have, whatever its name", async () => {
      const client = await opened();
      await ask(client, { id: 1, method: "initialize", params: { protocolVersion: 1, client: "cli" } });
      for (const method of [
        "nonsense",
        "__proto__",
        "constructor",
        "toString",
        "hasOwnProperty",
        "event",
        "",
      ]) {
        const { error } = await ask(client, { id: 2, method, params: {} });
        assert.equal(error?.code, -32601, method);
      }
    });

    for (const [what, frame, code] of [
      ["text that is not JSON", "{", 1007],
      ["JSON that is no message", "[1]", 1007],
      ["a batch", '[{"jsonrpc":"2.0","id":1,"method":"status"}]', 1007],
      ["a message of another version", '{"jsonrpc":"1.0","id":1,"method":"status"}', 1007],
      ["an answer that nobody asked for", '{"jsonrpc":"2.0","id":1,"result":{}}', 1007],
      ["a cancellation without a request", '{"jsonrpc":"2.0","method":"$/cancelRequest"}', 1007],
      ["a cancellation of null", '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":null}}', 1007],
      ["params by position", '{"jsonrpc":"2.0","id":1,"method":"logs","params":["api"]}', 1007],
      ["a request whose id is an object", '{"jsonrpc":"2.0","id":{},"method":"status"}', 1007],
      ["a binary frame", Buffer.from("{}"), 1007],
      ["a frame that is too large", "x".repeat(1024 * 1024 + 1), 1009],
    ] as const)
      it(`${what}: closed with ${code}`, async () => {
        const client = await opened();
        const closed = once(client, "close");
        client.send(frame);
        assert.equal((await closed)[0], code);
        await assertStillAnswers();
      });

    it("passes over notifications that it does not know", async () => {
      const client = await opened();
      for (const method of ["$/setTrace", "$/progress", "exit"])
        client.send(JSON.stringify({ jsonrpc: "2.0", method }));
      client.send('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":77}}');
      const answer = await ask(client, {
        id: 1,
        method: "initialize",
        params: { protocolVersion: 1, client: "cli" },
      });
      assert.ok(answer.result);
    });

    it(`${frames} frames of noise, and goes on answering`, async function () {
      this.timeout(frames * 50 + 60_000);
      const seeds = [
        '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":1,"client":"cli","lastSeq":0}}',
        '{"jsonrpc":"2.0","id":2,"method":"logs","params":{"service":"api","tail":3}}',
        '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":2}}',
        '{"jsonrpc":"2.0","id":"x","method":"history/diff","params":{"from":1,"to":null}}',
      ];
      const noise = (): string | Buffer => {
        const kind = randomInt(4);
        if (kind === 0) return randomBytes(randomInt(200));
        const text = Buffer.from(seeds[randomInt(seeds.length)] ?? "");
        if (kind === 1) return text.subarray(0, randomInt(text.length)).toString();
        const changes = kind === 2 ? 1 : 5;
        for (let i = 0; i < changes; i++) text[randomInt(text.length)] = 32 + randomInt(95);
        return text.toString();
      };
      let client = await opened();
      for (let i = 0; i < frames; i++) {
        if (client.readyState !== client.OPEN) client = await opened();
        client.send(noise(), { binary: false });
        // Bytes on the wire that are no WebSocket frame at all.
        if (i % 50 === 0) Reflect.get(client, "_socket").write(randomBytes(50));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await assertStillAnswers();
    });
  });
});
