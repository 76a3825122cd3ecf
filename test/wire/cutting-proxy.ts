/** Stands between a client and an agent, and cuts connections at random: anywhere, also in the middle of a frame. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { ProjectPaths } from "../../client/location.ts";
import { findAgent } from "../../client/rendezvous.ts";

export interface CuttingProxy extends AsyncDisposable {
  /** Where a client finds the agent by way of this proxy. */
  readonly paths: ProjectPaths;
  /** Connections cut so far. */
  readonly cuts: number;
  /** From now on connections last. */
  spare(): void;
}

/**
 * @param maxBytes a connection is cut after so many bytes towards the client at most, at random
 * @param random in [0, 1)
 */
export async function cuttingProxy(
  paths: ProjectPaths,
  name: string,
  { maxBytes, random, onCut }: { maxBytes: number; random: () => number; onCut: (cuts: number) => void },
): Promise<CuttingProxy> {
  const socketPath =
    process.platform === "win32" ? `${paths.socket}-${name}` : join(paths.stateDirectory, `${name}.sock`);
  const sockets = new Set<Socket>();
  let cuts = 0;
  let spared = false;
  const server = createServer((client) => {
    const agent = connect(paths.socket);
    const cut = (): void => {
      client.destroy();
      agent.destroy();
    };
    for (const each of [client, agent]) {
      sockets.add(each);
      each.on("error", cut);
      each.once("close", () => {
        sockets.delete(each);
        cut();
      });
    }
    let left = Math.floor(random() * maxBytes);
    client.pipe(agent);
    agent.on("data", (chunk: Buffer) => {
      const passes = spared || left > chunk.length;
      client.write(passes ? chunk : chunk.subarray(0, left), () => {
        if (passes || client.destroyed) return;
        cut();
        cuts += 1;
        onCut(cuts);
      });
      left -= chunk.length;
    });
  });
  server.listen(socketPath);
  await once(server, "listening");
  const found = await findAgent(paths);
  if (found.kind !== "agent") throw new Error("There is no agent to stand before.");
  const rendezvous = join(paths.stateDirectory, `${name}.json`);
  writeFileSync(rendezvous, JSON.stringify({ ...found.rendezvous, socket: socketPath }), { mode: 0o600 });
  return {
    paths: { ...paths, rendezvous },
    get cuts() {
      return cuts;
    },
    spare: () => {
      spared = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
