/** What the suite needs, whichever VS Code runs it: the built extension, bundled specs, a workspace to write in. */
import { cp, readdir, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "../../scripts/build.ts";
import type { Sandbox } from "../workbench/sandbox.ts";
import { bundleHostSuite } from "./bundle.ts";
import { environmentName, type HostRun } from "./host-run.ts";

export interface PreparedSuite {
  readonly entry: string;
  readonly folder: string;
  /** Where mocha's JSON will be. */
  readonly result: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** @param grep only tests whose full title contains it */
export async function prepareHostSuite(sandbox: Sandbox, grep: string | undefined): Promise<PreparedSuite> {
  await build();
  const names = await readdir(import.meta.dirname);
  const sources = names.filter((name) => name.endsWith(".test.ts")).sort();
  const suite = await bundleHostSuite(
    sources.map((name) => join(import.meta.dirname, name)),
    join(sandbox.directory, "suite"),
  );
  const workspace = join(sandbox.directory, "workspace");
  await cp(join(import.meta.dirname, "workspace"), workspace, { recursive: true });
  const wanted = process.env.HOTENV_RESULT;
  const result = wanted === undefined ? join(sandbox.directory, "result.json") : resolve(wanted);
  const run: HostRun = { specs: [...suite.specs], ...(grep === undefined ? {} : { grep }) };
  return {
    entry: suite.entry,
    folder: await realpath(workspace),
    result,
    environment: { [environmentName]: JSON.stringify(run), HOTENV_RESULT: result },
  };
}
