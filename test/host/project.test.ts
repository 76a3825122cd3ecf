import assert from "node:assert/strict";
import { realpath } from "node:fs/promises";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import type { AgentSession } from "../../client/session.ts";
import { commands, diffScheme, settings, timelineViewType } from "../../extension/contract.ts";
import { type DiffSide, diffAddress } from "../../extension/diff-address.ts";
import type { HotenvApi } from "../../extension/main.ts";
import { until } from "../workbench/until.ts";
import { file, hotenv, readText, type, writeText } from "./workspace.ts";

describe("a project in the workspace", () => {
  let api: HotenvApi;
  let session: AgentSession;
  let directory: string;
  let original: string;
  before(async () => {
    api = await hotenv();
    await api.found;
    const [project] = api.projects;
    assert(project, "The workspace's project was not found.");
    ({ session, directory } = project);
    original = await readText(".env");
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await session.call("stop", {});
  });

  const shows = (text: string): Promise<true> =>
    until(`the status bar showed "${text}" (it shows "${api.statusView?.text}")`, async () =>
      api.statusView?.text === text ? true : undefined,
    );
  const runs = (revision: number): Promise<true> =>
    until(`revision ${revision} was the last good`, async () =>
      session.state.status?.lastGood === revision && session.state.status.state === "stable"
        ? true
        : undefined,
    );
  const running = (): number => {
    const revision = session.state.status?.lastGood;
    assert(typeof revision === "number", "There is no last good revision.");
    return revision;
  };

  it("is the only one, and known by its real directory", async () => {
    assert.deepEqual(
      api.projects.map((project) => project.directory),
      [await realpath(file("").fsPath)],
    );
    // A figure to look at, not to fail by: the budget is 30 ms on a machine with nothing else to do.
    console.log(`activation took ${api.activationMs.toFixed(1)} ms`);
  });

  it("gets an agent, and the status bar says that all is well", async () => {
    await session.online();
    await shows("$(check) Hotenv: stable");
    assert.deepEqual(
      session.state.status?.services.map(({ service, state }) => `${service} ${state}`),
      ["greeter running"],
    );
  });

  it("runs with a value as soon as that is saved", async () => {
    const seen = new Set<string | undefined>();
    const stop = session.onState(() => seen.add(api.statusView?.text));
    const before = running();
    const document = await vscode.workspace.openTextDocument(file(".env"));
    await type(document, original.replace("hello", "good morning"));
    await document.save();
    await runs(before + 1);
    assert.equal((await session.call("history/show", { revision: before + 1 })).origin, "editor");
    stop();
    assert(
      [...seen].some((text) => text === "$(sync~spin) greeter 1/1"),
      `The rollout was not shown: ${[...seen].join(", ")}.`,
    );
    await shows("$(check) Hotenv: stable");
  });

  it("has its values held against the schema module of the project, as one types", async () => {
    await writeText(
      "env.schema.mjs",
      `export default { "~standard": { version: 1, vendor: "test", validate: ({ GREETING }) =>
        GREETING === "rude" ? { issues: [{ message: "is rude", path: ["GREETING"] }] } : { value: {} } } };\n`,
    );
    const document = await vscode.workspace.openTextDocument(file(".env"));
    const before = document.getText();
    const accused = (): string[] =>
      vscode.languages
        .getDiagnostics(document.uri)
        .filter(({ code }) => code === "schema-type")
        .map(({ range, message }) => `${document.getText(range)}: ${message}`);
    await type(document, "GREETING=rude\n");
    await until("the module's word was shown", async () => (accused().length > 0 ? true : undefined));
    assert.deepEqual(accused(), ["rude: `GREETING`: is rude"]);
    await type(document, before);
    await until("nothing was said any more", async () => (accused().length === 0 ? true : undefined));
    await vscode.workspace.fs.delete(file("env.schema.mjs"));
    await document.save();
  });

  it("is put back by itself where a service does not become healthy", async () => {
    const before = running();
    const lines = original.slice(0, original.indexOf("hello")).split("\n");
    const place = `${lines.length - 1}:${lines.at(-1)?.length}`;
    await writeText(".env", original.replace("hello", "go away"));
    const verdict = await new Promise<string>((resolve) => {
      const stop = session.onEvent((event) => {
        if (event.type !== "verdict") return;
        stop();
        resolve(String(event.data.revision.verdict));
      });
    });
    assert.equal(verdict, "rolled-back");
    assert.equal(running(), before);
    const accused = (): string[] =>
      vscode.languages
        .getDiagnostics(file(".env"))
        .filter(({ code }) => code === "rollout-failed")
        .map(({ range, message }) => `${range.start.line}:${range.start.character} ${message}`);
    await until("the value was accused", async () => (accused().length > 0 ? true : undefined));
    const [value, ...others] = accused();
    assert.match(
      value ?? "",
      new RegExp(`^${place} With this value, greeter .* Revision ${before} is running\\.$`),
    );
    assert.deepEqual(others, []);
    await writeText(".env", original);
    await until("the original ran again", async () => (running() > before ? true : undefined));
    await until("nothing was accused", async () => (accused().length === 0 ? true : undefined));
  });

  it("shows the files of two revisions with secrets masked", async () => {
    const [newest, ...others] = await session.call("history/list", {});
    const older = others.find(({ keys }) => keys.includes("GREETING"));
    assert(newest && older);
    const text = async (side: DiffSide): Promise<string> => {
      const address = { directory, from: older.revision, to: newest.revision, side, path: ".env" };
      const uri = vscode.Uri.from({ scheme: diffScheme, path: "/.env", query: diffAddress(address) });
      return (await vscode.workspace.openTextDocument(uri)).getText();
    };
    const [before, now] = [await text("before"), await text("after")];
    assert.notEqual(before, now);
    assert.match(now, /GREETING=hello/);
    for (const shown of [before, now]) {
      assert.match(shown, /API_TOKEN=/);
      assert(!shown.includes("nobody-may-see"), "A secret is shown.");
    }
  });

  it("goes back to a revision that one chooses, files and services", async () => {
    const [chosen] = (await session.call("history/list", {})).filter(
      ({ revision, verdict, keys }) =>
        verdict === "applied" && revision < running() && keys.includes("GREETING"),
    );
    assert(chosen, "There is no revision to go back to.");
    const planned = await session.call("rollback", { revision: chosen.revision, dryRun: true });
    assert.deepEqual(
      planned.plan.phases.flatMap(({ steps }) => steps.map(({ service }) => service)),
      ["greeter"],
    );
    assert.equal(await readText(".env"), original, "A dry run has changed the file.");
    const { verdict, revision } = await session.call("rollback", { revision: chosen.revision });
    assert.equal(verdict, "applied");
    assert.match(await readText(".env"), /GREETING=good morning/);
    assert(revision !== null);
    await runs(revision);
  });

  it("says on hover who changed a variable, and when", async () => {
    const document = await vscode.workspace.openTextDocument(file(".env"));
    const at = document.positionAt(document.getText().indexOf("GREETING=") + 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      at,
    );
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === "string" ? content : content.value))
      .join("\n")
      .replaceAll(/&nbsp;|\\/g, " ");
    const [change] = await session.call("history/key", { key: "GREETING", limit: 1 });
    assert(change);
    assert.match(text, new RegExp(`changed by .* in revision ${change.revision} .*applied`));
  });

  it("keeps the key of the history in VS Code's safe where that is asked for, and takes it back", async function () {
    // Two agents are started, one after the other.
    this.timeout(180_000);
    const before = running() + 1;
    const reasons = async (): Promise<string[]> =>
      (await session.call("history/list", { before })).map(({ reason }) => reason);
    const revisions = await reasons();
    const { historyKey } = settings;
    const configuration = () => vscode.workspace.getConfiguration();
    const restarted = async (place: string): Promise<void> => {
      await configuration().update(historyKey, place, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand(commands.restartAgent);
      await session.online();
      assert.deepEqual(await reasons(), revisions);
    };
    await restarted("secretStorage");
    await assert.rejects(session.call("history/rekey", {}), /kept by the editor/);
    await restarted("file");
    await session.call("history/rekey", {});
    assert.deepEqual(await reasons(), revisions);
    await configuration().update(historyKey, undefined, vscode.ConfigurationTarget.Global);
  });

  it("knows a variable in all files: where it is set and used, and renames it in all of them", async () => {
    const [env, settings] = [file(".env"), file("hotenv.yaml")];
    const document = await vscode.workspace.openTextDocument(env);
    const at = document.positionAt(document.getText().indexOf("GREETING=") + 2);
    const places = (found: readonly vscode.Location[]): string[] =>
      [...new Set(found.map(({ uri }) => uri.path.split("/").at(-1) ?? ""))].sort();
    const used = await vscode.commands.executeCommand<vscode.Location[]>(
      "vscode.executeReferenceProvider",
      env,
      at,
    );
    assert.deepEqual(places(used), [".env", "hotenv.yaml"]);

    const yaml = await vscode.workspace.openTextDocument(settings);
    const reference = yaml.positionAt(yaml.getText().indexOf("${GREETING") + 4);
    const [definition, ...others] = await vscode.commands.executeCommand<vscode.Location[]>(
      "vscode.executeDefinitionProvider",
      settings,
      reference,
    );
    assert.deepEqual([definition?.uri.path, others], [env.path, []]);
    assert.equal(document.getText(definition?.range), "GREETING");

    const renamed = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      "vscode.executeDocumentRenameProvider",
      env,
      at,
      "WELCOME",
    );
    const edits = renamed.entries().flatMap(([, each]) => each.map(({ newText }) => newText));
    assert.equal(edits.length, used.length);
    assert(edits.every((text) => text === "WELCOME"));
  });

  it("is paused and resumed by command", async () => {
    await vscode.commands.executeCommand(commands.pause);
    await shows("$(debug-pause) Hotenv: paused");
    await vscode.commands.executeCommand(commands.resume);
    await shows("$(check) Hotenv: stable");
  });

  it("has a timeline, one however often it is asked for", async () => {
    await vscode.commands.executeCommand(commands.showTimeline);
    await vscode.commands.executeCommand(commands.showTimeline);
    const timelines = (): number =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(
          ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(timelineViewType),
        ).length;
    await until("the timeline was there", async () => (timelines() > 0 ? true : undefined));
    assert.equal(timelines(), 1);
  });

  it("comes back with a new agent when that is asked for", async () => {
    const before = session.state.status?.agent.pid;
    await vscode.commands.executeCommand(commands.restartAgent);
    await session.online();
    assert.notEqual(session.state.status?.agent.pid, before);
    await shows("$(check) Hotenv: stable");
  });
});
