/** Reads all sources of a project as they are at one moment. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { SourceInfo } from "../../core/protocol/words.ts";
import type { Snapshot, SnapshotFile } from "../project/snapshot.ts";

/** A file that changes while it is read is read again, this often at most. */
const maxReads = 25;
/** Files open at one time. */
const maxOpen = 16;

function unreadable(path: string, cause: unknown): HotenvError {
  const code = (cause as NodeJS.ErrnoException | null)?.code;
  const [why, todo] =
    code === "EACCES" || code === "EPERM"
      ? ["Hotenv has no permission to do so", "Give the user who runs the agent the right to read it."]
      : code === "EISDIR"
        ? ["it is a directory", "Put a file in its place."]
        : [cause instanceof Error ? cause.message : String(cause), "Make the file readable."];
  return new HotenvError("file-unreadable", `${path} cannot be read: ${why}.`, {
    location: { file: path },
    todo: `${todo} The project stays as it is until then.`,
    cause,
  });
}

/**
 * A write shows in the times when it begins, and they are no finer than the kernel's tick: for this long
 * after them the content may still be on its way.
 */
const freshMs = 20;

async function stateOf(file: FileHandle): Promise<{ readonly text: string; readonly fresh: boolean }> {
  const { size, mtimeNs, ctimeNs } = await file.stat({ bigint: true });
  const ageMs = Date.now() - Number(ctimeNs / 1_000_000n);
  // A time ahead of the clock, on a network share perhaps, says nothing.
  return { text: `${size} ${mtimeNs} ${ctimeNs}`, fresh: ageMs >= 0 && ageMs < freshMs };
}

/** Whether content with this hash is known to be all of the file, as the project names it. */
export type IsWhole = (path: string, hash: string) => boolean;

/** null and null where there is no such file. */
async function readStable(
  absolute: string,
  shown: string,
  isWhole: IsWhole | undefined,
): Promise<Pick<SnapshotFile, "hash" | "bytes">> {
  try {
    for (let read = 0; read < maxReads; read++) {
      await using file = await open(absolute, "r");
      const before = await stateOf(file);
      const bytes = before.fresh && isWhole === undefined ? undefined : await file.readFile();
      const hash = bytes && createHash("sha256").update(bytes).digest("hex");
      if (bytes === undefined || hash === undefined || (before.fresh && !isWhole?.(shown, hash))) {
        await delay(freshMs);
        continue;
      }
      if ((await stateOf(file)).text === before.text) return { hash, bytes };
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return { hash: null, bytes: null };
    throw unreadable(shown, error);
  }
  throw new HotenvError("file-unreadable", `${shown} changes all the time and cannot be read as a whole.`, {
    location: { file: shown },
    todo: "Hotenv tries again when it has come to rest.",
  });
}

/**
 * @param directory the project's, absolute; paths of sources are relative to it, or absolute
 * @throws HotenvError file-unreadable, which names the file
 */
export async function readSnapshot(
  directory: string,
  sources: readonly SourceInfo[],
  isWhole?: IsWhole,
): Promise<Snapshot> {
  const files: SnapshotFile[] = [];
  const waiting = [...sources];
  const readNext = async () => {
    for (let source = waiting.pop(); source; source = waiting.pop()) {
      const content = await readStable(resolve(directory, source.path), source.path, isWhole);
      files.push({ path: source.path, role: source.role, ...content });
    }
  };
  await Promise.all(Array.from({ length: maxOpen }, readNext));
  return snapshotOf(files);
}

export function snapshotOf(files: readonly SnapshotFile[]): Snapshot {
  const key = ({ path, role }: SnapshotFile) => `${path}\0${role}`;
  const sorted = [...files].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  const id = createHash("sha256");
  for (const file of sorted) id.update(`${key(file)}\0${file.hash ?? ""}\n`);
  return { id: id.digest("hex"), files: sorted };
}
