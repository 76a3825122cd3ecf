import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readGit } from "./git-state.ts";

describe("what git has checked out", () => {
  let root = "";
  const git = (directory: string, ...args: string[]): string =>
    execFileSync("git", ["-C", directory, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    }).trim();
  /** Git's own words for the same. */
  const assertAsGitSays = (directory: string) =>
    assert.deepEqual(readGit(directory), {
      head: git(directory, "rev-parse", "HEAD"),
      branch: git(directory, "branch", "--show-current") || null,
    });

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-git-")));
    git(root, "init", "--quiet", "--initial-branch=main");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const commit = (): string => git(root, "commit", "--quiet", "--allow-empty", "-m", "x");

  it("is a branch without a commit at first, then what git says, in folders below, packed and detached", () => {
    assert.deepEqual(readGit(root), { head: null, branch: "main" });
    commit();
    assertAsGitSays(root);
    git(root, "checkout", "--quiet", "-b", "feature/of/old");
    commit();
    const below = join(root, "a", "b");
    mkdirSync(below, { recursive: true });
    assertAsGitSays(below);
    git(root, "pack-refs", "--all");
    assertAsGitSays(root);
    commit();
    assertAsGitSays(root);
    git(root, "checkout", "--quiet", "--detach", "main");
    assertAsGitSays(root);
  });

  it("is a worktree's own, whose branches lie elsewhere", () => {
    commit();
    const tree = join(root, "tree");
    git(root, "worktree", "add", "--quiet", "-b", "other", tree);
    execFileSync("git", ["-C", tree, "status"], { stdio: "ignore" });
    assertAsGitSays(tree);
    git(root, "pack-refs", "--all");
    assertAsGitSays(tree);
  });

  it("is nothing outside of a repository", () => {
    rmSync(join(root, ".git"), { recursive: true });
    assert.equal(readGit(root), undefined);
  });
});
