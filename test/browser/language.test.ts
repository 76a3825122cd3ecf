// The language service as a person meets it: keys, lists and dialogs of a real workbench. Restricted Mode keeps the
// agent out of it: none of this needs one.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { compose } from "../support/compose-cli.ts";
import { activeEditor, openFile, placeCursor, squiggles } from "../workbench/editor.ts";
import { runCommand } from "../workbench/palette.ts";
import { picture, screenshot } from "../workbench/pictures.ts";
import { createSandbox, type Sandbox } from "../workbench/sandbox.ts";
import { until } from "../workbench/until.ts";
import type { Workbench } from "../workbench/workbench.ts";
import { onlyAfterSuccess, openInstalled, pictureFailure } from "./installed.ts";

const files: Readonly<Record<string, string>> = {
  ".env": "DB_HOST=db\nURL=http://$DB_HOST/\nPASS=pa$$word\n# OLD_TOKEN=retired\n",
  ".env.schema": "# Where the database answers\n# @required\nDB_HOST=\n",
  ".env.example": "DB_HOST=localhost\n",
  "compose.yaml":
    "services:\n  api:\n    image: hotenvtest-none\n    environment:\n      - DB_HOST\n      - PASS\n      - HOST=${DB_HOST:-none}\n      - URL=$URL\n",
};

describe("variables in a real workbench", function () {
  this.timeout(300_000);

  const owned = new AsyncDisposableStack();
  let sandbox: Sandbox;
  let folder: string;
  let workbench: Workbench;

  before(async () => {
    sandbox = owned.use(await createSandbox());
    folder = join(sandbox.directory, "variables");
    await mkdir(folder);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    workbench = owned.use(await openInstalled(sandbox, { folder, trusted: false }));
  });
  beforeEach(function () {
    onlyAfterSuccess(this);
  });
  afterEach(function () {
    return pictureFailure(this, workbench);
  });
  after(() => owned.disposeAsync());

  const onDisk = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      await Promise.all(
        Object.keys(files).map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
      ),
    );
  const saved = async (wanted: Readonly<Record<string, string>>): Promise<void> => {
    await until("the files were as expected", async () => {
      // Files that are not open are changed, and become unsaved, one after the other.
      await runCommand(workbench.page, "File: Save All");
      const now = await onDisk();
      return Object.entries(wanted).every(([name, text]) => now[name] === text) ? true : undefined;
    });
  };
  const passSeenByCompose = async (): Promise<string | undefined> => {
    const answer = await compose(["config", "--format", "json"], { cwd: folder });
    assert(answer.ok, answer.stderr);
    const { services } = JSON.parse(answer.stdout) as {
      services: { api: { environment: Record<string, string> } };
    };
    return services.api.environment.PASS?.replaceAll("$$", "$");
  };

  it("are renamed in every file at once, and all of it comes back with one undo", async () => {
    const { page } = workbench;
    await openFile(page, join(folder, ".env"));
    // Nothing is renamed before the service is there: its problems tell.
    await squiggles(page, "info").first().waitFor();
    await placeCursor(page, 2, 14);
    await page.keyboard.press("F2");
    const box = page.locator(".rename-box input");
    await box.fill("DATABASE_HOST");
    await page.keyboard.press("Enter");
    await activeEditor(page).getByText("DATABASE_HOST=db", { exact: true }).waitFor();
    await saved(
      Object.fromEntries(
        Object.entries(files).map(([name, text]) => [name, text.replaceAll("DB_HOST", "DATABASE_HOST")]),
      ),
    );
    await picture(workbench, "variable-renamed");

    await page.keyboard.press("Control+Z");
    await activeEditor(page).getByText("DB_HOST=db", { exact: true }).waitFor();
    await saved(files);
  });

  it("have the value that a quick fix promises, as Compose reads it", async () => {
    const { page } = workbench;
    assert.equal(await passSeenByCompose(), "pa$word");
    await openFile(page, join(folder, ".env"));
    await placeCursor(page, 3, 9);
    await page.keyboard.press("Control+.");
    const fix = page.locator(".action-widget").getByText("Single-quote this value (changes the value)");
    await fix.waitFor();
    await picture(workbench, "quick-fix");
    await fix.click();
    await activeEditor(page).getByText("PASS='pa$$word'", { exact: true }).waitFor();
    await saved({ ".env": (files[".env"] ?? "").replace("pa$$word", "'pa$$$$word'") });
    assert.equal(await passSeenByCompose(), "pa$$word");
  });

  it("are hidden in the editor itself where they are secrets, commented-out ones too", async () => {
    const { page } = workbench;
    await openFile(page, join(folder, ".env"));
    /** What of the text a person can see. */
    const seen = (): Promise<string> =>
      activeEditor(page)
        .locator(".view-line span:not(:has(span))")
        .evaluateAll((spans) =>
          spans
            .filter((span) => getComputedStyle(span).opacity !== "0")
            .map((span) => span.textContent)
            .join("\n"),
        );
    const shows = (visible: boolean): Promise<true> =>
      until(`secrets were ${visible ? "" : "not "}seen`, async () => {
        const text = await seen();
        return ["word", "retired"].every((secret) => text.includes(secret) === visible) ? true : undefined;
      });
    await shows(true);
    await runCommand(page, "Hotenv: Toggle Secret Masking");
    await shows(false);
    assert.match(await seen(), /DB_HOST/);
    await placeCursor(page, 4, 20);
    await page.keyboard.type("-word");
    await activeEditor(page).getByText("retired-word").waitFor();
    await shows(false);
    await screenshot(page, "secrets-masked");
    await page.keyboard.press("Control+Z");
    await runCommand(page, "Hotenv: Toggle Secret Masking");
    await shows(true);
  });

  it("are explained in the Compose file, with the services that they reach", async () => {
    const { page } = workbench;
    await openFile(page, join(folder, "compose.yaml"));
    await placeCursor(page, 7, 17);
    await runCommand(page, "Show or Focus Hover");
    const hover = page.locator(".monaco-hover:visible");
    await hover.getByText("Used by api.").waitFor();
    const text = await hover.innerText();
    assert.match(text, /DB_HOST is db/);
    assert.match(text, /Where the database answers/);
    await screenshot(page, "compose-hover");
  });
});
