/** Who changes things: git's user in the project, else the user of the operating system. */
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import type { Author } from "../../core/protocol/words.ts";

/** One process: starting one costs an agent several milliseconds in which it does nothing else. */
async function gitUser(directory: string): Promise<{ readonly name?: string; readonly email?: string }> {
  try {
    const { stdout } = await promisify(execFile)(
      "git",
      ["config", "--null", "--get-regexp", "^user\\.(name|email)$"],
      { cwd: directory, windowsHide: true },
    );
    return readUser(stdout);
  } catch {
    // No git, or no such entries: not an error, the operating system knows a name.
    return {};
  }
}

/** What `git config --null` prints: a key, a line feed and a value before each NUL; of several the last counts. Pure. */
export function readUser(printed: string): { readonly name?: string; readonly email?: string } {
  const values = new Map(
    printed.split("\0").map((entry): [string, string] => {
      const [key = "", ...value] = entry.split("\n");
      return [key, value.join("\n").trim()];
    }),
  );
  const [name, email] = [values.get("user.name"), values.get("user.email")];
  return { ...(name ? { name } : {}), ...(email ? { email } : {}) };
}

export function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user ID without an entry, as in many containers.
    return String(process.getuid?.() ?? "unknown");
  }
}

export async function findAuthor(directory: string): Promise<Author> {
  const { name, email } = await gitUser(directory);
  return { name: name ?? systemUser(), ...(email === undefined ? {} : { email }) };
}
