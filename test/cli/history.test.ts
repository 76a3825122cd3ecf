/** The history from end to end: one key put back in the real loop, notes, pins, pruning, archives; no secret anywhere. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, it } from "mocha";
import { projectPaths } from "../../client/location.ts";
import { type CliReport, cliErrorSchema, cliReports } from "../../core/protocol/cli.ts";
import { hotenv, type Running, startHotenv } from "./hotenv.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

async function ask(url: string): Promise<{ says: string; pid: string }> {
  const [says = "", pid = ""] = (await (await fetch(url)).text()).split(" from ");
  return { says, pid };
}

describe("the history, from end to end", function () {
  this.timeout(400_000);
  let project: SmallProject;
  let agent: Running | undefined;
  /** All that any command said. */
  let said = "";

  beforeEach(async () => {
    project = await smallProject();
    said = "";
    agent = startHotenv(project, "agent");
    await agent.says(/revision 2 · applied/);
  });
  afterEach(async () => {
    agent?.child.kill("SIGTERM");
    await agent?.ended;
    project.remove();
  });

  const run = async (...args: string[]) => {
    const result = await hotenv(project, ...args);
    said += result.out + result.err;
    return result;
  };
  const document = async <C extends keyof typeof cliReports>(
    command: C,
    ...args: string[]
  ): Promise<CliReport<C>> => {
    const { out, err } = await run("--json", ...args);
    assert.equal(err, "");
    return cliReports[command].parse(JSON.parse(out)) as CliReport<C>;
  };

  it("puts one key back and keeps what was edited beside it, also while it was not applied yet", async () => {
    project.set({ GREETING: "moin" });
    await agent?.says(/revision 3 · applied/);
    project.set({ COLOR: "green" });
    await agent?.says(/revision 4 · applied/);
    const web = (await ask(project.webUrl)).pid;
    await run("pause");
    project.writeEnv(`${project.readEnv()}# a remark\nNEW=1\n`);
    await run("resume");
    const edited = project.readEnv();

    const dry = await document("rollback", "rollback", "--key", "GREETING", "--dry-run");
    assert.equal(dry.message, "Only GREETING would go back to what it was in revision 2.");
    assert.deepEqual(
      dry.plan.phases.flatMap(({ steps }) => steps.map(({ service, action }) => `${action} ${service}`)),
      ["recreate api"],
    );
    assert.equal(project.readEnv(), edited);

    const outcome = await document("rollback", "rollback", "--key", "GREETING");
    assert.equal(outcome.verdict, "applied");
    assert.equal(project.readEnv(), edited.replace("GREETING=moin", "GREETING=hello"));
    assert.equal((await ask(project.apiUrl)).says, "hello");
    assert.deepEqual(await ask(project.webUrl), { says: "green", pid: web }, "web was not touched");

    const again = await document("rollback", "rollback", "2", "--key", "GREETING");
    assert.deepEqual(
      [again.revision, again.message],
      [null, "GREETING is what it was in revision 2 already."],
    );
    const changes = await document("history key", "history", "key", "GREETING");
    assert.deepEqual(
      changes.map(({ origin, before, after }) => [origin, before, after]),
      [
        ["rollback", "moin", "hello"],
        ["watcher", "hello", "moin"],
      ],
    );
    const added = await document("rollback", "rollback", "2", "--key", "NEW");
    assert.equal(added.verdict, "applied");
    assert.equal(project.readEnv(), edited.replace("GREETING=moin", "GREETING=hello").replace("NEW=1\n", ""));
  });

  it("puts the file back where one key's old value does not start either", async () => {
    project.set({ GREETING: "bad" });
    await agent?.says(/revision 3 · rolled-back/);
    project.set({ GREETING: "moin" });
    await agent?.says(/revision 4 · applied/);
    const before = project.readEnv();
    const outcome = await run("rollback", "3", "--key", "GREETING");
    assert.equal(outcome.exitCode, 3, outcome.out + outcome.err);
    assert.equal(project.readEnv(), before);
    assert.equal((await ask(project.apiUrl)).says, "moin");
  });

  it("keeps notes, pins, prunes, counts, copies and archives, and lets no secret out", async () => {
    const secret = `hunter2-${randomBytes(8).toString("hex")}`;
    project.writeEnv(`${project.readEnv()}API_TOKEN=${secret}\n`);
    await agent?.says(/revision 3 · applied/);
    project.set({ GREETING: "moin", API_TOKEN: `${secret}-2` });
    await agent?.says(/revision 4 · applied/);

    const noted = await document("history annotate", "history", "annotate", "2", "the good one");
    assert.equal(noted.note, "the good one");
    assert.match((await run("history", "pin", "2")).out, /pinned/);
    const revisionsOf = async (...filter: string[]) =>
      (await document("history list", "history", "list", ...filter)).map(({ revision }) => revision);
    assert.deepEqual(await revisionsOf("--pinned"), [2]);
    assert.deepEqual(await revisionsOf("--key", "API_TOKEN"), [4, 3]);
    assert.deepEqual(await revisionsOf("--service", "api", "--verdict", "applied", "--since", "1h"), [4, 2]);
    assert.deepEqual(await revisionsOf("--until", "1h"), []);
    const token = await document("history key", "history", "key", "API_TOKEN");
    assert.deepEqual(
      token.map(({ sensitive, after }) => [sensitive, after]),
      [
        [true, "••••••"],
        [true, "••••••"],
      ],
    );
    const stats = await document("history stats", "history", "stats");
    assert.equal(stats.services.find(({ service }) => service === "api")?.applied, 2);

    const paths = projectPaths(project.directory, { stateDir: project.stateDir });
    const folder = join(project.directory, "..");
    const masked = join(folder, "masked.hotenv");
    const whole = join(folder, "whole.hotenv");
    writeFileSync(join(folder, "phrase"), "correct horse\n");
    const exported = await document("history export", "history", "export", masked);
    assert.deepEqual([exported.masked, exported.revisions], [true, 4]);
    await run("history", "export", whole, "--passphrase-file", join(folder, "phrase"));
    await document("history backup", "history", "backup", join(folder, "copy.db"));

    const bytes = readFileSync(masked);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(join(folder, "tampered.hotenv"), bytes);
    const tampered = await run("--json", "history", "import", join(folder, "tampered.hotenv"));
    assert.equal(tampered.exitCode, 4);
    assert.equal(cliErrorSchema.parse(JSON.parse(tampered.out)).error.code, "archive-refused");
    assert.match((await run("status")).out, /stable/, "the agent runs on");
    const imported = await document("history import", "history", "import", masked);
    assert.deepEqual([imported.first, imported.last, imported.masked], [5, 8, true]);
    const refused = await run("rollback", "8");
    assert.equal(refused.exitCode, 2);
    assert.match(refused.err, /imported without its secrets/);
    await document("history import", "history", "import", whole, "--passphrase-file", join(folder, "phrase"));
    assert.equal((await document("status", "status")).revision, 4);

    const dry = await document("history prune", "history", "prune", "--keep", "1", "--dry-run");
    // Of twelve: the newest, the last good one, and three pins (its own, and the two that came with it).
    assert.deepEqual(dry, { removed: 7, kept: 5 });
    await document("history prune", "history", "prune", "--keep", "1", "--vacuum");
    assert.deepEqual(await revisionsOf(), [12, 10, 6, 4, 2]);
    const back = await run("rollback", "2");
    assert.equal(back.exitCode, 0, back.out + back.err);
    assert.equal((await ask(project.apiUrl)).says, "hello");

    assert.equal((await run("history", "list")).exitCode, 0);
    assert.equal((await run("history", "diff", "2", "4")).exitCode, 0);
    agent?.child.kill("SIGKILL");
    await agent?.ended;
    const places = [paths.stateDirectory, folder].flatMap((directory) =>
      readdirSync(directory, { withFileTypes: true, recursive: directory === paths.stateDirectory })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    assert.ok(existsSync(`${paths.database}-wal`));
    assert.ok(places.includes(`${paths.database}-wal`) && places.includes(masked), places.join());
    const plain = readFileSync(masked, "latin1")
      .split("\n")
      .slice(1, -2)
      .map((frame) => gunzipSync(Buffer.from(frame, "base64")).toString())
      .join("\n");
    for (const [place, text] of [
      ...places.map((file): [string, string] => [file, readFileSync(file, "latin1")]),
      ["what the commands said", said],
      ["what the agent said", `${agent?.out}${agent?.err}`],
      ["the archive, unpacked", plain],
    ] as const)
      assert.ok(!text.includes(secret), `${place} holds the secret`);
  });
});
