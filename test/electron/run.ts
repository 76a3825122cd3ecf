/**
 * The tests of test/host in a desktop VS Code: `node test/electron/run.ts [--grep TEXT]`. HOTENV_VSCODE names its
 * executable; without it the newest stable version is downloaded, or the one that HOTENV_VSCODE_VERSION names.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { downloadAndUnzipVSCode, runTests, SilentReporter, TestRunFailedError } from "@vscode/test-electron";
import { prepareHostSuite } from "../host/prepare.ts";
import { root } from "../workbench/places.ts";
import { createSandbox } from "../workbench/sandbox.ts";
import { writeSettings } from "../workbench/settings.ts";

async function executable(): Promise<string> {
  const named = process.env.HOTENV_VSCODE;
  if (named !== undefined && named !== "") return named;
  return downloadAndUnzipVSCode({
    version: process.env.HOTENV_VSCODE_VERSION ?? "stable",
    cachePath: join(root, "test/.artifacts/vscode"),
    reporter: new SilentReporter(),
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { grep: { type: "string" } } });
  let vscode: string;
  try {
    vscode = await executable();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(
      `The electron suite cannot run: VS Code could not be downloaded (${why}), and HOTENV_VSCODE names none.`,
    );
    return 1;
  }
  await using sandbox = await createSandbox();
  const suite = await prepareHostSuite(sandbox, values.grep);
  await writeSettings(sandbox.userData, {});
  try {
    return await runTests({
      vscodeExecutablePath: vscode,
      extensionDevelopmentPath: root,
      extensionTestsPath: suite.entry,
      extensionTestsEnv: { ...sandbox.environment, ...suite.environment },
      launchArgs: [
        suite.folder,
        `--user-data-dir=${sandbox.userData}`,
        `--extensions-dir=${sandbox.extensions}`,
        "--disable-workspace-trust",
        "--disable-gpu",
        // Chromium's sandbox refuses to run as root, which is what containers of CI are.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    });
  } catch (error) {
    if (error instanceof TestRunFailedError) return error.code ?? 1;
    throw error;
  }
}

process.exitCode = await main();
