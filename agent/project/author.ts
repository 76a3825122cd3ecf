/** Who changes things: git's user in the project, else the user of the operating system. */
import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import type { Author } from "../../core/protocol/words.ts";

async function gitConfig(directory: string, key: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["config", "--get", key], {
      cwd: directory,
      windowsHide: true,
    });
    return stdout.trim() || undefined;
  } catch {
    // No git, or no such entry: not an error, the operating system knows a name.
    return undefined;
  }
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
  const [name, email] = await Promise.all([
    gitConfig(directory, "user.name"),
    gitConfig(directory, "user.email"),
  ]);
  return { name: name ?? systemUser(), ...(email === undefined ? {} : { email }) };
}
