/**
 * The user's keys in a file of their own, shared by all projects: 32 random bytes each, the present one first,
 * behind it former ones, which still open what was written before the key was changed.
 */
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
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";
import { errnoOf, privateDirectory, unwritable } from "./private-files.ts";

export const keyBytes = 32;

/** The present key first, then former ones. */
export type Keys = readonly [Buffer, ...Buffer[]];

/**
 * Whoever comes first makes the key; all the others read that one.
 * @throws history-unwritable; history-damaged where the file does not hold keys
 */
export function readOrCreateKeys(path: string): Keys {
  privateDirectory(dirname(path));
  const keys = readKeys(path);
  if (keys) return keys;
  createKey(path);
  const made = readKeys(path);
  if (made) return made;
  throw unwritable(path, new Error("the key that was just written is gone"));
}

/**
 * A new present key; the others stay behind it. On disk when it returns: before anything is written with it.
 * @throws history-unwritable
 */
export function addKey(path: string): Keys {
  const keys: Keys = [randomBytes(keyBytes), ...readOrCreateKeys(path)];
  replaceKeys(path, keys);
  return keys;
}

/** Former keys are gone for good: what was written with them opens no more. @throws history-unwritable */
export function forgetFormerKeys(path: string): number {
  const [present, ...former] = readOrCreateKeys(path);
  if (former.length > 0) replaceKeys(path, [present]);
  return former.length;
}

function replaceKeys(path: string, keys: Keys): void {
  const draft = draftOf(path);
  try {
    writeDraft(draft, Buffer.concat(keys));
    renameSync(draft, path);
    const directory = process.platform === "win32" ? undefined : openSync(dirname(path), "r");
    if (directory === undefined) return;
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw unwritable(path, error);
  }
}

function readKeys(path: string): Keys | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
    if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw unwritable(path, error);
  }
  const keys = splitKeys(bytes);
  if (keys) return keys;
  throw new HotenvError(
    "history-damaged",
    `The key file ${path} holds ${bytes.length} bytes instead of ${keyBytes}, or a multiple of it.`,
    {
      location: { file: path },
      todo: "Put it back from a backup, or move it away: then a new key is made, and histories kept under the old one are set aside.",
    },
  );
}

/** @returns undefined where these are no keys */
export function splitKeys(bytes: Buffer): Keys | undefined {
  if (bytes.length % keyBytes !== 0) return undefined;
  const [present, ...former] = Array.from({ length: bytes.length / keyBytes }, (_, n) =>
    bytes.subarray(n * keyBytes, (n + 1) * keyBytes),
  );
  return present && [present, ...former];
}

const draftOf = (path: string): string => `${path}.${process.pid}.${randomBytes(6).toString("hex")}`;

function writeDraft(draft: string, content: Uint8Array): void {
  const file = openSync(draft, "wx", 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Written and synced under another name first: nobody ever reads half a key. */
function createKey(path: string): void {
  const draft = draftOf(path);
  try {
    writeDraft(draft, randomBytes(keyBytes));
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
