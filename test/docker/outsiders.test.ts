// Containers that are none of the project's, and what they can do with its agent: nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { live } from "../../agent/cli/live.ts";
import type { HttpSettings } from "../../agent/server/http/serve.ts";
import { connectAgent } from "../../client/connect.ts";
import { readHttpDoor } from "../../client/http-door.ts";
import { projectPaths } from "../../client/location.ts";
import { docker } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject, type TestProject } from "../support/docker-project.ts";

const waiting = `command: ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"]`;
/** On Docker's default bridge, and on the network of a project of its own. */
const places = ["bridge", "own"] as const;

interface Agent {
  readonly port: number;
  readonly token: string;
  end(): Promise<void>;
}

describe("To containers of others", function () {
  this.timeout(120_000);
  let ours: TestProject;
  let others: TestProject;
  let stateDir: string;
  let agent: Agent | undefined;
  let neighbour: Server;
  let neighbourPort: number;
  let ids: Readonly<Record<string, string>>;

  before(async () => {
    const image = await testImage();
    ours = await composeProject({
      name: "besieged",
      files: { "compose.yaml": `services:\n  api:\n    image: ${image}\n    ${waiting}\n` },
    });
    stateDir = await mkdtemp(path.join(tmpdir(), "hotenv-test-"));
    // What keeps others out is the agent's own doing.
    await chmod(stateDir, 0o755);
    // One has the project's folder mounted, one the folder of the agent's state; neither is the agent's user.
    others = await composeProject({
      name: "outsiders",
      files: {
        "compose.yaml": `services:
  bridge:
    image: ${image}
    network_mode: bridge
    volumes: ["${ours.dir}:/project"]
    ${waiting}
  own:
    image: ${image}
    user: "12345:12345"
    volumes: ["${stateDir}:/state"]
    ${waiting}
`,
      },
    });
    await Promise.all([ours, others].map((each) => each.compose("up", "-d")));
    ids = await others.ids();
    // What the machine lets containers reach of it, whoever listens.
    neighbour = createServer((socket) => socket.end("here\n")).listen(0, "0.0.0.0");
    await once(neighbour, "listening");
    const address = neighbour.address();
    if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
    neighbourPort = address.port;
  });
  afterEach(async () => {
    await agent?.end();
    agent = undefined;
  });
  after(async () => {
    neighbour?.close();
    await Promise.all([ours?.down(), others?.down()]);
    if (stateDir !== undefined) await rm(stateDir, { recursive: true, force: true });
  });

  const paths = () => projectPaths(ours.dir, { stateDir });
  const start = async (http: Pick<HttpSettings, "address" | "plainHttp">): Promise<Agent> => {
    const listening = Promise.withResolvers<void>();
    const ending = new AbortController();
    const ended = live(
      {
        paths: paths(),
        stateDir,
        version: "1.2.3",
        spawned: false,
        log: () => {},
        listening: async () => {
          listening.resolve();
          return () => {};
        },
        http: { tls: undefined, allowHosts: [], bundles: "", ...http },
      },
      ending.signal,
    );
    await Promise.race([listening.promise, ended]);
    const door = await readHttpDoor(paths(), process.pid);
    if (door === undefined) throw new Error("The agent has left no way in.");
    return {
      port: Number(new URL(door.url).port),
      token: door.token,
      async end() {
        ending.abort();
        await ended;
      },
    };
  };
  /** @returns what the shell in that container prints */
  const inside = (service: (typeof places)[number], script: string): Promise<string> =>
    docker(["exec", ids[service] ?? "", "sh", "-c", script]);
  /** Bytes to a port of the machine, by the address that the container knows of it. What comes back; "" where nobody does. */
  const sent = (service: (typeof places)[number], port: number, text = ""): Promise<string> =>
    inside(
      service,
      `gateway=$(ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p'); printf '${text.replaceAll("\n", "\\r\\n")}' | nc -w 20 $gateway ${port} 2>/dev/null || true`,
    );
  const request = (
    service: (typeof places)[number],
    what: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<string> => {
    const lines = Object.entries({ Connection: "close", ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    return sent(service, agent?.port ?? 0, [`${what} HTTP/1.1`, ...lines, "", ""].join("\n"));
  };
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
  const assertStillServes = async (): Promise<void> => {
    const client = await connectAgent(paths(), { client: "cli" });
    try {
      const { paused, services } = await client.call("status", {});
      assert.equal(paused, false);
      assert.deepEqual(
        services.map(({ service, state }) => [service, state]),
        [["api", "running"]],
      );
    } finally {
      client.close();
    }
  };

  it("an agent on 127.0.0.1 is not there, and its socket and token are not either", async function () {
    agent = await start({ address: { host: "127.0.0.1", port: 0 }, plainHttp: false });
    for (const place of places) {
      if ((await sent(place, neighbourPort)) !== "here\n") {
        // Then a refusal would prove nothing: a firewall, or Docker in a machine of its own.
        console.log("      This machine lets its containers reach nothing of it.");
        this.skip();
      }
      assert.equal(await sent(place, agent.port, "GET /health HTTP/1.0\n\n"), "", place);
    }
    const found = await inside(
      "bridge",
      "find / -xdev -name 'agent.sock' -o -name agent.json -o -name http-token; ls -A /project",
    );
    assert.equal(found, "compose.yaml\n");
    const read = await inside(
      "own",
      `ls -A /state; cat /state/*/* /state/${paths().id}/http-token 2>/dev/null || echo refused`,
    );
    assert.equal(read, `${paths().id}\nrefused\n`);
    await assertStillServes();
  });

  it("an agent on every address answers nothing but to the token", async function () {
    agent = await start({ address: { host: "0.0.0.0", port: 0 }, plainHttp: true });
    const { token, port } = agent;
    const Host = `127.0.0.1:${port}`;
    const webSocket = {
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    };
    const wrong = `Bearer ${"0".repeat(token.length)}`;
    for (const place of places) {
      if ((await sent(place, neighbourPort)) !== "here\n") {
        // Then a refusal would prove nothing: a firewall, or Docker in a machine of its own.
        console.log("      This machine lets its containers reach nothing of it.");
        this.skip();
      }
      const status = async (what: string, headers: Readonly<Record<string, string>>): Promise<number> =>
        statusOf(await request(place, what, headers));
      assert.equal(await status("GET /api/status", { Host: `host.docker.internal:${port}` }), 421);
      assert.equal(await status("GET /api/status", { Host }), 401);
      assert.equal(await status("GET /metrics", { Host }), 401);
      assert.equal(
        await status("POST /api/pause", { Host, Authorization: wrong, "Content-Length": "0" }),
        401,
      );
      assert.equal(await status("GET /ws/config-status", { Host, ...webSocket }), 401);
      assert.equal(await status("GET /ws/config-status", { Host, ...webSocket, Authorization: wrong }), 401);
      // The token is what makes the difference.
      assert.equal(await status("GET /api/status", { Host, Authorization: `Bearer ${token}` }), 200);
    }
    await assertStillServes();
  });

  it("nothing is done, even for those who have the token: no other project's container is known by any name", async () => {
    agent = await start({ address: { host: "127.0.0.1", port: 0 }, plainHttp: false });
    const theirs = await others.inspect();
    const [first] = theirs;
    if (first === undefined) throw new Error("The others run.");
    const client = await connectAgent(paths(), { client: "cli" });
    try {
      const names = [
        "own",
        "bridge",
        first.Id,
        first.Id.slice(0, 12),
        first.Name,
        first.Name.slice(1),
        "../own",
        "",
      ];
      for (const service of names) {
        for (const act of ["stop", "restart", "start"] as const)
          await assert.rejects(
            client.call("service/act", { service, act }),
            { name: "HotenvError" },
            `${act} ${service}`,
          );
        await assert.rejects(client.call("logs", { service }), { name: "HotenvError" }, `logs ${service}`);
        await assert.rejects(
          client.call("service/disable", { service }),
          { name: "HotenvError" },
          `disable ${service}`,
        );
      }
    } finally {
      client.close();
    }
    assert.deepEqual(await others.inspect(), theirs);
    await assertStillServes();
  });
});
