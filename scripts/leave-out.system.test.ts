import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type Docker from "dockerode";
import { build } from "esbuild";
import { after, before, describe, it } from "mocha";
import { leaveOut } from "./leave-out.ts";

describe("what is left out of the agent's bundle", () => {
  let folder: string;
  let Bundled: typeof Docker;
  let bytes: number;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hotenv-bundle-"));
    const outfile = path.join(folder, "docker.cjs");
    const { metafile } = await build({
      stdin: { contents: `module.exports = require("dockerode");`, resolveDir: import.meta.dirname },
      bundle: true,
      minify: true,
      platform: "node",
      outfile,
      metafile: true,
      plugins: [leaveOut],
    });
    bytes = Object.values(metafile.outputs)[0]?.bytes ?? 0;
    const loaded: typeof Docker = createRequire(import.meta.url)(outfile);
    Bundled = loaded;
  });
  after(() => rmSync(folder, { recursive: true }));

  it("leaves a Docker client that talks to an engine's socket", async () => {
    const docker = new Bundled({ socketPath: path.join(folder, "absent.sock") });
    await assert.rejects(docker.ping(), { code: "ENOENT" });
  });

  it("says what to do where an ssh:// engine is asked for", async () => {
    const docker = new Bundled({ protocol: "ssh", host: "example.invalid", username: "nobody" });
    await assert.rejects(async () => docker.ping(), /through the ssh command/);
  });

  it("makes the client a small part of the agent's budget", () => {
    assert.ok(bytes < 250 * 1024, `dockerode alone takes ${bytes} bytes`);
  });
});
