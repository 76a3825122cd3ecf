/** What the quickstart's README promises, step by step, by the command that it names. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { historyListReportSchema } from "../../core/protocol/cli.ts";
import { freePort } from "../support/free-port.ts";
import { hotenv, type Running, startScript } from "./hotenv.ts";
import { withValues } from "./small-project.ts";

const root = join(import.meta.dirname, "..", "..");

describe("the quickstart", function () {
  this.timeout(120_000);
  const place = { directory: "", stateDir: "" };
  let url = "";
  let agent: Running | undefined;

  before(async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "hotenv-quickstart-")));
    place.directory = join(folder, "quickstart");
    place.stateDir = join(folder, "state");
    cpSync(join(root, "examples", "quickstart"), place.directory, { recursive: true });
    const webPort = String(await freePort());
    edit({ API_PORT: String(await freePort()), WEB_PORT: webPort });
    url = `http://127.0.0.1:${webPort}`;
    // `npm start -- DIR`
    const start = join(root, "scripts", "start.ts");
    agent = startScript(place, start, place.directory, "--state-dir", place.stateDir);
    await agent.says(/revision 2 · applied/);
  });
  after(async () => {
    agent?.child.kill("SIGINT");
    await agent?.ended;
    rmSync(join(place.directory, ".."), { recursive: true, force: true });
  });

  const file = () => join(place.directory, ".env");
  const edit = (variables: Record<string, string>) =>
    writeFileSync(file(), withValues(readFileSync(file(), "utf8"), variables));
  const answer = async () => (await (await fetch(url)).text()).trim();
  const processes = async () => {
    const { out } = await hotenv(place, "status", "--json");
    const { services } = JSON.parse(out) as { services: { service: string; instances: string[] }[] };
    return Object.fromEntries(services.map(({ service, instances }) => [service, instances[0]]));
  };

  it("answers with the values of .env", async () => {
    assert.equal(await answer(), "Hotenv quickstart: Hello Hello");
  });

  it("replaces only api when GREETING changes, and only web when TITLE does", async () => {
    const before = await processes();
    edit({ GREETING: "Moin" });
    await agent?.says(/revision 3 · applied/);
    assert.equal(await answer(), "Hotenv quickstart: Moin Moin");
    const between = await processes();
    assert.equal(between.web, before.web);
    assert.notEqual(between.api, before.api);
    edit({ TITLE: "Hotenv at work" });
    await agent?.says(/revision 4 · applied/);
    assert.equal(await answer(), "Hotenv at work: Moin Moin");
    const last = await processes();
    assert.equal(last.api, between.api);
    assert.notEqual(last.web, between.web);
  });

  it("brings the old api back when the new one refuses to start, and says why", async () => {
    edit({ REPEAT: "1000" });
    await agent?.says(/revision 5 · rolled-back/);
    assert.match(agent?.out ?? "", /│ REPEAT is 1000, but must be a whole number from 1 to 10\.\n/);
    assert.equal(await answer(), "Hotenv at work: Moin Moin");
    const { exitCode } = await hotenv(place, "apply");
    assert.equal(exitCode, 3);
  });

  it("says beforehand that REPEAT is to be a number", async () => {
    edit({ REPEAT: "often" });
    const { exitCode, out } = await hotenv(place, "check");
    assert.equal(exitCode, 1);
    assert.match(out, /^\.env:\d+:8: error: .*REPEAT.*\[schema-type\]/);
  });

  it("shows what happened, and goes back", async () => {
    edit({ REPEAT: "2" });
    const list = await hotenv(place, "history", "list", "--json");
    const revisions = historyListReportSchema.parse(JSON.parse(list.out));
    assert.deepEqual(
      revisions.slice(-5).map(({ verdict, keys }) => [verdict, ...keys]),
      [["rolled-back", "REPEAT"], ["applied", "TITLE"], ["applied", "GREETING"], ["applied"], ["applied"]],
    );
    const { exitCode, out, err } = await hotenv(place, "rollback", "2");
    assert.equal(exitCode, 0, out + err);
    assert.equal(await answer(), "Hotenv quickstart: Hello Hello");
    assert.match(readFileSync(file(), "utf8"), /^GREETING=Hello$/m);
  });
});
