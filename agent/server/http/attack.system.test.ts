/** Over TCP, by whoever can reach the port: bytes, requests and frames that nobody of ours sends. */
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, it } from "mocha";
import { WebSocket } from "ws";
import { randomRuns } from "../../../test/support/random-runs.ts";
import { type TestSite, testSite } from "./http.fixture.ts";

/** Requests a run; HOTENV_RUNS=500 sends 10,000. */
const requests = 20 * randomRuns(10);
/** However it ends: `once` would reject of a reset. */
const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once("close", () => resolve()));
const mebibyte = 1024 * 1024;

describe("the agent over HTTP refuses", () => {
  let site: TestSite;
  beforeEach(async () => {
    site = await testSite();
  });
  afterEach(() => site.close());

  const assertStillAnswers = async () => assert.equal((await site.fetch("/api/status")).status, 200);
  /** The status of what is answered to a bare request. */
  const statusOf = async (line: string, ...headers: string[]): Promise<string> => {
    const head = headers.some((header) => /^host:/i.test(header))
      ? headers
      : [`Host: 127.0.0.1:${site.port}`, ...headers];
    const answer = await site.raw(`${line} HTTP/1.1\r\nConnection: close\r\n${head.join("\r\n")}\r\n\r\n`);
    assert.doesNotMatch(answer, /access-control/i);
    return answer.slice(9, 12);
  };
  const bearer = () => `Authorization: Bearer ${site.token}`;

  it("no token, a wrong one, one that is cut, in another scheme, in the URL", async () => {
    const { token } = site;
    const wrong = `${token[0] === "0" ? "1" : "0"}${token.slice(1)}`;
    for (const path of ["/api/status", "/metrics", "/api/openapi.json", "/text/diff?from=1", "/nothing"]) {
      assert.equal(await statusOf(`GET ${path}`), "401", path);
      assert.equal(await statusOf(`GET ${path}`, `Authorization: Bearer ${wrong}`), "401");
      assert.equal(await statusOf(`GET ${path}`, `Authorization: Bearer ${token.slice(1)}`), "401");
      assert.equal(await statusOf(`GET ${path}`, `Authorization: Bearer ${token}0`), "401");
      assert.equal(await statusOf(`GET ${path}`, "Authorization: Bearer "), "401");
      assert.equal(await statusOf(`GET ${path}`, `Authorization: Basic ${token}`), "401");
      assert.equal(await statusOf(`GET ${path}?token=${token}`), "401");
    }
    assert.equal(await statusOf("GET /api/status", bearer()), "200");
  });

  it("the token of an agent that has ended", async () => {
    const old = bearer();
    await site.close();
    site = await testSite();
    assert.equal(await statusOf("GET /api/status", old), "401");
  });

  it("names that are not its own, whoever asks: DNS rebinding", async () => {
    const { port } = site;
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.nip.io:${port}`,
      `localhost.evil.example:${port}`,
      "",
    ])
      for (const path of ["/", "/health", "/api/status"])
        assert.equal(await statusOf(`GET ${path}`, bearer(), `Host: ${host}`), "421", host);
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
      assert.equal(await statusOf("GET /api/status", bearer(), `Host: ${host}`), "200", host);
    assert.match(await site.raw("GET /health HTTP/1.1\r\n\r\n"), /^HTTP\/1\.1 400/);
    assert.match(await site.raw("GET /health HTTP/1.0\r\n\r\n"), /^HTTP\/1\.1 421/);
  });

  it("pages of other origins, even with the token", async () => {
    const own = `http://127.0.0.1:${site.port}`;
    for (const origin of [
      "null",
      "http://evil.example",
      "http://127.0.0.1",
      `https://127.0.0.1:${site.port}`,
      `http://localhost:${site.port}`,
      `${own}.evil.example`,
    ])
      assert.equal(await statusOf("GET /api/status", bearer(), `Origin: ${origin}`), "403", origin);
    assert.equal(await statusOf("GET /api/status", bearer(), `Origin: ${own}`), "200");
    for (const site of ["cross-site", "same-site", "nonsense"]) {
      assert.equal(await statusOf("GET /api/status", bearer(), `Sec-Fetch-Site: ${site}`), "403");
      assert.equal(await statusOf("GET /host.js", `Sec-Fetch-Site: ${site}`), "403");
    }
    assert.equal(await statusOf("OPTIONS /api/status", bearer(), `Origin: ${own}`), "405");
  });

  it("paths that lead out, and paths that are none", async () => {
    for (const path of [
      "/../package.json",
      "/%2e%2e/package.json",
      "/..%2fpackage.json",
      "/page.js/../../package.json",
      "//etc/passwd",
      "/\\..\\package.json",
      "/hotenv.cjs",
      "/webview.js",
      "/page.js%00",
      "/api/../metrics",
      "/__proto__",
      "/constructor",
      "*",
      "http://evil.example/",
    ])
      assert.match(await statusOf(`GET ${path}`, bearer()), /^(?:404|400)$/, path);
  });

  it("heads that are too large, too many, broken, or smuggle", async () => {
    assert.equal(await statusOf("GET /health", `X: ${"x".repeat(20_000)}`), "431");
    assert.equal(await statusOf(`GET /${"x".repeat(20_000)}`), "431");
    for (const broken of [
      "POST /api/pause HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /api/pause HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST /api/pause HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
      "GET /health HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
      "hello\r\n\r\n",
      randomBytes(4000),
    ])
      assert.match(
        await site.raw(broken),
        /^(?:HTTP\/1\.1 400|HTTP\/1\.1 505|$)/,
        String(broken).slice(0, 60),
      );
    await assertStillAnswers();
  });

  it("bodies that are larger than they say or than they may be", async () => {
    const head = `POST /api/pause HTTP/1.1\r\nHost: 127.0.0.1:${site.port}\r\n${bearer()}\r\nContent-Type: application/json\r\n`;
    assert.match(await site.raw(`${head}Content-Length: 99999999\r\n\r\n`), /^HTTP\/1\.1 413/);
    const chunk = `2000\r\n${"x".repeat(0x2000)}\r\n`;
    assert.match(
      await site.raw(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`),
      /^(?:HTTP\/1\.1 413|$)/,
    );
    await assertStillAnswers();
  });

  describe("on the way to events", () => {
    const upgrade = (path: string, ...headers: string[]) =>
      statusOf(
        `GET ${path}`,
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        // The last one counts.
        ...headers,
      );
    it("no token, foreign origins and names, other paths", async () => {
      const path = "/ws/config-status";
      assert.equal(await upgrade(path, "Connection: Upgrade"), "401");
      assert.equal(
        await upgrade(path, "Connection: Upgrade", bearer(), "Origin: http://evil.example"),
        "403",
      );
      assert.equal(await upgrade(path, "Connection: Upgrade", bearer(), "Host: evil.example"), "421");
      assert.equal(await upgrade(`${path}/`, "Connection: Upgrade", bearer()), "404");
      assert.equal(await upgrade("/api/status", "Connection: Upgrade", bearer()), "404");
    });

    const listen = async (): Promise<WebSocket> => {
      const socket = new WebSocket(`ws://127.0.0.1:${site.port}/ws/config-status`, {
        headers: { Authorization: `Bearer ${site.token}` },
      });
      socket.on("error", () => socket.terminate());
      await once(socket, "open");
      return socket;
    };
    for (const [what, frame, code] of [
      ["text", "hello", 1008],
      ["a large frame", "x".repeat(2000), 1009],
      ["bytes", Buffer.from([1, 2, 3]), 1008],
    ] as const)
      it(`${what} from a client: closed with ${code}`, async () => {
        const socket = await listen();
        const closed = once(socket, "close");
        socket.send(frame);
        assert.equal((await closed)[0], code);
        await assertStillAnswers();
      });

    it("a client that pings without end", async () => {
      const socket = await listen();
      const closed = once(socket, "close");
      for (let i = 0; i < 100; i += 1) socket.ping();
      assert.equal((await closed)[0], 1006);
    });

    it("more clients than there is room for", async () => {
      const clients = await Promise.all(Array.from({ length: 128 }, listen));
      assert.equal(await upgrade("/ws/config-status", "Connection: Upgrade", bearer()), "503");
      for (const client of clients) client.terminate();
      await assertStillAnswers();
    });
  });

  it("those who never end their request, and holds no place for them", async function () {
    this.timeout(60_000);
    const slow: Socket[] = [];
    const closed = Array.from({ length: 300 }, async (_, index) => {
      const socket = connect(site.port, "127.0.0.1");
      slow.push(socket);
      socket.on("error", () => socket.destroy());
      socket.write(index % 2 === 0 ? "GET /health HTTP/1.1\r\nHost: " : "");
      socket.resume();
      await closeOf(socket);
    });
    // A silent one has sent no request: those are dropped where there are too many, or by the time for a head.
    const writers = closed.filter((_, index) => index % 2 === 0);
    await Promise.all(writers);
    for (const socket of slow) socket.destroy();
    await Promise.all(closed);
    await assertStillAnswers();
  });

  it(`${requests} requests of noise, and its memory stays flat`, async function () {
    this.timeout(requests * 100 + 60_000);
    const { port } = site;
    const seeds = [
      `GET /api/history/list?limit=3&text=a HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${bearer()}\r\nConnection: close\r\n\r\n`,
      `POST /api/apply HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${bearer()}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"reason":"x"}`,
      `POST /enter HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Length: 12\r\n\r\n{"code":"x"}`,
      `GET /ws/config-status HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${bearer()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    ];
    const noise = (): Buffer => {
      const kind = randomInt(4);
      if (kind === 0) return randomBytes(1 + randomInt(300));
      const text = Buffer.from(seeds[randomInt(seeds.length)] ?? "");
      if (kind === 1) return text.subarray(0, 1 + randomInt(text.length - 1));
      if (kind === 2) return Buffer.concat([text, randomBytes(randomInt(100))]);
      for (let i = 0; i < 5; i += 1) text[randomInt(text.length)] = randomInt(256);
      return text;
    };
    const send = async (): Promise<void> => {
      const socket = connect(port, "127.0.0.1");
      const closed = closeOf(socket);
      socket.on("error", () => socket.destroy());
      socket.resume();
      await new Promise((resolve) => socket.write(noise(), resolve));
      // What is not refused at once is cut off in the middle.
      if (randomInt(2) === 0) socket.destroy();
      else socket.end();
      await closed;
    };
    const half = async (): Promise<void> => {
      for (let sent = 0; sent < requests / 2; sent += 10) await Promise.all(Array.from({ length: 10 }, send));
    };
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const used = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    await half();
    const before = used();
    await half();
    assert.ok(used() - before < 8 * mebibyte, `The heap grew by ${(used() - before) / mebibyte} MiB.`);
    await assertStillAnswers();
    assert.doesNotMatch(site.log.join("\n"), new RegExp(site.token));
  });
});
