/** A local service's log as it is written. */
import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { LogPart } from "../runtime.ts";
import { linesOf, readRange, sizeOf, tailLog } from "./log-file.ts";

/** More than this at once is cut at its beginning: a person reads the end. */
const maxBytes = 256 * 1024;

/** @param after an offset in the file, as an earlier call gave it; undefined: the newest lines, at once */
export async function followLog(
  file: string,
  after: string | undefined,
  tail: number,
  signal: AbortSignal,
): Promise<LogPart> {
  if (after === undefined) {
    const end = await sizeOf(file);
    return { lines: await tailLog(file, tail), after: String(end) };
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // It listens before the file is looked at, so that nothing is written between the two.
  let changed = Promise.withResolvers<void>();
  const watcher = watch(dirname(file), (_what, name) => {
    if (name === null || name === basename(file)) changed.resolve();
  });
  const stop = (): void => changed.resolve();
  signal.addEventListener("abort", stop, { once: true });
  watcher.once("error", stop);
  try {
    let part: LogPart = { lines: [], after };
    while (!signal.aborted) {
      changed = Promise.withResolvers<void>();
      part = await readAfter(file, Number(part.after));
      if (part.lines.length > 0) break;
      await changed.promise;
    }
    return part;
  } finally {
    signal.removeEventListener("abort", stop);
    watcher.close();
  }
}

/** Whole lines only: the rest of one comes with the next call. */
async function readAfter(file: string, after: number): Promise<LogPart> {
  const size = await sizeOf(file);
  // Emptied meanwhile: what is in it is new.
  const from = Math.max(size < after ? 0 : after, size - maxBytes);
  const bytes = await readRange(file, from, size);
  const end = bytes.lastIndexOf(0x0a) + 1;
  return { lines: linesOf(bytes.subarray(0, end)), after: String(from + end) };
}
