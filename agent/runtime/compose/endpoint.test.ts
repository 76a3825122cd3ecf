/** Which engine is meant, and how it is reached: the pure parts. The real connections are in test/docker. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { addressOf, connectDocker, openEndpoint } from "./docker.ts";
import { engineIn, fromEnvironment } from "./engine.ts";
import { sshTarget } from "./ssh.ts";

const tls = { directory: "/certs", verify: true };

describe("Docker's endpoint", () => {
  for (const [host, endpoint] of [
    ["unix:///run/docker.sock", { kind: "socket", path: "/run/docker.sock" }],
    ["npipe:////./pipe/docker_engine", { kind: "socket", path: "//./pipe/docker_engine" }],
    ["tcp://10.0.0.1:2375", { kind: "tcp", host: "10.0.0.1", port: 2375 }],
    ["tcp://build.example:80", { kind: "tcp", host: "build.example", port: 80 }],
    ["tcp://build.example", { kind: "tcp", host: "build.example", port: 2375 }],
    ["tcp://[::1]:4000", { kind: "tcp", host: "::1", port: 4000 }],
    ["ssh://me@there", { kind: "ssh" }],
  ] as const)
    it(`is read: ${host}`, () => assert.deepEqual(addressOf({ host }), endpoint));

  it("has another usual port where it is encrypted", () => {
    assert.deepEqual(addressOf({ host: "tcp://there", tls }), {
      kind: "tcp",
      host: "there",
      port: 2376,
    });
    assert.deepEqual(addressOf({ host: "tcp://there:9999", tls }), {
      kind: "tcp",
      host: "there",
      port: 9999,
    });
  });

  for (const host of ["fd://", "tcp://", "tcp://:2375", "unix://", "somewhere"])
    it(`is refused: ${host}`, () =>
      assert.throws(() => addressOf({ host }), /Hotenv cannot use the Docker endpoint/));

  it("is asked over the connection that was found, whatever the environment says to the library", async () => {
    const directory = await mkdtemp(join(tmpdir(), "hotenv-"));
    const socketPath = join(directory, "docker.sock");
    const server = createServer((_, response) => response.end("OK")).listen(socketPath);
    await once(server, "listening");
    const { DOCKER_HOST: before } = process.env;
    process.env.DOCKER_HOST = "ssh://nobody@nowhere";
    try {
      assert.equal(String(await connectDocker({ socketPath }).ping()), "OK");
      assert.equal(process.env.DOCKER_HOST, "ssh://nobody@nowhere");
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
      server.close();
      server.closeAllConnections();
      await rm(directory, { recursive: true });
    }
  });
});

describe("The engine that `docker` would use", () => {
  it("is encrypted where a variable says so, and checked where another does", () => {
    const host = "tcp://there";
    const environment = { HOME: "/home/me" };
    assert.deepEqual(fromEnvironment(host, environment), { host });
    assert.deepEqual(fromEnvironment(host, { ...environment, DOCKER_TLS_VERIFY: "1" }), {
      host,
      tls: { directory: join("/home/me", ".docker"), verify: true },
    });
    assert.deepEqual(fromEnvironment(host, { ...environment, DOCKER_TLS: "1", DOCKER_CERT_PATH: "/certs" }), {
      host,
      tls: { directory: "/certs", verify: false },
    });
    assert.deepEqual(fromEnvironment(host, { ...environment, DOCKER_TLS_VERIFY: "", DOCKER_TLS: "" }), {
      host,
    });
  });

  const context = (docker: object, more: object = {}) =>
    JSON.stringify([{ Name: "x", Endpoints: { docker }, ...more }]);

  it("is a context's, with the certificates that Docker keeps for it", () => {
    const storage = { Storage: { MetadataPath: "/m", TLSPath: "/t" } };
    const material = { TLSMaterial: { docker: ["ca.pem", "cert.pem", "key.pem"] } };
    const host = "tcp://there:2376";
    assert.deepEqual(
      engineIn(context({ Host: host, SkipTLSVerify: false }, { ...storage, ...material }), "x"),
      {
        host,
        tls: { directory: join("/t", "docker"), verify: true },
      },
    );
    assert.deepEqual(engineIn(context({ Host: host, SkipTLSVerify: true }, storage), "x"), {
      host,
      tls: { directory: join("/t", "docker"), verify: false },
    });
    assert.deepEqual(engineIn(context({ Host: "ssh://me@there" }, { ...storage, TLSMaterial: {} }), "x"), {
      host: "ssh://me@there",
    });
  });

  it("is refused with a sentence where the context says nothing of Docker", () => {
    for (const inspected of ["[]", "", JSON.stringify([{ Name: "x", Endpoints: {} }])])
      assert.throws(() => engineIn(inspected, "x"), /^HotenvError: Docker's context x cannot be used/);
  });

  it("is not asked without the certificates that it is to be trusted by", () =>
    assert.rejects(
      openEndpoint({ DOCKER_HOST: "tcp://there", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/nowhere" }),
      (error: unknown) => {
        assert.ok(error instanceof HotenvError);
        assert.deepEqual(
          [error.code, error.location?.file],
          ["docker-unreachable", join("/nowhere", "ca.pem")],
        );
        return true;
      },
    ));
});

describe("A host behind ssh", () => {
  for (const [host, where, command] of [
    ["ssh://there", ["--", "there"], ["docker"]],
    ["ssh://me@there:2222", ["-l", "me", "-p", "2222", "--", "there"], ["docker"]],
    ["ssh://me@[::1]", ["-l", "me", "--", "::1"], ["docker"]],
    ["ssh://-oProxyCommand=x", ["--", "-oProxyCommand=x"], ["docker"]],
    ["ssh://Box/", ["--", "Box"], ["docker"]],
    [
      "ssh://there/run/user/1000/docker.sock",
      ["--", "there"],
      ["docker", "--host=unix:///run/user/1000/docker.sock"],
    ],
  ] as const)
    it(`is read: ${host}`, () => assert.deepEqual(sshTarget(host), { where, command }));

  for (const host of [
    "ssh://",
    "ssh://me:secret@there",
    "ssh://there?x=1",
    "ssh://there#x",
    "ssh://there/$(x)",
  ])
    it(`is refused: ${host}`, () =>
      assert.throws(
        () => sshTarget(host),
        (error: unknown) => error instanceof HotenvError && !error.message.includes("secret"),
      ));
});
