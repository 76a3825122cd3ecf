#!/usr/bin/env node
/** The command line `hotenv`. */
import manifest from "../package.json" with { type: "json" };
import { run } from "./cli/run.ts";
import { processTerminal } from "./cli/terminal.ts";

// VS Code's own Node was told by this to be one; what the agent starts is none of its business.
delete process.env.ELECTRON_RUN_AS_NODE;
// No top-level await: the bundle is CommonJS, so that VS Code's own Node starts it fastest.
void run(process.argv.slice(2), processTerminal(), manifest.version).then((exitCode) => {
  process.exitCode = exitCode;
});
