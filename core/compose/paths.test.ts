import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { describe, it } from "mocha";
import { folderOf, isAbsolutePath, isWithin, projectName, resolvePath } from "./paths.ts";

describe("paths as text", () => {
  it("resolve as Node's own do", () => {
    for (const [base, path] of [
      ["/a/b", "c"],
      ["/a/b", "../c"],
      ["/a/b", "./c//d/."],
      ["/a/b", "/c"],
      ["/a", "../../../c"],
      ["/", "c"],
      ["/a", "."],
    ] as const)
      assert.equal(resolvePath(base, path), posix.resolve(base, path), `${base} ${path}`);
    for (const [base, path] of [
      ["C:\\a\\b", "..\\c"],
      ["C:/a", "d/e"],
      ["C:/a", "D:\\x"],
    ] as const)
      assert.equal(
        resolvePath(base, path),
        win32.resolve(base, path).replaceAll("\\", "/"),
        `${base} ${path}`,
      );
  });

  it("are named relative to the project inside it, and absolute outside", () => {
    assert.equal(projectName("/work/shop", "/work/shop/sub/.env"), "sub/.env");
    assert.equal(projectName("/work/shop", "sub/../.env"), ".env");
    assert.equal(projectName("/work/shop", "/work/shopping"), "/work/shopping");
    assert.equal(projectName("/work/shop", "../other/x"), "/work/other/x");
    assert.equal(projectName("/work/shop/", "."), ".");
    assert.equal(projectName("/", "/etc/hosts"), "etc/hosts");
  });

  it("lie within folders, by whole steps", () => {
    assert.ok(isWithin("rules", "rules/a"));
    assert.ok(isWithin(".", "rules/a"));
    assert.ok(!isWithin(".", "/etc/hosts"));
    assert.ok(!isWithin("rules", "rules.md"));
  });

  it("have folders, and may be absolute in two ways", () => {
    assert.equal(folderOf("/a/b/c.yaml"), "/a/b");
    assert.deepEqual(["/a", "C:\\a", "c:/a", "a", "./a", "~"].map(isAbsolutePath), [
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
