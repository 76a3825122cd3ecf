/** What the extension host calls: runs the bundled specs with mocha, inside that process. */
import { format } from "node:util";
import Mocha from "mocha";
import Reporter from "../support/reporter.ts";
import { environmentName, hostRunSchema, reportMark } from "./host-run.ts";

export async function run(): Promise<void> {
  const { specs, grep } = hostRunSchema.parse(JSON.parse(process.env[environmentName] ?? "null"));
  // A workbench prints a console call's arguments side by side, and much else besides ours.
  Mocha.reporters.Base.consoleLog = (...words: unknown[]) => console.log(reportMark + format(...words));
  const mocha = new Mocha({
    color: false,
    timeout: 90_000,
    reporter: Reporter,
    forbidOnly: true,
    ...(grep === undefined ? {} : { grep }),
  });
  for (const spec of specs) mocha.addFile(spec);
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}
