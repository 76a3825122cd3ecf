/** The pure parts: what Docker and Compose say, and what it means. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isAside, statusOfService } from "./containers.ts";
import { dockerError } from "./docker-error.ts";
import { demultiplex } from "./logs.ts";
import { parseHashes, projectRelative } from "./resolve.ts";
import { healthDeadlineMs, judge } from "./verify.ts";

describe("What Docker says", () => {
  it("nothing at all means that it is away", () => {
    const refused = Object.assign(new Error("connect ENOENT /x"), { code: "ENOENT" });
    assert.equal(dockerError("x", refused).code, "docker-unreachable");
  });

  it("in a log of two streams is put together in order", () => {
    const frame = (stream: number, text: string) => {
      const head = Buffer.alloc(8);
      head[0] = stream;
      head.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([head, Buffer.from(text)]);
    };
    assert.equal(
      demultiplex(Buffer.concat([frame(1, "öne\n"), frame(2, "two\n"), frame(1, "")])),
      "öne\ntwo\n",
    );
  });

  it("of hashes and paths", () => {
    assert.deepEqual(
      [...parseHashes("api abc\nweb def\n")],
      [
        ["api", "abc"],
        ["web", "def"],
      ],
    );
    assert.equal(projectRelative("/p", "/p/a/b"), "a/b");
    assert.equal(projectRelative("/p", "/q/a"), "/q/a");
    assert.equal(projectRelative("/p", "/p"), ".");
  });
});

const container = (id: string, state: object, more: object = {}) => ({
  Id: id.padEnd(64, "0"),
  Name: `/p-api-${id}`,
  RestartCount: 0,
  State: {
    Status: "",
    Running: true,
    Restarting: false,
    ExitCode: 0,
    StartedAt: "2026-01-02T03:04:05.678901234Z",
    ...state,
  },
  Config: { Labels: {}, Tty: false },
  ...more,
});

describe("A service's containers", () => {
  it("are as well as the worst of them", () => {
    const status = statusOfService("api", [
      container("1", { Health: { Status: "healthy" } }),
      container("2", { Health: { Status: "unhealthy" } }),
    ]);
    assert.deepEqual(
      [status.state, status.health, status.since],
      ["running", "unhealthy", "2026-01-02T03:04:05.678Z"],
    );
    assert.equal(statusOfService("api", []).state, "missing");
    assert.equal(statusOfService("api", [container("1", { Running: false, ExitCode: 3 })]).state, "exited");
    assert.equal(
      statusOfService("api", [container("1", { Running: false, ExitCode: 143 })]).state,
      "stopped",
    );
  });

  for (const [name, state, aside] of [
    ["shop-api-1", "running", false],
    ["shop-api-1", "created", false],
    ["shop-api-1.kept-0a1b", "exited", true],
    ["shop-api-1.kept-0a1b", "running", true],
    ["shop-api-1.next-0a1b", "created", true],
    // Started, and on the way back: it has given the name up already.
    ["shop-api-1.next-0a1b", "running", true],
    // What a killed `docker compose up` leaves; where it came as far as starting it, it is the service.
    ["0123456789ab_shop-api-1", "created", true],
    ["0123456789ab_shop-api-1", "running", false],
  ] as const)
    it(`${aside ? "are not" : "are"} one called ${name} that is ${state}`, () =>
      assert.equal(isAside({ id: "1", name, service: "api", labels: {}, state }), aside));

  it("have proved themselves, are waited for, or have failed, in words", () => {
    const none = new Map<string, number>();
    assert.deepEqual(judge("api", [container("1", {})], none), { done: true });
    assert.deepEqual(judge("api", [container("1", { Health: { Status: "starting" } })], none), {
      waiting: "its health check",
    });
    const words = (containers: Parameters<typeof judge>[1]) => {
      const look = judge("api", containers, none);
      return "failed" in look ? look.failed : "";
    };
    assert.equal(words([container("1", { Running: false, ExitCode: 7 })]), "api ended with exit code 7.");
    assert.equal(
      words([container("1", { Running: false, ExitCode: 137, OOMKilled: true })]),
      "api ended with exit code 137 for lack of memory.",
    );
    assert.match(words([container("1", {}, { RestartCount: 1 })]), /keeps ending/);
    assert.equal(
      words([
        container("1", {
          Health: { Status: "unhealthy", Log: [{ ExitCode: 1, Output: "a\nconnection refused\n" }] },
        }),
      ]),
      "api failed its health check (exit code 1: connection refused).",
    );
    assert.equal(words([]), "api has no container.");
  });

  it("may take as long as their health check declares", () => {
    const target = (healthcheck?: object) =>
      ({
        name: "api",
        runtime: "compose",
        dependsOn: [],
        files: [],
        config: healthcheck === undefined ? {} : { healthcheck },
      }) as Parameters<typeof healthDeadlineMs>[0];
    assert.equal(
      healthDeadlineMs(target({ interval: "1s", timeout: "500ms", retries: 2, start_period: "1m" })),
      60_000 + 3 * 1_500 + 10_000,
    );
    assert.equal(healthDeadlineMs(target()), 4 * 60_000 + 10_000);
  });
});
