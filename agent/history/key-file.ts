/** The user's key: 32 random bytes in a file of their own, made once and shared by all projects. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import { errnoOf, privateDirectory, unwritable } from "./private-files.ts";

const keyBytes = 32;

/**
 * Whoever comes first makes the key; all the others read that one.
 * @throws history-unwritable; history-damaged where the file does not hold a key
 */
export function readOrCreateKey(path: string): Buffer {
  privateDirectory(dirname(path));
  const key = readKey(path);
  if (key) return key;
  createKey(path);
  const made = readKey(path);
  if (made) return made;
  throw unwritable(path, new Error("the key that was just written is gone"));
}

function readKey(path: string): Buffer | undefined {
  let key: Buffer;
  try {
    key = readFileSync(path);
    if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw unwritable(path, error);
  }
  if (key.length === keyBytes) return key;
  throw new HotenvError(
    "history-damaged",
    `The key file ${path} holds ${key.length} bytes instead of ${keyBytes}.`,
    {
      location: { file: path },
      todo: "Put it back from a backup, or move it away: then a new key is made, and histories kept under the old one are set aside.",
    },
  );
}

/** Written and synced under another name first: nobody ever reads half a key. */
function createKey(path: string): void {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;
  try {
    const file = openSync(draft, "wx", 0o600);
    try {
      writeSync(file, randomBytes(keyBytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    publish(draft, path);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Gives the draft its name unless somebody was faster. */
function publish(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "EEXIST") return;
    // File systems without hard links: FAT, some network mounts.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    try {
      copyFileSync(draft, path, constants.COPYFILE_EXCL);
    } catch (copyError) {
      if (errnoOf(copyError) !== "EEXIST") throw copyError;
    }
  }
}
