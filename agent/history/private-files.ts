/** Directories and files that nobody but this user may look into. */
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { HotenvError } from "../../core/protocol/errors.ts";

/** The `code` of what the file system or a socket threw: "ENOENT"; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

export function unwritable(path: string, cause: unknown): HotenvError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new HotenvError("history-unwritable", `Hotenv cannot keep its state in ${path}: ${why}.`, {
    location: { file: path },
    todo: "Make the directory writable for your user and see that its disk has room, or name another one with --state-dir.",
    cause,
  });
}

/**
 * Makes the directory and its parents, or tightens it to 0700.
 * @throws history-unwritable, also where it belongs to somebody else: in a shared temporary directory
 *   that would be somebody who waits for our token
 */
export function privateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (process.platform === "win32") return;
    const entry = lstatSync(path);
    if (!entry.isDirectory()) throw new Error("it is not a directory");
    if (entry.uid !== process.getuid?.()) throw new Error("it belongs to another user");
    if ((entry.mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Makes an empty file of mode 0600 where there is none, in a directory that exists.
 *
 * An existing file is not even opened: closing any descriptor of a file drops the locks that this
 * process holds on it (fcntl(2), "advisory record locking"), SQLite's among them.
 */
export function privateFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw unwritable(dirname(path), error);
  }
}
