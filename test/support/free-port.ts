import { once } from "node:events";
import { createServer } from "node:net";

// Below what Linux, macOS and Windows take by themselves for connections: a port from there could be taken by any
// connection of anybody between the look and its use.
const [first, last] = [10_000, 29_999];
const given = new Set<number>();

/** A TCP port that nobody listens on, at no address; each is given once a process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = first + Math.floor(Math.random() * (last - first + 1));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`None of a hundred ports between ${first} and ${last} is free.`);
}

async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "0.0.0.0"]) {
    const probe = createServer().listen(port, host);
    try {
      await once(probe, "listening");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" || code === "EACCES") return false;
      throw error;
    }
    probe.close();
    await once(probe, "close");
  }
  return true;
}
