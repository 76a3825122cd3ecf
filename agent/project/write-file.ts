/** Puts files back: only over the content that was expected, and never half. */
import { createHash, randomBytes } from "node:crypto";
import { chmod, chown, mkdir, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export interface FileWrite {
  /** Relative to the project, or absolute. */
  readonly path: string;
  /** SHA-256 of what may be replaced; null: the file must not exist. */
  readonly expected: string | null;
  /** null: the file shall not exist. */
  readonly content: Uint8Array | null;
  /** Keeps the inode: for a file that is bind-mounted alone, whose container would not see a new one. */
  readonly inPlace: boolean;
}

export type WriteResult = "written" | "already" | "changed-meanwhile";

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function current(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/** A crash in the middle of writing in place leaves the beginning of what was being written. */
const isHalfWritten = (found: Uint8Array, content: Uint8Array) =>
  found.length < content.length &&
  Buffer.from(content.buffer, content.byteOffset, found.length).equals(found);

/**
 * Compare-and-set. `already`: the file has the content; `changed-meanwhile`: it has another than expected
 * and was left alone.
 */
export async function writeIfUnchanged(directory: string, write: FileWrite): Promise<WriteResult> {
  const named = resolve(directory, write.path);
  // A symbolic link stays one: what it points to is written.
  const path = await realpath(named).catch(() => named);
  const found = await current(path);
  const hash = found && hashOf(found);
  const wanted = write.content && hashOf(write.content);
  if (hash === wanted) return "already";
  const halfWritten =
    write.inPlace && found !== null && write.content !== null && isHalfWritten(found, write.content);
  if (hash !== write.expected && !halfWritten) return "changed-meanwhile";
  if (write.content === null) await rm(path);
  else if (write.inPlace && found !== null) await overwrite(path, write.content);
  else await replaceFile(path, write.content);
  return "written";
}

async function overwrite(path: string, content: Uint8Array): Promise<void> {
  await using file = await open(path, "r+");
  await file.truncate(0);
  await file.write(content, 0, content.length, 0);
  await file.sync();
}

/** Written beside and renamed: readers see the old content or the new one. Mode and owner stay. */
async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.hotenv-${randomBytes(6).toString("hex")}`;
  const old = await stat(path).catch(() => undefined);
  try {
    {
      await using file = await open(beside, "wx", old?.mode ?? 0o600);
      await file.writeFile(content);
      await file.sync();
    }
    if (old !== undefined) {
      await chmod(beside, old.mode);
      if (process.getuid?.() === 0) await chown(beside, old.uid, old.gid);
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
