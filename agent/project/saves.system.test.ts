import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Revision } from "../../core/protocol/words.ts";
import { snapshotOf } from "../watch/read-snapshot.ts";
import type { LiveProject } from "./live.ts";
import { openProject } from "./open.ts";
import { rememberSaves } from "./saves.ts";
import type { Snapshot } from "./snapshot.ts";

describe("whose change it is", () => {
  const ann = { name: "Ann" };
  /** Hashes by path. */
  const snapshot = (hashes: Readonly<Record<string, string>>): Snapshot =>
    snapshotOf(
      Object.entries(hashes).map(([path, hash]) => ({ path, role: "env", hash, bytes: new Uint8Array() })),
    );
  const before = snapshot({ ".env": "1", "web.env": "1" });

  for (const [what, now, origin] of [
    ["an editor's where it has saved what is there", { ".env": "saved", "web.env": "1" }, "editor"],
    ["an editor's where it has saved every file", { ".env": "saved", "web.env": "saved too" }, "editor"],
    ["nobody's in particular where one file is another's", { ".env": "saved", "web.env": "2" }, "watcher"],
    ["nobody's in particular after the save was overwritten", { ".env": "2", "web.env": "1" }, "watcher"],
    ["nobody's in particular where nothing was changed", { ".env": "1", "web.env": "1" }, "watcher"],
  ] as const)
    it(`is ${what}`, () => {
      const saves = rememberSaves();
      saves.note(".env", "earlier", undefined);
      saves.note(".env", "saved", ann);
      saves.note("web.env", "saved too", ann);
      const said = saves.whose(before, snapshot(now));
      assert.equal(said.origin, origin);
      assert.equal(said.author?.name, origin === "editor" ? "Ann" : undefined);
    });
});

describe("an agent that is told of a save", function () {
  this.timeout(60_000);
  let root: string;
  let directory: string;
  let env: string;
  let project: LiveProject | undefined;
  const never = new AbortController().signal;

  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hotenv-saves-")));
    directory = join(root, "project");
    env = join(directory, ".env");
    await mkdir(directory);
    await writeFile(env, "GREETING=hello\n");
  });
  afterEach(async () => {
    await project?.close();
    project = undefined;
    await rm(root, { recursive: true, force: true });
  });

  /** The agent, once the service runs: with revision 2, since the first is what it found. */
  async function open(change = (settings: string): string => settings): Promise<LiveProject> {
    await writeFile(
      join(directory, "hotenv.yaml"),
      change(`policy: { stability: 0s, debounce: { quiet: 50ms, max: 60s } }
services:
  api:
    command: node -e "setInterval(() => {}, 1000)"
    environment: { GREETING: "\${GREETING}" }
`),
    );
    const opened = await reopen();
    await concluded(opened, 2);
    return opened;
  }

  async function reopen(): Promise<LiveProject> {
    project = await openProject({ directory, stateDir: join(root, "state"), watch: true });
    return project;
  }

  async function concluded({ api, events }: LiveProject, revision: number): Promise<Revision> {
    for (;;) {
      const told = Promise.withResolvers<void>();
      const stop = events.on(({ type }) => type === "verdict" && told.resolve());
      const [newest] = await api["history/list"]({ limit: 1 }, never);
      if (newest === undefined || newest.revision < revision || newest.verdict === null) await told.promise;
      stop();
      if (newest?.revision === revision && newest.verdict !== null)
        return await api["history/show"]({ revision }, never);
    }
  }

  const save = async ({ api }: LiveProject, text: string): Promise<void> => {
    const hash = createHash("sha256").update(text).digest("hex");
    // At one go: the watcher must not settle between the file and the word.
    writeFileSync(env, text);
    await api.saved({ path: ".env", hash, author: { name: "Ann" } }, never);
  };

  it("records the editor and its author", async () => {
    const opened = await open();
    await save(opened, "GREETING=good morning\n");
    const { origin, author, verdict } = await concluded(opened, 3);
    assert.deepEqual([origin, author.name, verdict], ["editor", "Ann", "applied"]);
  });

  it("records why, where the author said so, told before the file is written or after", async () => {
    const opened = await open();
    const text = "GREETING=good evening\n";
    const hash = createHash("sha256").update(text).digest("hex");
    await opened.api.saved({ path: ".env", hash, reason: "For the guests." }, never);
    await save(opened, text);
    assert.equal((await concluded(opened, 3)).reason, "For the guests.");
    await save(opened, "GREETING=good night\n");
    assert.equal((await concluded(opened, 4)).reason, "Saved.");
  });

  it("makes one change of a checkout of several files, and one of all that was edited while no agent ran", async () => {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args], {
        cwd: directory,
        stdio: "ignore",
      });
    // Longer than a busy machine needs from one file to the next.
    const patient = ["quiet: 50ms, max: 60s", "quiet: 3s, max: 60s"] as const;
    await writeFile(join(directory, "more.env"), "MORE=one\n");
    let opened = await open((text) =>
      text.replace(...patient).replace("    environment:", "    env_file: more.env\n    environment:"),
    );
    git("init", "--quiet", "-b", "main");
    git("add", ".env", "more.env");
    git("commit", "--quiet", "-m", "one");
    git("checkout", "--quiet", "-b", "other");
    await opened.close();

    await writeFile(env, "GREETING=good morning\n");
    await writeFile(join(directory, "more.env"), "MORE=two\n");
    opened = await reopen();
    const offline = await concluded(opened, 3);
    const keys = (of: Revision) => of.change.entries.map(({ key }) => key).sort();
    assert.deepEqual(
      [offline.origin, keys(offline), offline.verdict],
      ["offline", ["GREETING", "MORE"], "applied"],
    );

    git("commit", "--quiet", "-a", "-m", "two");
    git("checkout", "--quiet", "main");
    const back = await concluded(opened, 4);
    assert.deepEqual([back.origin, keys(back), back.verdict], ["watcher", ["GREETING", "MORE"], "applied"]);
    assert.equal(back.git?.branch, "main");
  });

  it("records the watcher where the file is not what was saved", async () => {
    const opened = await open();
    await save(opened, "GREETING=good morning\n");
    await concluded(opened, 3);
    await writeFile(env, "GREETING=good night\n");
    assert.equal((await concluded(opened, 4)).origin, "watcher");
  });
});
