// A folder that nobody has trusted yet: Hotenv reads, and runs nothing. Whether it runs anything is told by a
// `docker` that notes each call, and by the agent's state directory, which exists before an agent does.
import assert from "node:assert/strict";
import { access, chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { openFile, problems, replaceLine, squiggles } from "../workbench/editor.ts";
import { runCommand } from "../workbench/palette.ts";
import { picture } from "../workbench/pictures.ts";
import { createSandbox, type Sandbox } from "../workbench/sandbox.ts";
import { until } from "../workbench/until.ts";
import type { Workbench } from "../workbench/workbench.ts";
import { onlyAfterSuccess, openInstalled, pictureFailure } from "./installed.ts";

const compose = `services:
  api:
    image: hotenvtest-none
    environment:
      GREETING: \${GREETING}
`;

describe("a workspace in Restricted Mode", function () {
  this.timeout(300_000);

  const owned = new AsyncDisposableStack();
  let sandbox: Sandbox;
  let folder: string;
  let calls: string;
  let workbench: Workbench;

  before(async () => {
    const trap = owned.use(await createSandbox()).directory;
    calls = join(trap, "calls");
    folder = join(trap, "project");
    await mkdir(folder);
    await writeFile(join(folder, "compose.yaml"), compose);
    await writeFile(join(folder, ".env"), "GREETING=hello\n");
    await writeFile(join(trap, "docker"), `#!/bin/sh\necho "$@" >> '${calls}'\nexit 1\n`);
    await chmod(join(trap, "docker"), 0o755);
    // VS Code's server takes the environment of extensions from the user's login shell.
    sandbox = owned.use(await createSandbox({ SHELL: "/bin/sh" }));
    await writeFile(join(sandbox.environment.HOME ?? "", ".profile"), `PATH='${trap}':"$PATH"\n`);
    workbench = owned.use(await openInstalled(sandbox, { folder, trusted: false }));
  });
  beforeEach(function () {
    onlyAfterSuccess(this);
  });
  afterEach(function () {
    return pictureFailure(this, workbench);
  });
  after(() => owned.disposeAsync());

  const exists = (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        return false;
      },
    );

  it("has its .env checked as one types, while nothing is spawned", async () => {
    const { page } = workbench;
    await openFile(page, join(folder, ".env"));
    await replaceLine(page, 1, "GREETING=${1}");
    await squiggles(page, "error").waitFor();
    const rows = await problems(page);
    await rows.filter({ hasText: "Ln 1" }).first().waitFor();
    await picture(workbench, "restricted-mode");
    assert.equal(await exists(sandbox.agentState), false, "An agent was started.");
    assert.equal(await exists(calls), false, "docker was called.");
  });

  it("has its agent as soon as it is trusted", async () => {
    const { page } = workbench;
    await runCommand(page, "Workspaces: Manage Workspace Trust");
    await page.getByRole("button", { name: "Trust", exact: true }).click();
    await until("an agent was started", () => exists(sandbox.agentState));
    // Docker is asked other things before, each in a line that comes when it comes.
    await until(
      "docker was called for the project",
      async () => (await exists(calls)) && /compose/.test(await readFile(calls, "utf8")),
    );
  });
});
