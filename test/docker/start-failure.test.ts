/** Why a container does not start, asked of the engine in the place of read in its sentence. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "mocha";
import { explainStart } from "../../agent/runtime/compose/start-failure.ts";
import { docker, testLabel } from "../support/docker.ts";
import { dockerApi } from "../support/docker-api.ts";
import { testImage } from "../support/docker-image.ts";
import { freePort } from "../support/free-port.ts";

interface Made extends AsyncDisposable {
  readonly name: string;
  /** What Docker's refusal means. */
  readonly refusal: () => Promise<{ readonly message: string; readonly todo: string | undefined }>;
}

async function container(
  options: readonly string[],
  command: readonly string[] = ["sleep", "600"],
): Promise<Made> {
  const name = `hotenv-test-${process.pid}-${randomBytes(4).toString("hex")}`;
  await docker(["create", "--name", name, "--label", testLabel, ...options, await testImage(), ...command]);
  const engine = dockerApi();
  return {
    name,
    refusal: async () => {
      const error = await engine
        .getContainer(name)
        .start()
        .then(
          () => assert.fail("It started."),
          (refused: unknown) => refused,
        );
      const { code, message, todo } = await explainStart(engine, name, error);
      assert.equal(code, "docker-failed");
      return { message, todo };
    },
    [Symbol.asyncDispose]: async () => {
      await docker(["rm", "--force", "--volumes", name]);
    },
  };
}

describe("A container that Docker does not start", () => {
  for (const [what, first, second] of [
    ["on every address", "", ""],
    ["on one address", "127.0.0.1:", "127.0.0.1:"],
    ["on every address but one that is held", "", "127.0.0.1:"],
  ] as const)
    it(`names the container that has its port ${what}`, async () => {
      const port = await freePort();
      await using holder = await container(["--publish", `${first}${port}:80`]);
      await docker(["start", holder.name]);
      await using other = await container(["--publish", `${second}${port}:81`]);
      const { message, todo } = await other.refusal();
      assert.equal(
        message,
        `Docker did not start the container: port ${port} is taken by the container ${holder.name}.`,
      );
      assert.equal(todo, "Choose another port, or stop what listens on it.");
    });

  it("tells of another program that has its port", async () => {
    const port = await freePort();
    const server = createServer().listen(port, "0.0.0.0");
    await once(server, "listening");
    try {
      await using made = await container(["--publish", `${port}:80`]);
      const { message } = await made.refusal();
      assert.match(message, new RegExp(`: port ${port} is taken by another program\\.$`));
    } finally {
      server.close();
    }
  });

  it("tells of another program that has its datagrams", async () => {
    const port = await freePort();
    const socket = createSocket("udp4").bind(port, "127.0.0.1");
    await once(socket, "listening");
    try {
      await using made = await container(["--publish", `127.0.0.1:${port}:80/udp`]);
      const { message } = await made.refusal();
      assert.match(message, new RegExp(`: port ${port} is taken by another program\\.$`));
    } finally {
      socket.close();
    }
  });

  it("tells the same of one that does not start again", async () => {
    const port = await freePort();
    await using made = await container(["--publish", `${port}:80`]);
    const server = createServer().listen(port, "0.0.0.0");
    await once(server, "listening");
    try {
      const engine = dockerApi();
      const error = await engine
        .getContainer(made.name)
        .restart()
        .then(
          () => assert.fail("It started."),
          (refused: unknown) => refused,
        );
      const { message } = await explainStart(
        engine,
        made.name,
        error,
        "Docker did not restart the container",
      );
      assert.equal(
        message,
        `Docker did not restart the container: port ${port} is taken by another program.`,
      );
    } finally {
      server.close();
    }
  });

  it("says in Docker's words what is no port", async () => {
    await using made = await container(["--publish", `${await freePort()}:80`], ["no-such-program"]);
    assert.match((await made.refusal()).message, /^Docker did not start the container: .*no-such-program/);
  });
});
