/** Files that services read: whatever way they are saved, the container comes to read the new content. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { agentBench } from "../support/agent.ts";
import { docker } from "../support/docker.ts";
import { testImage } from "../support/docker-image.ts";
import { composeProject } from "../support/docker-project.ts";
import { eventually } from "../support/eventually.ts";

const run = promisify(execFile);

/** Knows what it last read of its file, as a server does: at its start, and at HUP. */
const reader = `read_it() { cp /rules.txt /known.next && mv /known.next /known; }
trap read_it HUP
trap 'exit 0' TERM
read_it
while :; do sleep 0.05; done
`;

/** As VS Code's disk provider: the file stays, its content is exchanged. */
async function saveInPlace(file: string, text: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.truncate(0);
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

/** As vim with `backupcopy=no`: the old file becomes the backup, a new one takes its name. */
async function saveLikeVim(file: string, text: string): Promise<void> {
  await rename(file, `${file}~`);
  await writeFile(file, text);
  await rm(`${file}~`);
}

const git = (directory: string, ...args: string[]) =>
  run("git", ["-c", "user.name=test", "-c", "user.email=test@example.org", ...args], { cwd: directory });

describe("A mounted file", function () {
  this.timeout(180_000);

  it("is read anew after a save in place, `sed -i`, a save by renaming, and `git checkout`", async () => {
    await using project = await composeProject({
      name: "saves",
      files: {
        "hotenv.yaml": "policy: { stability: 0s }\nservices: { web: { reload: { signal: HUP } } }\n",
        "rules.txt": "from git\n",
        "reader.sh": reader,
        "compose.yaml": `services:
  web:
    image: ${await testImage()}
    command: ["sh", "/reader.sh"]
    volumes: ["./rules.txt:/rules.txt:ro", "./reader.sh:/reader.sh:ro"]
    healthcheck: { test: "test -f /known", interval: 1s }
`,
      },
    });
    await git(project.dir, "init", "-q");
    await git(project.dir, "add", "rules.txt");
    await git(project.dir, "commit", "-qm", "Rules");
    await project.compose("up", "-d", "--wait");
    await using bench = await agentBench(project.dir);
    const agent = await bench.startAgent();
    await agent.settled();
    const file = path.join(project.dir, "rules.txt");
    const [{ Id } = { Id: "" }] = await project.inspect();

    const ways: readonly (readonly [name: string, text: string, save: () => Promise<unknown>])[] = [
      ["in place", "in place\n", () => saveInPlace(file, "in place\n")],
      ["sed -i", "by sed\n", () => run("sed", ["-i", "s/in place/by sed/", file])],
      ["vim", "by vim\n", () => saveLikeVim(file, "by vim\n")],
      ["in place, after it was renamed", "again\n", () => saveInPlace(file, "again\n")],
      ["git checkout", "from git\n", () => git(project.dir, "checkout", "-q", "--", "rules.txt")],
    ];
    for (const [name, text, save] of ways) {
      await save();
      const { revision, message } = await agent.next("verdict");
      assert.equal(revision.verdict, "applied", `${name}: ${message}`);
      assert.deepEqual(revision.keys, ["rules.txt"], name);
      assert.equal(await docker(["exec", Id, "cat", "/rules.txt"]), text, name);
      await eventually(() => docker(["exec", Id, "cat", "/known"]), text);
    }
    assert.deepEqual(Object.values(await project.ids()), [Id], "the container stayed the same");
  });
});

describe("A file of `configs:`", function () {
  this.timeout(120_000);

  it("stays the old one under `docker compose up -d`, and is the new one after Hotenv", async () => {
    await using project = await composeProject({
      name: "configs",
      files: {
        "hotenv.yaml": "policy: { stability: 0s }\n",
        "rules.txt": "old\n",
        "reader.sh": reader,
        "compose.yaml": `services:
  web:
    image: ${await testImage()}
    command: ["sh", "/reader.sh"]
    configs: [{ source: rules, target: /rules.txt }]
    volumes: ["./reader.sh:/reader.sh:ro"]
    healthcheck: { test: "test -f /known", interval: 1s }
  other:
    image: ${await testImage()}
    command: ["sleep", "1000"]
    init: true
configs:
  rules: { file: ./rules.txt }
`,
      },
    });
    await project.compose("up", "-d", "--wait");
    await using bench = await agentBench(project.dir);
    assert.equal((await bench.hotenv("apply")).code, 0);
    const before = await project.ids();
    const known = async (): Promise<string> =>
      docker(["exec", (await project.ids()).web ?? "", "cat", "/known"]);

    await saveLikeVim(path.join(project.dir, "rules.txt"), "new\n");
    await project.compose("up", "-d", "--wait");
    assert.deepEqual(await project.ids(), before, "Compose sees nothing to do");
    assert.equal(await known(), "old\n");
    assert.equal(await docker(["exec", before.web ?? "", "cat", "/rules.txt"]), "old\n");

    const { code, stdout, stderr } = await bench.hotenv("--json", "apply");
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await known(), "new\n");
    const after = await project.ids();
    assert.notEqual(after.web, before.web, "it was made anew");
    assert.equal(after.other, before.other);
    await project.compose("up", "-d", "--wait");
    assert.deepEqual(await project.ids(), after, "Compose finds it up to date");
  });
});
