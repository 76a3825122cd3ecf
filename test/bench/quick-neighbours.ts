import { readFileSync, writeFileSync } from "node:fs";

/** What new network interfaces begin with, in ms. */
const file = "/proc/sys/net/ipv4/neigh/default/retrans_time_ms";
const quickMs = 20;

/**
 * Lets Linux ask again soon for an address on a new network that nobody answers for yet. By default it waits a second:
 * with a client that comes while a container is being replaced, that second would be most of what is measured, whoever
 * replaces it. Networks that are made while it is in force keep it.
 * @returns undefined where it may not be set: not Linux, or not root
 */
export function quickNeighbours(): Disposable | undefined {
  try {
    const before = readFileSync(file);
    writeFileSync(file, String(quickMs));
    return { [Symbol.dispose]: () => writeFileSync(file, before) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES" || code === "EPERM" || code === "EROFS") return undefined;
    throw error;
  }
}
