/** A workbench with the packaged extension, in the sandbox of one test. */
import type { Context } from "mocha";
import { screenshot } from "../workbench/pictures.ts";
import type { Sandbox } from "../workbench/sandbox.ts";
import { installVsix } from "../workbench/server.ts";
import { packageExtension } from "../workbench/vsix.ts";
import { openWorkbench, type Workbench, type WorkbenchOptions } from "../workbench/workbench.ts";

export async function openInstalled(
  sandbox: Sandbox,
  options: Omit<WorkbenchOptions, "sandbox">,
): Promise<Workbench> {
  await installVsix(sandbox, await packageExtension());
  return openWorkbench({ ...options, sandbox });
}

/** For `beforeEach` of tests that go on where the one before them has ended: after a failure the rest is skipped. */
export function onlyAfterSuccess(context: Context): void {
  const failed = context.currentTest?.parent?.tests.some(({ state }) => state === "failed");
  if (failed === true) context.skip();
}

/** For `afterEach`: what the workbench showed when a test had failed, as `failed-TITLE.png`. */
export async function pictureFailure(context: Context, workbench: Workbench | undefined): Promise<void> {
  const test = context.currentTest;
  if (workbench === undefined || test?.state !== "failed") return;
  await screenshot(workbench.page, `failed-${test.title.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}`);
}
