import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { allowedHosts, assertProtected, isLoopback, parseAddress, urlOf } from "./address.ts";

describe("an address to serve HTTP on", () => {
  for (const [text, host, port] of [
    ["4711", "127.0.0.1", 4711],
    ["0", "127.0.0.1", 0],
    ["localhost:80", "localhost", 80],
    ["0.0.0.0:4711", "0.0.0.0", 4711],
    ["[::1]:4711", "::1", 4711],
    ["box.lan:65535", "box.lan", 65535],
  ] as const)
    it(`is read from ${text}`, () => assert.deepEqual(parseAddress(text), { host, port }));

  for (const text of [
    "",
    "x",
    "65536",
    "127.0.0.1:",
    ":4711",
    "::1:4711",
    "[x]:1",
    "a/b:1",
    "1 ",
    "-1",
    "http://x:1",
  ])
    it(`is not read from "${text}"`, () =>
      assert.throws(
        () => parseAddress(text),
        (error) => error instanceof HotenvError && error.code === "usage",
      ));

  for (const [host, expected] of [
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["::1", true],
    ["localhost", true],
    ["LOCALHOST", true],
    ["0.0.0.0", false],
    ["::", false],
    ["192.168.1.2", false],
    ["127.0.0.1.evil.example", false],
    ["localhost.evil.example", false],
  ] as const)
    it(`${host} is ${expected ? "" : "not "}this machine's alone`, () =>
      assert.equal(isLoopback(host), expected));

  it("that others can reach takes TLS, or the word that it may be plain", () => {
    const address = { host: "0.0.0.0", port: 1 };
    assert.throws(
      () => assertProtected(address, { tls: false, plainHttp: false }),
      /0\.0\.0\.0 can be reached from other machines, and there is no TLS/,
    );
    assertProtected(address, { tls: true, plainHttp: false });
    assertProtected(address, { tls: false, plainHttp: true });
    assertProtected({ host: "::1", port: 1 }, { tls: false, plainHttp: false });
  });

  it("has a few names in Host, each with its port", () => {
    const hosts = (host: string, port: number, tls: boolean, more: string[] = []) =>
      [...allowedHosts({ host, port }, port, tls, more)].sort();
    assert.deepEqual(hosts("127.0.0.1", 4711, false), ["127.0.0.1:4711", "[::1]:4711", "localhost:4711"]);
    assert.deepEqual(hosts("box.LAN", 443, true), ["box.lan", "box.lan:443"]);
    assert.deepEqual(hosts("10.0.0.2", 8, true, ["Hot.example:9", "proxy"]), [
      "10.0.0.2:8",
      "hot.example:9",
      "proxy:8",
    ]);
    assert.deepEqual(hosts("fe80::1", 8, true), ["[fe80::1]:8"]);
  });

  it("is a URL for people", () => {
    assert.equal(urlOf({ host: "::", port: 0 }, 4711, true), "https://[::1]:4711");
    assert.equal(urlOf({ host: "0.0.0.0", port: 0 }, 4711, false), "http://127.0.0.1:4711");
    assert.equal(urlOf({ host: "box", port: 0 }, 4711, false), "http://box:4711");
  });
});
