import { mkdtemp, rm, unlink } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** Of the engine that the tests run on. */
const realSocket = process.env.DOCKER_HOST?.replace(/^unix:\/\//, "") ?? "/var/run/docker.sock";

/** A way to Docker that a test can cut and mend. */
export async function cuttableDocker(): Promise<
  { host: string; cut(): Promise<void>; mend(): Promise<void> } & AsyncDisposable
> {
  const directory = await mkdtemp(path.join(tmpdir(), "hotenv-way-"));
  const socket = path.join(directory, "docker.sock");
  const open = new Set<import("node:net").Socket>();
  let server: Server | undefined;
  const cut = async () => {
    const closing = server;
    server = undefined;
    for (const client of open) client.destroy();
    if (closing) await new Promise((resolve) => closing.close(resolve));
  };
  return {
    host: `unix://${socket}`,
    cut,
    async mend() {
      server = createServer((client) => {
        const onward = createConnection(realSocket);
        for (const [from, to] of [
          [client, onward],
          [onward, client],
        ] as const) {
          open.add(from);
          from.on("error", () => to.destroy());
          from.on("close", () => {
            open.delete(from);
            to.destroy();
          });
          from.pipe(to);
        }
      });
      await unlink(socket).catch(() => undefined);
      await new Promise<void>((resolve) => server?.listen(socket, resolve));
    },
    async [Symbol.asyncDispose]() {
      await cut();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
