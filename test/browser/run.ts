/**
 * The tests with the packaged extension in a real workbench: `node test/browser/run.ts [--grep TEXT]`. They need a
 * Docker engine. Mocha's JSON goes to the file that HOTENV_RESULT names, pictures to test/.artifacts.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import Mocha from "mocha";
import Reporter from "../support/reporter.ts";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { grep: { type: "string" } } });
  const mocha = new Mocha({
    reporter: Reporter,
    forbidOnly: true,
    timeout: 300_000,
    ...(values.grep === undefined ? {} : { grep: values.grep }),
  });
  for (const name of (await readdir(import.meta.dirname)).sort())
    if (name.endsWith(".test.ts")) mocha.addFile(join(import.meta.dirname, name));
  await mocha.loadFilesAsync();
  return new Promise((resolve) => {
    mocha.run((failures) => resolve(failures));
  });
}

process.exitCode = (await main()) === 0 ? 0 : 1;
