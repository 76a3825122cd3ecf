import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type SourceWatcher, type WatchOptions, watchSources } from "./watch-sources.ts";

describe("watchSources", () => {
  let directory: string;
  let env: string;
  let watcher: SourceWatcher | undefined;
  /** Times of calls, ms since the start of the test. */
  let settled: number[];
  let errors: string[];
  let wake: () => void;

  beforeEach(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), "hotenv-watch-")));
    env = join(directory, ".env");
    await writeFile(env, "A=1\n");
    settled = [];
    errors = [];
    wake = () => {};
  });
  afterEach(async () => {
    await watcher?.close();
    watcher = undefined;
    await rm(directory, { recursive: true, force: true });
  });

  async function start(more: Partial<WatchOptions> = {}): Promise<SourceWatcher> {
    const began = performance.now();
    watcher = watchSources({
      directories: [directory],
      isRelevant: (path) => basename(path) === ".env",
      quietMs: 50,
      maxMs: 300,
      rescanMs: 3_600_000,
      onSettled: () => {
        settled.push(performance.now() - began);
        wake();
      },
      onError: (message) => {
        errors.push(message);
        wake();
      },
      ...more,
    });
    await watcher.ready;
    return watcher;
  }

  /** Waits for the call after the `known` first ones; mocha's own time limit ends a wait in vain. */
  async function settledAfter(known: number): Promise<void> {
    while (settled.length <= known) await new Promise<void>((done) => (wake = done));
  }

  /** A directory may still be on its way to being watched: what is done there is noticed the first time or a later one. */
  async function noticedSoon(save: () => Promise<void>): Promise<void> {
    const known = settled.length;
    await save();
    const again = setInterval(() => void save(), 500);
    await settledAfter(known).finally(() => clearInterval(again));
  }

  const saves: Record<string, () => Promise<void> | void> = {
    "a write in place": () => writeFile(env, "A=2\n"),
    "an atomic save by rename": async () => {
      await writeFile(`${env}.tmp-123`, "A=2\n");
      await rename(`${env}.tmp-123`, env);
    },
    "vim's save: the old one becomes the backup": async () => {
      await rename(env, `${env}~`);
      await writeFile(env, "A=2\n");
      await rm(`${env}~`);
    },
    "a deletion": () => rm(env),
  };
  if (process.platform !== "win32")
    saves["sed -i"] = () => void execFileSync("sed", ["-i.bak", "s/1/2/", env]);

  for (const [name, save] of Object.entries(saves))
    it(`notices ${name}, three times in a row`, async () => {
      await start();
      for (let round = 0; round < 3; round++) {
        const known = settled.length;
        await save();
        await settledAfter(known);
        await writeFile(env, `A=1\nROUND=${round}\n`);
        await settledAfter(known + 1);
      }
      assert.deepEqual(errors, []);
    });

  it("makes one of a hundred quick writes", async () => {
    const quietMs = 250;
    await start({ quietMs, maxMs: 60_000 });
    let last = performance.now();
    // Where the machine itself made a pause, the writes were not quick.
    let pauses = 0;
    for (let count = 0; count < 100; count++) {
      await writeFile(env, `A=${count}\n`);
      if (performance.now() - last > quietMs / 2) pauses += 1;
      last = performance.now();
    }
    await settledAfter(0);
    await delay(2 * quietMs);
    assert.ok(settled.length <= 1 + pauses, `${settled.length} calls, ${pauses} pauses`);
  });

  it("is not starved by a stream that never pauses", async () => {
    // The silence that it would wait for never comes: only the longest wait makes it call.
    await start({ quietMs: 50_000, maxMs: 300 });
    const writing = setInterval(() => void appendFile(env, "B=1\n"), 10);
    try {
      await settledAfter(3);
    } finally {
      clearInterval(writing);
    }
    const [first = 0, , , fourth = 0] = settled;
    assert.ok(fourth - first >= 3 * 295, `calls at ${settled.join(", ")} ms`);
  });

  it("does not call for files that do not matter", async () => {
    await start();
    await writeFile(join(directory, "other.txt"), "x");
    await mkdir(join(directory, "node_modules"));
    await mkdir(join(directory, "deeper"));
    await writeFile(join(directory, "deeper", ".env"), "A=1\n");
    await delay(300);
    assert.deepEqual(settled, []);
  });

  it("never watches node_modules and .git, whoever finds them relevant", async () => {
    await mkdir(join(directory, "node_modules"));
    await mkdir(join(directory, ".git"));
    await start({ isRelevant: () => true });
    await writeFile(join(directory, "node_modules", "x"), "x");
    await writeFile(join(directory, ".git", "index"), "x");
    await delay(300);
    assert.deepEqual(settled, []);
  });

  it("goes on after the directory was deleted and made again", async () => {
    const inner = join(directory, "config");
    await mkdir(inner);
    await writeFile(join(inner, ".env"), "A=1\n");
    await start({ directories: [inner] });
    for (let round = 0; round < 2; round++) {
      let known = settled.length;
      await rm(inner, { recursive: true });
      await settledAfter(known);
      known = settled.length;
      await mkdir(inner);
      await writeFile(join(inner, ".env"), `A=${round}\n`);
      await settledAfter(known);
      await noticedSoon(() => writeFile(join(inner, ".env"), "A=again\n"));
    }
  });

  it("waits for a directory that does not exist yet", async () => {
    const inner = join(directory, "later", "config");
    await start({ directories: [inner] });
    await mkdir(inner, { recursive: true });
    await writeFile(join(inner, ".env"), "A=1\n");
    await settledAfter(0);
  });

  it("follows update()", async () => {
    const [a, b] = [join(directory, "a"), join(directory, "b")];
    await mkdir(a);
    await mkdir(b);
    const sources = await start({ directories: [a] });
    sources.update([b]);
    await delay(200);
    const known = settled.length;
    await writeFile(join(a, ".env"), "A=1\n");
    await delay(200);
    assert.equal(settled.length, known);
    await noticedSoon(() => writeFile(join(b, ".env"), "A=1\n"));
  });

  it("calls without any event at the rescan's interval", async () => {
    const causes: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    await start({
      rescanMs: 30,
      onSettled: (cause) => {
        causes.push(cause);
        if (causes.length === 3) resolve();
      },
    });
    await promise;
    assert.deepEqual(causes.slice(0, 3), ["rescan", "rescan", "rescan"]);
  });

  it("calls nothing after close()", async () => {
    const sources = await start();
    await writeFile(env, "A=2\n");
    await sources.close();
    const known = settled.length;
    await writeFile(env, "A=3\n");
    await delay(200);
    assert.equal(settled.length, known);
  });

  it("says once that the system has no watches left, and looks by itself", async function () {
    // A user namespace has a limit of its own, so that nobody else's watches are touched.
    const limit = "echo 0 > /proc/sys/user/max_inotify_watches";
    if (spawnSync("unshare", ["-Ur", "sh", "-c", limit]).status !== 0) this.skip();
    const script = `
      import { watchSources } from ${JSON.stringify(new URL("./watch-sources.ts", import.meta.url).href)};
      import { writeFile } from "node:fs/promises";
      const lines = [];
      const watcher = watchSources({
        directories: [${JSON.stringify(directory)}], isRelevant: (path) => path.endsWith(".env"),
        quietMs: 10, maxMs: 100, rescanMs: 3600000, pollMs: 50,
        onError: (message) => console.log("error", message),
        onSettled: async (cause) => {
          console.log(cause);
          lines.push(cause);
          if (lines.length === 3) { await watcher.close(); process.exit(0); }
          setTimeout(() => writeFile(${JSON.stringify(env)}, "A=" + lines.length), 200);
        },
      });
      setInterval(() => {}, 1000);`;
    const { stdout, stderr } = spawnSync(
      "unshare",
      ["-Ur", "sh", "-c", `${limit}; exec "$0" --input-type=module -e "$1"`, process.execPath, script],
      { encoding: "utf8", timeout: 50_000 },
    );
    assert.equal(
      stdout,
      "error The system's limit of watched files is reached. Hotenv looks at the files every now and then instead. " +
        "Raise fs.inotify.max_user_watches with sysctl.\nevent\nevent\nevent\n",
      stderr,
    );
  }).timeout(60_000);
});
