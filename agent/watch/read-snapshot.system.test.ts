import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HotenvError } from "../../core/protocol/errors.ts";
import { readSnapshot } from "./read-snapshot.ts";

describe("readSnapshot", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "hotenv-snapshot-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("gives bytes and hash of each source, sorted, and null for what is not there", async () => {
    await writeFile(join(directory, ".env"), "A=1\n");
    const { files } = await readSnapshot(directory, [
      { path: "missing/x.env", role: "env" },
      { path: "compose.yaml", role: "compose" },
      { path: ".env", role: "env" },
    ]);
    assert.deepEqual(
      files.map(({ path }) => path),
      [".env", "compose.yaml", "missing/x.env"],
    );
    assert.equal(files[0]?.hash, createHash("sha256").update("A=1\n").digest("hex"));
    assert.equal(new TextDecoder().decode(files[0]?.bytes ?? undefined), "A=1\n");
    assert.deepEqual(files[1], { path: "compose.yaml", role: "compose", hash: null, bytes: null });
    assert.equal(files[2]?.hash, null);
  });

  it("has the same id for the same content, and another for any other", async () => {
    const sources = [
      { path: "a", role: "env" },
      { path: "b", role: "file" },
    ] as const;
    await writeFile(join(directory, "a"), "1");
    const first = await readSnapshot(directory, sources);
    await writeFile(join(directory, "a"), "1");
    assert.equal((await readSnapshot(directory, sources.toReversed())).id, first.id);

    const ids = new Set([first.id]);
    await writeFile(join(directory, "a"), "2");
    ids.add((await readSnapshot(directory, sources)).id);
    await writeFile(join(directory, "b"), "");
    ids.add((await readSnapshot(directory, sources)).id);
    ids.add((await readSnapshot(directory, sources.slice(0, 1))).id);
    ids.add((await readSnapshot(directory, [{ path: "a", role: "file" }, sources[1]])).id);
    assert.equal(ids.size, 5);
  });

  it("takes absolute paths from outside the project", async () => {
    const path = join(directory, "shared.env");
    await writeFile(path, "A=1\n");
    const { files } = await readSnapshot(join(directory, "elsewhere"), [{ path, role: "env" }]);
    assert.equal(files[0]?.path, path);
    assert.notEqual(files[0]?.hash, null);
  });

  it("gives what was written only now, be it known to be whole or not", async () => {
    const hash = createHash("sha256").update("A=1\n").digest("hex");
    for (const whole of [hash, "another"]) {
      await writeFile(join(directory, ".env"), "A=1\n");
      const asked = new Set<string>();
      const { files } = await readSnapshot(directory, [{ path: ".env", role: "env" }], (path, of) => {
        asked.add(`${path} ${of}`);
        return of === whole;
      });
      assert.equal(files[0]?.hash, hash);
      assert.equal(new TextDecoder().decode(files[0]?.bytes ?? undefined), "A=1\n");
      // A machine that was busy meanwhile has had nothing to ask about.
      assert.deepEqual(
        [...asked].filter((each) => each !== `.env ${hash}`),
        [],
      );
    }
  });

  it("names a directory that stands where a file should", async () => {
    await mkdir(join(directory, ".env"));
    await assert.rejects(readSnapshot(directory, [{ path: ".env", role: "env" }]), (error: unknown) => {
      assert.ok(error instanceof HotenvError);
      assert.equal(error.code, "file-unreadable");
      assert.equal(error.message, ".env cannot be read: it is a directory.");
      assert.deepEqual(error.location, { file: ".env" });
      return true;
    });
  });

  it("names a file that it may not read", async function () {
    const path = join(directory, ".env");
    await writeFile(path, "A=1\n");
    await chmod(path, 0);
    await chmod(directory, 0o755);
    const script = `
      import { readSnapshot } from ${JSON.stringify(new URL("./read-snapshot.ts", import.meta.url).href)};
      const failure = await readSnapshot(${JSON.stringify(directory)}, [{ path: ".env", role: "env" }]).catch((error) => error);
      console.log(failure.code, failure.message);`;
    const child = `if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }\n`;
    // Windows knows no such permissions.
    if (process.platform === "win32") this.skip();
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "-e", script.replace("const failure", `${child}const failure`)],
      { encoding: "utf8" },
    );
    assert.equal(stdout, "file-unreadable .env cannot be read: Hotenv has no permission to do so.\n", stderr);
  });

  it("never returns a mixture of two states of a file that is rewritten all the time", async function () {
    this.timeout(60_000);
    const path = join(directory, "big");
    const size = 4 << 20;
    await writeFile(path, "a".repeat(size));
    // Writes whole states of equal length in place, with pauses of 0 to 59 ms, so that many reads meet a change.
    const writer = spawn(
      process.execPath,
      [
        "-e",
        `const fs = require("fs"); let n = 0; const f = fs.openSync(${JSON.stringify(path)}, "r+");
         const b = [Buffer.alloc(${size}, "a"), Buffer.alloc(${size}, "b")];
         process.stdout.write("ready");
         const again = () => { fs.writeSync(f, b[++n % 2], 0, ${size}, 0); setTimeout(again, (n * 17) % 60); };
         again();`,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const exited = once(writer, "exit");
    try {
      await once(writer.stdout, "data");
      const seen = new Set<string>();
      let given = 0;
      for (let round = 0; round < 40; round++) {
        const snapshot = await readSnapshot(directory, [{ path: "big", role: "file" }]).catch(
          (error: unknown) => {
            assert.ok(error instanceof HotenvError && error.code === "file-unreadable");
            given++;
            return undefined;
          },
        );
        const bytes = snapshot?.files[0]?.bytes;
        if (!bytes) continue;
        assert.equal(bytes.length, size);
        assert.ok(
          bytes.every((byte) => byte === bytes[0]),
          "a torn read",
        );
        seen.add(String.fromCharCode(bytes[0] ?? 0));
      }
      assert.ok(seen.size === 2, `saw ${[...seen].join()}, gave up ${given} times`);
    } finally {
      writer.kill("SIGKILL");
      await exited;
    }
  });
});
