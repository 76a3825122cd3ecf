/**
 * Output of local processes: one file a service, into which the process writes by itself, so that it goes
 * on when its agent is killed. Kept small by copying the end away and emptying the file (what is written
 * between the two is lost); the process opened it for appending and notices nothing.
 */
import { closeSync, fstatSync, mkdirSync, openSync } from "node:fs";
import { open, rename, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** File names of other systems are narrower than names of services. */
export function logFileOf(directory: string, service: string): string {
  return join(directory, `${encodeURIComponent(service).replaceAll("*", "%2A")}.log`);
}

/** For a process to write to; whoever opens it closes it. `size`: where new output begins. */
export function openLog(file: string, directory: string): { readonly fd: number; readonly size: number } {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const fd = openSync(file, "a", 0o600);
  try {
    return { fd, size: fstatSync(fd).size };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

export async function sizeOf(file: string): Promise<number> {
  const stats = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return stats?.size ?? 0;
}

export async function readRange(file: string, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, to - from));
  if (buffer.length === 0) return buffer;
  await using handle = await open(file, "r");
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
  return buffer.subarray(0, bytesRead);
}

/** @returns whether the file was emptied; its end is then in `FILE.1` */
export async function rotateLog(file: string, maxBytes: number): Promise<boolean> {
  const size = await sizeOf(file);
  if (size <= maxBytes) return false;
  const kept = await readRange(file, size - maxBytes, size);
  await writeFile(`${file}.1.new`, kept, { mode: 0o600 });
  await truncate(file, 0);
  await rename(`${file}.1.new`, `${file}.1`);
  return true;
}

const bytesPerLine = 512;
const minTailBytes = 64 * 1024;

export const linesOf = (bytes: Buffer): string[] => {
  const text = new TextDecoder().decode(bytes);
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

/**
 * The newest lines, oldest first.
 * @param from nothing before this offset; null: what was cut away belongs to it, too
 */
export async function tailLog(
  file: string,
  tail: number,
  from: number | null = null,
): Promise<readonly string[]> {
  const atMost = Math.max(minTailBytes, tail * bytesPerLine);
  const size = await sizeOf(file);
  const lines = linesOf(await readRange(file, Math.max(from ?? 0, size - atMost), size));
  if (lines.length < tail && from === null && size < atMost) {
    const older = `${file}.1`;
    const olderSize = await sizeOf(older);
    lines.unshift(...linesOf(await readRange(older, Math.max(0, olderSize - atMost), olderSize)));
  }
  return lines.slice(-tail);
}
