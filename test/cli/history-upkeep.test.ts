/** What keeps a history: its key, copies of it, long archives, and the list of who asked for what. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { fingerprintOf, writeArchive } from "../../agent/history/archive.ts";
import { connectAgent } from "../../client/connect.ts";
import { projectPaths } from "../../client/location.ts";
import { type CliReport, cliReports } from "../../core/protocol/cli.ts";
import { hotenv, type Running, startHotenv } from "./hotenv.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

describe("the upkeep of a history", function () {
  this.timeout(400_000);
  let project: SmallProject;
  let agent: Running;
  let folder: string;

  beforeEach(async () => {
    project = await smallProject();
    folder = join(project.directory, "..");
    agent = startHotenv(project, "agent");
    await agent.says(/revision 2 · applied/);
  });
  afterEach(async () => {
    agent.child.kill("SIGTERM");
    await agent.ended;
    project.remove();
  });

  const run = (...args: string[]) => hotenv(project, ...args);
  const document = async <C extends keyof typeof cliReports>(
    command: C,
    ...args: string[]
  ): Promise<CliReport<C>> => {
    const { out, err } = await run("--json", ...args);
    assert.equal(err, "");
    return cliReports[command].parse(JSON.parse(out)) as CliReport<C>;
  };
  const says = async () => (await (await fetch(project.apiUrl)).text()).split(" from ")[0];

  it("notes who asked for what, and what was refused", async () => {
    await run("pause");
    const refused = await run("apply");
    assert.equal(refused.exitCode, 4);
    await run("resume");
    await run("rollback", "77");
    await run("rollback", "1", "--dry-run");
    await run("history", "pin", "2");
    await run("history", "import", join(folder, "no-archive"));
    project.writeEnv(`${project.readEnv()}BROKEN="\n`);
    await agent.says(/BROKEN|quot/);
    const entries = await document("history audit", "history", "audit");
    assert.deepEqual(
      entries.map(({ what, client, refused: not }) => [what, client, not]),
      [
        ["apply", "agent", true],
        ["history/import", "cli", true],
        ["history/annotate", "cli", false],
        ["rollback", "cli", true],
        ["resume", "cli", false],
        ["apply", "cli", true],
        ["pause", "cli", false],
      ],
    );
    const [broken, , , unknown] = entries;
    assert.match(broken?.detail ?? "", /\.env:6/);
    assert.match(unknown?.detail ?? "", /no revision 77/i);
    assert.ok(entries.every(({ who, detail }) => who !== "" && detail !== ""));
    assert.match((await run("history", "audit", "--limit", "2")).out, /import +refused/);
  });

  it("changes the key under a running agent, and lets go of the former one when asked to", async () => {
    const key = join(project.stateDir, ".config", "hotenv", "key");
    const former = readFileSync(key);
    const copy = join(folder, "copy.db");
    await run("history", "backup", copy);
    assert.equal((await run("history", "rekey")).exitCode, 0);
    assert.ok(readFileSync(key).subarray(32).equals(former));
    project.set({ GREETING: "moin" });
    await agent.says(/revision 3 · applied/);
    assert.equal((await document("history rekey", "history", "rekey", "--forget")).forgotten, 2);
    assert.equal(statSync(key).size, 32);
    assert.equal((await run("history", "list")).exitCode, 0);
    const refused = await run("history", "restore", copy);
    assert.equal(refused.exitCode, 4);
    assert.match(refused.err, /another key/);
    assert.match((await run("status")).out, /stable/);
  });

  it("puts a copy back under a running agent, which then brings what runs to what the files say", async () => {
    project.set({ GREETING: "moin" });
    await agent.says(/revision 3 · applied/);
    const copy = join(folder, "copy.db");
    await run("history", "backup", copy);
    project.set({ GREETING: "servus" });
    await agent.says(/revision 4 · applied/);
    const restored = await document("history restore", "history", "restore", copy);
    assert.equal(restored.lastGood, 3);
    assert.ok(statSync(restored.aside ?? "").size > 0);
    const seen = agent.out.length;
    project.set({ COLOR: "green" });
    await agent.says(/revision 4 · applied[\s\S]*revision (?:4|5) · applied/);
    assert.equal(await says(), "servus", agent.out.slice(seen));
    const outcome = await document("rollback", "rollback", "3");
    assert.equal(outcome.verdict, "applied");
    assert.equal(await says(), "moin");
    const status = await document("status", "status");
    assert.equal(status.state, "stable");
  });

  it("applies a save while a long archive comes in, of which nothing stays when it is given up", async () => {
    const archive = join(folder, "long.hotenv");
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
    let text = "";
    const writer = writeArchive(
      (piece) => {
        text += piece;
      },
      { key: privateKey, publicKey: raw },
      { masked: false, passphrase: undefined, created: new Date() },
    );
    const revisions = 12_000;
    for (let n = 1; n <= revisions; n++) {
      const env = Array.from({ length: 30 }, (_, key) => `KEY_${key}=${n % 30 === key ? n : 0}`).join("\n");
      writer.add({
        revision: {
          revision: n,
          parent: n === 1 ? null : n - 1,
          time: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
          author: { name: "Ada" },
          origin: "editor",
          reason: "Saved.",
          severity: "minor",
          verdict: "applied",
          change: { entries: [], severity: "minor" },
          services: ["api"],
        },
        files: [{ path: ".env", role: "env", text: env }],
        model: JSON.stringify({ version: 1, name: "p", services: [], n }),
      });
    }
    writer.end();
    writeFileSync(archive, text);

    const paths = projectPaths(project.directory, {
      stateDir: project.stateDir,
      environment: { HOME: project.stateDir },
    });
    const client = await connectAgent(paths, { client: "cli" });
    try {
      const giveUp = new AbortController();
      let isIn = false;
      const applied = new Promise<boolean>((resolve) =>
        client.onEvent((event) => {
          if (event.type !== "verdict" || !event.data.revision.keys.includes("GREETING")) return;
          assert.equal(event.data.revision.verdict, "applied");
          resolve(isIn);
        }),
      );
      const importing = client
        .call("history/import", { file: archive, signer: fingerprintOf(raw) }, { signal: giveUp.signal })
        .finally(() => {
          isIn = true;
        });
      const grown = async (): Promise<void> => {
        const [newest] = await client.call("history/list", { limit: 1 });
        if ((newest?.revision ?? 0) <= 2) await grown();
      };
      await grown();
      project.set({ GREETING: "moin" });
      assert.equal(await applied, false, "the archive was in before the save was applied");
      giveUp.abort();
      await assert.rejects(importing);
      assert.equal(await says(), "moin");
      const left = await client.call("history/list", { limit: 1000 });
      assert.deepEqual(
        left.map(({ keys }) => keys.includes("GREETING")),
        [true, false, false],
      );
      assert.equal((await client.call("status", {})).revision, left[0]?.revision);
    } finally {
      client.close();
    }
  });
});
