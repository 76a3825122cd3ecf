import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import * as vscode from "vscode";
import { commands } from "../../extension/contract.ts";
import { until } from "../workbench/until.ts";
import { file, hotenv, type, writeText } from "./workspace.ts";

const compose = `services:
  db:
    image: db:\${DB_TAG}
  api:
    image: api
    environment:
      URL: db://\${API_TOKEN}@db
    depends_on:
      db: { condition: service_started, restart: true }
  web:
    image: web
    volumes: ["./web.conf:/etc/web.conf:ro"]
`;

/** A project of its own, for which no agent runs: what is said here is said from the files alone. */
describe("a Compose project that nobody runs, in the editor", () => {
  let env: vscode.TextDocument;
  before(async () => {
    await hotenv();
    await writeText("impact/compose.yaml", compose);
    await writeText("impact/.env", "DB_TAG=1\nAPI_TOKEN=not-to-be-shown\nNOTE=a\n");
    await writeText("impact/web.conf", "listen 80\n");
    await writeText("impact/hotenv.yaml", "services: { web: { reload: { signal: HUP } } }\n");
    env = await vscode.workspace.openTextDocument(file("impact/.env"));
    await vscode.window.showTextDocument(env);
  });
  after(async () => {
    await vscode.commands.executeCommand(commands.hideImpact);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    await vscode.workspace.fs.delete(file("impact"), { recursive: true });
  });

  const lenses = async (name: string): Promise<string[]> => {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      file(name),
      20,
    );
    return found
      .filter(({ command }) => command !== undefined)
      .map(({ range, command }) => `${range.start.line + 1}: ${command?.title}`);
  };
  const hovers = async (line: number): Promise<string> => {
    const found = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      env.uri,
      new vscode.Position(line, 1),
    );
    assert.equal(found.length, 1, "What a key is and what it touches are shown as one.");
    return found
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === "string" ? content : content.value))
      .join("\n\n");
  };

  it("has nothing over a line that is as it was saved", async () => {
    assert.deepEqual(await lenses("impact/.env"), []);
  });

  it("says over each changed line what saving it does, or that it reaches nothing", async () => {
    await type(env, "DB_TAG=2\nAPI_TOKEN=not-to-be-shown\nNOTE=b\n");
    assert.deepEqual(await lenses("impact/.env"), [
      "1: recreates db · restarts api",
      "3: reaches no service",
    ]);
    assert(env.isDirty);
  });

  it("shows on hover the lines that tie the key to the services, as links into the Compose file", async () => {
    const changed = await hovers(0);
    assert.match(changed, /Saving this recreates db · restarts api/);
    assert.match(
      changed,
      /\[compose\.yaml:3\]\(file:\/\/\/.*\/impact\/compose\.yaml#L3\) `image: db:\$\{DB_TAG\}`/,
    );
    const unchanged = await hovers(1);
    assert.match(unchanged, /A new value recreates api/);
    assert.match(unchanged, /compose\.yaml#L7\)/);
    assert(!unchanged.includes("not-to-be-shown"));
    assert.match(await hovers(2), /`NOTE` reaches no service/);
  });

  it("says over each service of the Compose file which variables it uses, and what an unsaved edit does to it", async () => {
    const document = await vscode.workspace.openTextDocument(file("impact/compose.yaml"));
    assert.deepEqual(await lenses("impact/compose.yaml"), [
      "2: uses DB_TAG",
      "2: saving recreates db",
      "4: uses API_TOKEN",
      "4: saving restarts api",
      "10: uses no variable",
    ]);
    await type(document, compose.replace("image: web", "image: web:2"));
    assert((await lenses("impact/compose.yaml")).includes("10: saving recreates web"));
    await type(document, compose);
    await document.save();
  });

  it("says over a file that a service mounts how the service gets to know", async () => {
    const document = await vscode.workspace.openTextDocument(file("impact/web.conf"));
    await type(document, "listen 81\n");
    assert.deepEqual(await lenses("impact/web.conf"), ["1: reloads web"]);
    await type(document, "listen 80\n");
    await document.save();
  });

  it("copies a report of the unsaved edit that shows no secret", async () => {
    await vscode.window.showTextDocument(env);
    await type(env, "DB_TAG=2\nAPI_TOKEN=nor-shall-this\nNOTE=b\n");
    await vscode.commands.executeCommand(commands.copyReport);
    const report = await vscode.env.clipboard.readText();
    assert.match(report, /^# Change report: impact\n\n3 changes, critical; recreates db, api\./);
    assert.match(report, /\| `DB_TAG` \| `\.env` \| `1` \| `2` \| minor \|/);
    assert.match(
      report,
      /1\. \*\*db\*\*: recreate\. DB_TAG changes image\n {3}- `compose\.yaml:3` `image: db:\$\{DB_TAG\}`/,
    );
    assert.match(report, /- NOTE reaches no service\./);
    assert(!/not-to-be-shown|nor-shall-this/.test(report), report);
  });

  it("shows the plan of the unsaved edit as a tree", async () => {
    await vscode.window.showTextDocument(env);
    await vscode.commands.executeCommand(commands.previewImpact);
    // The tree itself is for the eye: test/browser looks at it. Here it must come, and go again.
    await until("the tree could be hidden", async () => {
      await vscode.commands.executeCommand(commands.hideImpact);
      return true;
    });
  });
});
