import assert from "node:assert/strict";
import { once } from "node:events";
import { afterEach, beforeEach, describe, it } from "mocha";
import { WebSocket } from "ws";
import * as z from "zod";
import { oneTimeCode } from "../../../client/http-door.ts";
import { cliErrorSchema } from "../../../core/protocol/cli.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { eventSchema } from "../../../core/protocol/messages.ts";
import { outcome } from "../server.fixture.ts";
import { type TestSite, type TestSiteOptions, testSite } from "./http.fixture.ts";
import { openApi } from "./openapi.ts";
import { routes } from "./routes.ts";

const post = (body: unknown) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

describe("the agent over HTTP", () => {
  let site: TestSite;
  const sockets: WebSocket[] = [];
  const open = async (options?: TestSiteOptions): Promise<void> => {
    await site.close();
    site = await testSite(options);
  };
  beforeEach(async () => {
    site = await testSite();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await site.close();
  });
  const errorOf = (body: string) => cliErrorSchema.parse(JSON.parse(body)).error;

  it("says that it is well to anybody, and nothing else", async () => {
    assert.match(
      await site.raw(`GET /health HTTP/1.0\r\nHost: localhost:${site.port}\r\n\r\n`),
      /\{"status":"ok"\}$/,
    );
  });

  describe("as REST", () => {
    it("reads by GET: params come from the query, each by its schema", async () => {
      const asked: unknown[] = [];
      const remember = async (params: unknown) => {
        asked.push(params);
        return [];
      };
      await open({
        api: {
          "history/list": remember,
          logs: remember,
          "history/diff": async (params) => {
            asked.push(params);
            return { entries: [], files: [] };
          },
        },
      });
      for (const path of [
        "/api/history/list?limit=2&pinned=true&text=a%20b",
        "/api/logs?service=7&tail=3",
        "/api/history/diff?from=1",
        "/api/history/diff?from=1&to=null",
        "/api/history/diff?from=1&to=2",
      ])
        assert.equal((await site.fetch(path)).status, 200, path);
      assert.deepEqual(asked, [
        { limit: 2, pinned: true, text: "a b" },
        { service: "7", tail: 3 },
        { from: 1, to: null },
        { from: 1, to: null },
        { from: 1, to: 2 },
      ]);
    });

    it("acts by POST: params are the body, and an empty one is none", async () => {
      const asked: unknown[] = [];
      await open({
        api: {
          apply: async (params) => {
            asked.push(params);
            return outcome;
          },
        },
      });
      const answer = await site.fetch("/api/apply", post({ reason: "curl", up: true }));
      assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, outcome]);
      assert.equal((await site.fetch("/api/apply", { method: "POST" })).status, 200);
      assert.deepEqual(asked, [{ reason: "curl", up: true }, {}]);
    });

    it("fails by the one table of errors", async () => {
      await open({
        api: {
          plan: async () => {
            throw new HotenvError("docker-unreachable", "Docker does not answer.", { todo: "Start it." });
          },
          pause: async () => {
            throw new Error("a secret detail");
          },
        },
      });
      const answer = await site.fetch("/api/plan");
      assert.deepEqual(
        [answer.status, errorOf(answer.body)],
        [503, { code: "docker-unreachable", message: "Docker does not answer.", todo: "Start it." }],
      );
      assert.equal((await site.fetch("/api/pause", { method: "POST" })).status, 500);
      assert.match(site.log.join(), /"pause" failed/);
      const unknown = await site.fetch("/api/history/show?revision=9");
      assert.deepEqual([unknown.status, errorOf(unknown.body).code], [404, "revision-unknown"]);
    });

    for (const [what, path, options, status, says] of [
      ["a param that is missing", "/api/logs", {}, 400, /service/],
      ["a param that is wrong", "/api/logs?service=a&tail=x", {}, 400, /tail/],
      ["a param that nobody knows", "/api/status?x=1", {}, 400, /no parameter "x"/],
      ["a param that is given twice", "/api/logs?service=a&service=b", {}, 400, /twice/],
      ["a prototype's name", "/api/logs?service=a&__proto__=b", {}, 400, /__proto__/],
      ["params of an action in the query", "/api/apply?up=true", { method: "POST" }, 400, /body/],
      ["a body that is no JSON", "/api/apply", { ...post({}), body: "{" }, 400, /JSON/],
      [
        "a form's body",
        "/api/apply",
        { method: "POST", body: "a=b", headers: { "Content-Type": "text/plain" } },
        415,
        /application\/json/,
      ],
      ["a list", "/api/apply", post([]), 400, /not valid/],
      ["a body that is too large", "/api/apply", post({ reason: "x".repeat(70_000) }), 413, /65536/],
      ["a POST to read", "/api/status", post({}), 405, /GET/],
      ["a GET to act", "/api/stop", {}, 405, /POST/],
      ["another verb", "/api/stop", { method: "DELETE" }, 405, /POST/],
      ["a path that is none", "/api/nothing", {}, 404, /nothing here/],
      ["a method of the prototype", "/api/constructor", {}, 404, /nothing here/],
      ["a method for local programs", "/api/history/export", post({ file: "/tmp/x" }), 404, /nothing here/],
      ["the greeting of the socket", "/api/initialize", post({}), 404, /nothing here/],
    ] as const)
      it(`refuses ${what}: ${status}`, async () => {
        const answer = await site.fetch(path, options);
        assert.equal(answer.status, status);
        assert.match(errorOf(answer.body).message, says);
        assert.equal((await site.fetch("/api/status")).status, 200);
      });

    it("ends what only reads when its reader goes away", async () => {
      const aborted = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      await open({
        api: {
          "logs/follow": (_params, signal) => {
            begun.resolve();
            return new Promise((_resolve, reject) => {
              signal.addEventListener("abort", () => {
                aborted.resolve();
                reject(signal.reason);
              });
            });
          },
        },
      });
      const leaving = new AbortController();
      const reading = site.fetch("/api/logs/follow?service=a", { signal: leaving.signal });
      await begun.promise;
      leaving.abort();
      await assert.rejects(reading);
      await aborted.promise;
    });

    it("describes itself: every route, no reference into the void, and answers that fit", async () => {
      const answer = await site.fetch("/api/openapi.json");
      const document = JSON.parse(answer.body);
      assert.deepEqual(document, JSON.parse(JSON.stringify(openApi("1.2.3"))));
      assert.equal(document.openapi, "3.1.0");
      assert.deepEqual(
        Object.keys(document.paths),
        routes.map(({ path }) => path),
      );
      for (const [, id = ""] of answer.body.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g))
        assert.ok(Object.hasOwn(document.components.schemas, id), id);
      assert.doesNotMatch(answer.body, /"\$ref":"(?!#\/components\/schemas\/\w+")/);
      const list = document.paths["/api/history/list"].get;
      assert.ok(
        list.parameters.every(
          (one: { in: string; required: boolean }) => one.in === "query" && !one.required,
        ),
      );
      const $defs = JSON.parse(
        JSON.stringify(document.components.schemas).replaceAll("#/components/schemas/", "#/$defs/"),
      );
      const Status = z.fromJSONSchema({ $ref: "#/$defs/Status", $defs });
      Status.parse(JSON.parse((await site.fetch("/api/status")).body));
    });
  });

  describe("as events", () => {
    const listen = async (query = "", options: object = {}, protocols: string[] = []) => {
      const socket = new WebSocket(`ws://127.0.0.1:${site.port}/ws/config-status${query}`, protocols, {
        headers: { Authorization: `Bearer ${site.token}` },
        ...options,
      });
      sockets.push(socket);
      const told: z.infer<typeof eventSchema>[] = [];
      const wakers: (() => void)[] = [];
      socket.on("message", (data) => {
        told.push(eventSchema.parse(JSON.parse(String(data))));
        for (const wake of wakers.splice(0)) wake();
      });
      await once(socket, "open");
      const until = async (count: number) => {
        while (told.length < count) await new Promise<void>((resolve) => wakers.push(resolve));
        return told.map(({ type, seq }) => `${type} ${seq}`);
      };
      return { socket, until };
    };
    const say = (message: string) => site.events.emit("log", { level: "info", message });

    it("tells the state first, then what happens, each with its number", async () => {
      say("before");
      const { until } = await listen();
      await until(1);
      say("one");
      say("two");
      assert.deepEqual(await until(3), ["status_update 1", "log 2", "log 3"]);
    });

    it("tells one who comes again exactly what was missed, or the state where that is forgotten", async () => {
      for (const message of ["1", "2", "3"]) say(message);
      assert.deepEqual(await (await listen("?lastSeq=1")).until(2), ["log 2", "log 3"]);
      assert.deepEqual(await (await listen("?lastSeq=99")).until(1), ["status_update 3"]);
      for (let i = 0; i < 3000; i += 1) say("more");
      assert.deepEqual(await (await listen("?lastSeq=1")).until(1), ["status_update 3003"]);
    });

    it("tells only the types that were asked for", async () => {
      const { until } = await listen("?types=log,verdict");
      site.events.emit("health_update", {
        service: "api",
        runtime: "process",
        state: "running",
        health: "healthy",
        instances: [],
      });
      say("x");
      assert.deepEqual(await until(1), ["log 2"]);
    });

    it("lets in with a one-time code among the protocols, once", async () => {
      const code = oneTimeCode(site.token, 1000);
      const { socket, until } = await listen("", { headers: {} }, ["hotenv.events", `hotenv.code.${code}`]);
      assert.equal(socket.protocol, "hotenv.events");
      await until(1);
      await assert.rejects(listen("", { headers: {} }, [`hotenv.code.${code}`]), /401/);
    });

    it("tells any program's WebSocket: Node's own, which knows no headers, by a code", async () => {
      const code = oneTimeCode(site.token, 60_000);
      const url = `ws://127.0.0.1:${site.port}/ws/config-status`;
      const socket = new globalThis.WebSocket(url, ["hotenv.events", `hotenv.code.${code}`]);
      const told: string[] = [];
      const all = Promise.withResolvers<void>();
      socket.addEventListener("message", ({ data }) => {
        const { type, seq } = eventSchema.parse(JSON.parse(String(data)));
        told.push(`${type} ${seq}`);
        if (told.length === 1) say("one");
        if (told.length === 2) all.resolve();
      });
      socket.addEventListener("close", ({ code: why }) => all.reject(new Error(`closed: ${why}`)));
      await all.promise;
      assert.deepEqual(told, ["status_update 0", "log 1"]);
      const closed = once(socket, "close");
      socket.close();
      await closed;
      const uninvited = new globalThis.WebSocket(url);
      await once(uninvited, "error");
    });

    for (const query of ["?types=nonsense", "?lastSeq=-1", "?lastSeq=x", "?token=x", "?types=log&more=1"])
      it(`refuses ${query}`, () => assert.rejects(listen(query), /400/));

    it("says farewell when the agent ends", async () => {
      const { socket, until } = await listen();
      await until(1);
      const closed = once(socket, "close");
      await site.server.close();
      assert.equal((await closed)[0], 1001);
    });
  });

  describe("as a page", () => {
    it("comes whole or zipped, and not at all where the browser has it", async () => {
      const plain = await site.fetch("/");
      assert.match(plain.body, /<script src="\/host\.js">/);
      assert.match(String(plain.headers["content-security-policy"]), /default-src 'none'/);
      assert.equal(
        (await site.fetch("/", { headers: { "Accept-Encoding": "gzip" } })).headers["content-encoding"],
        "gzip",
      );
      const etag = String(plain.headers.etag);
      assert.equal((await site.fetch("/", { headers: { "If-None-Match": etag } })).status, 304);
      assert.equal((await site.fetch("/", { method: "HEAD" })).body, "");
    });

    it("has its texts in the languages that it speaks, and no other file of theirs", async () => {
      const { status, headers, body } = await site.fetch("/l10n/zh-cn.json");
      assert.equal(status, 200);
      assert.match(String(headers["content-type"]), /^application\/json/);
      assert.equal(JSON.parse(body)["Roll back to here"], "回滚到此处");
      for (const path of ["/l10n/de.json", "/l10n/bundle.l10n.zh-cn.json", "/l10n/../package.json"])
        assert.notEqual((await site.fetch(path)).status, 200, path);
    });

    it("trades a code for a cookie and a key, once; neither opens anything alone", async () => {
      const code = oneTimeCode(site.token, 1000);
      const entered = await site.fetch("/enter", post({ code }));
      assert.equal(entered.status, 200);
      const cookie = String(entered.headers["set-cookie"]);
      assert.match(cookie, /^hotenv-\d+=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
      const key: string = JSON.parse(entered.body).key;
      const bare = cookie.split(";")[0] ?? "";
      const ask = async (headers: string[]) =>
        (
          await site.raw(
            `GET /api/status HTTP/1.0\r\nHost: 127.0.0.1:${site.port}\r\n${headers.join("\r\n")}\r\n\r\n`,
          )
        ).slice(9, 12);
      assert.equal(await ask([`Cookie: a=b; ${bare}`, `X-Hotenv-Key: ${key}`]), "200");
      assert.equal(await ask([`Cookie: ${bare}`]), "401");
      assert.equal(await ask([`X-Hotenv-Key: ${key}`]), "401");
      assert.equal(
        await ask([
          `Cookie: ${bare}`,
          `X-Hotenv-Key: ${key.replace(/^./, (first) => (first === "0" ? "1" : "0"))}`,
        ]),
        "401",
      );
      assert.equal((await site.fetch("/enter", post({ code }))).status, 401);
    });

    it("takes no code that is too old, forged, or signed by another agent", async () => {
      for (const code of [
        oneTimeCode(site.token, -1000),
        oneTimeCode("0".repeat(64), 1000),
        oneTimeCode(site.token, 1000).replace(/^(.)/, "z"),
        "",
        "x",
        "a-b-c",
      ])
        assert.equal((await site.fetch("/enter", post({ code }))).status, 401, code);
    });

    it("has reports and differences as text", async () => {
      const answer = await site.fetch("/text/diff?from=1&to=2");
      assert.equal(answer.body, "No difference between revision 1 and revision 2.\n");
      assert.equal((await site.fetch("/text/report?revision=7")).status, 404);
      assert.equal((await site.fetch("/text/report?x=7")).status, 400);
    });
  });
});
