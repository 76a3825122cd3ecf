/**
 * The tests that run inside a real extension host: `node test/host/run.ts [--grep TEXT]`. The host is that of a
 * workbench in Chromium (test/electron runs the same tests in a desktop VS Code). Mocha's JSON goes to the file
 * that HOTENV_RESULT names.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { runInHost } from "../workbench/in-host.ts";
import { root } from "../workbench/places.ts";
import { createSandbox } from "../workbench/sandbox.ts";
import { reportMark } from "./host-run.ts";
import { prepareHostSuite } from "./prepare.ts";

const timeoutMs = 600_000;
const shownLines = 40;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { grep: { type: "string" } } });
  await using sandbox = await createSandbox();
  const suite = await prepareHostSuite(sandbox, values.grep);
  /** What the workbench itself says: of interest only where it keeps the tests from running. */
  const others: string[] = [];
  const passed = await runInHost({
    sandbox,
    folder: suite.folder,
    extension: root,
    entry: suite.entry,
    environment: suite.environment,
    timeoutMs,
    onLine: (line) => {
      if (line.startsWith(reportMark)) process.stdout.write(`${line.slice(reportMark.length)}\n`);
      else others.push(line);
    },
  });
  if (!existsSync(suite.result)) process.stdout.write(`${others.slice(-shownLines).join("\n")}\n`);
  return passed ? 0 : 1;
}

process.exitCode = await main();
