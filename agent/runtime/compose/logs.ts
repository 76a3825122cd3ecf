/** The newest lines of a container's output. */
import type Docker from "dockerode";
import { inspectContainer } from "./containers.ts";
import { dockerError } from "./docker-error.ts";

const headerBytes = 8;

/** Docker's multiplexed stream without its headers (Docker API, "Attach to a container": 1 byte stream, 3 zero, 4 length). Pure. */
export function demultiplex(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + headerBytes <= raw.length; ) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + headerBytes, at + headerBytes + length));
    at += headerBytes + length;
  }
  return Buffer.concat(parts).toString();
}

export async function readLogs(
  docker: Docker,
  id: string,
  tail: number,
  signal: AbortSignal,
): Promise<string[]> {
  const container = await inspectContainer(docker, id);
  if (container === undefined) return [];
  try {
    const raw = await docker
      .getContainer(id)
      .logs({ stdout: true, stderr: true, tail, follow: false, abortSignal: signal });
    const text = container.Config.Tty ? raw.toString() : demultiplex(raw);
    return text.split(/\r?\n/).filter((line, index, lines) => line !== "" || index < lines.length - 1);
  } catch (error) {
    throw dockerError("Docker did not give the log", error);
  }
}
