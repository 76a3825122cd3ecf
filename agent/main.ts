#!/usr/bin/env node
/** The command line `hotenv`. */
import { basename } from "node:path";
import { compileCacheName } from "../client/location.ts";
import manifest from "../package.json" with { type: "json" };
import { run } from "./cli/run.ts";
import { processTerminal } from "./cli/terminal.ts";

// VS Code's own Node was told by this to be one; what the agent starts is none of its business.
delete process.env.ELECTRON_RUN_AS_NODE;
if (basename(process.env.NODE_COMPILE_CACHE ?? "") === compileCacheName)
  delete process.env.NODE_COMPILE_CACHE;
// No top-level await: the bundle is CommonJS, so that VS Code's own Node starts it fastest.
void run(process.argv.slice(2), processTerminal(), manifest.version).then((exitCode) => {
  process.exitCode = exitCode;
});
