/** What git has checked out, read from its files: no process is started for it. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Git } from "../../core/protocol/words.ts";

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not there, or not readable: then git is not asked.
    return undefined;
  }
};

/** The nearest `.git` from here upwards; in a worktree or a submodule it is a file that says where. */
function gitDirectory(directory: string): string | undefined {
  const here = join(directory, ".git");
  const found = statSync(here, { throwIfNoEntry: false });
  if (found?.isDirectory()) return here;
  const named = found && /^gitdir: (.+)$/m.exec(textOf(here) ?? "")?.[1];
  if (named !== undefined) return resolve(directory, named);
  const parent = dirname(directory);
  return parent === directory ? undefined : gitDirectory(parent);
}

const isCommit = (text: string | undefined): text is string =>
  text !== undefined && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text);

function commitOf(git: string, reference: string): string | null {
  // A worktree shares its branches with the repository that it belongs to (gitrepository-layout).
  const common = textOf(join(git, "commondir"))?.trim();
  const shared = common === undefined ? git : resolve(git, common);
  for (const place of [git, shared]) {
    const loose = textOf(join(place, reference))?.trim();
    if (isCommit(loose)) return loose;
  }
  const packed = textOf(join(shared, "packed-refs")) ?? "";
  const line = packed.split("\n").find((one) => one.endsWith(` ${reference}`));
  const commit = line?.split(" ")[0];
  return isCommit(commit) ? commit : null;
}

/** @returns undefined where the directory is in no repository */
export function readGit(directory: string): Git | undefined {
  const git = gitDirectory(directory);
  const head = git && textOf(join(git, "HEAD"))?.trim();
  if (git === undefined || head === undefined) return undefined;
  const reference = /^ref: (.+)$/.exec(head)?.[1];
  if (reference === undefined) return { head: isCommit(head) ? head : null, branch: null };
  const branch = reference.startsWith("refs/heads/") ? reference.slice("refs/heads/".length) : null;
  return { head: commitOf(git, reference), branch };
}
