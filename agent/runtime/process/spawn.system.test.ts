import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { childEnvironment, nodeDirectory } from "./spawn.ts";

describe("nodeDirectory", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotenv spawn-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("is where the agent's own node lies", () => {
    assert.equal(nodeDirectory(directory), dirname(process.execPath));
  });

  it("holds a stand-in where the agent's Node goes by another name", async function () {
    if (process.platform === "win32") this.skip();
    const code = join(directory, "it's code");
    await symlink(process.execPath, code);
    const path = nodeDirectory(join(directory, "state"), code);
    const script = "process.stdout.write(`${process.env.ELECTRON_RUN_AS_NODE} ${process.argv[1]}`)";
    const said = execFileSync("node", ["-e", script, "a b"], { env: { PATH: path }, encoding: "utf8" });
    assert.equal(said, "1 a b");
  });
});

describe("childEnvironment", () => {
  it("puts a service's own variables over the surroundings, and node last on PATH", () => {
    assert.deepEqual(childEnvironment({ A: "1", B: "1", PATH: "/bin" }, { B: "2", C: "2" }, "/node"), {
      A: "1",
      B: "2",
      C: "2",
      PATH: ["/bin", "/node"].join(delimiter),
    });
    assert.equal(childEnvironment({}, {}, "/node").PATH, "/node");
    assert.deepEqual(childEnvironment({ Path: "/bin" }, {}, "/node"), {
      Path: ["/bin", "/node"].join(delimiter),
    });
  });

  it("keeps to itself what only the agent needs", () => {
    const merged = childEnvironment({ ELECTRON_RUN_AS_NODE: "1", HOTENV_INSTANCE: "x" }, {}, "/node");
    assert.deepEqual(merged, { PATH: "/node" });
  });
});
