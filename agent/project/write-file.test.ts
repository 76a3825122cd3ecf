import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmod,
  link,
  lstat,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { writeIfUnchanged } from "./write-file.ts";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const bytes = (text: string) => new TextEncoder().encode(text);

describe("Putting a file back", () => {
  let directory = "";
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotenv-write-"));
    await writeFile(join(directory, "a"), "new", { mode: 0o640 });
    await chmod(join(directory, "a"), 0o640);
  });
  afterEach(() => rm(directory, { recursive: true }));
  const text = () => readFile(join(directory, "a"), "utf8");

  for (const inPlace of [false, true])
    describe(inPlace ? "in place" : "by rename", () => {
      it("replaces what was expected, keeps the mode, and leaves nothing beside it", async () => {
        const result = await writeIfUnchanged(directory, {
          path: "a",
          expected: hash("new"),
          content: bytes("old"),
          inPlace,
        });
        assert.equal(result, "written");
        assert.equal(await text(), "old");
        assert.equal((await stat(join(directory, "a"))).mode & 0o777, 0o640);
        assert.deepEqual(await readdir(directory), ["a"]);
      });

      it("leaves a file alone that somebody changed meanwhile", async () => {
        const result = await writeIfUnchanged(directory, {
          path: "a",
          expected: hash("other"),
          content: bytes("old"),
          inPlace,
        });
        assert.equal(result, "changed-meanwhile");
        assert.equal(await text(), "new");
      });

      it("does nothing where the content is there already, whatever was expected", async () => {
        assert.equal(
          await writeIfUnchanged(directory, {
            path: "a",
            expected: hash("x"),
            content: bytes("new"),
            inPlace,
          }),
          "already",
        );
      });

      it("makes a file that is gone, and its folder", async () => {
        const result = await writeIfUnchanged(directory, {
          path: "sub/b",
          expected: null,
          content: bytes("b"),
          inPlace,
        });
        assert.equal(result, "written");
        assert.equal(await readFile(join(directory, "sub/b"), "utf8"), "b");
      });

      it("removes a file that did not exist then", async () => {
        assert.equal(
          await writeIfUnchanged(directory, { path: "a", expected: hash("new"), content: null, inPlace }),
          "written",
        );
        assert.deepEqual(await readdir(directory), []);
      });
    });

  it("in place keeps the inode, so that a container sees it", async () => {
    const before = (await stat(join(directory, "a"))).ino;
    await writeIfUnchanged(directory, {
      path: "a",
      expected: hash("new"),
      content: bytes("old"),
      inPlace: true,
    });
    assert.equal((await stat(join(directory, "a"))).ino, before);
  });

  it("in place finishes what a crash left half written", async () => {
    await writeFile(join(directory, "a"), "ol");
    assert.equal(
      await writeIfUnchanged(directory, {
        path: "a",
        expected: hash("new"),
        content: bytes("old"),
        inPlace: true,
      }),
      "written",
    );
    assert.equal(await text(), "old");
  });

  it("by rename leaves other names of the same file as they are", async () => {
    await link(join(directory, "a"), join(directory, "other"));
    await writeIfUnchanged(directory, {
      path: "a",
      expected: hash("new"),
      content: bytes("old"),
      inPlace: false,
    });
    assert.equal(await readFile(join(directory, "other"), "utf8"), "new");
  });

  it("writes through a symbolic link and leaves it one", async () => {
    await symlink("a", join(directory, "linked"));
    await writeIfUnchanged(directory, {
      path: "linked",
      expected: hash("new"),
      content: bytes("old"),
      inPlace: false,
    });
    assert.ok((await lstat(join(directory, "linked"))).isSymbolicLink());
    assert.equal(await text(), "old");
  });
});
