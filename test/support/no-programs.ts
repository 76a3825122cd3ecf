/**
 * Mocha's root hooks of the unit suite, whose tests start no program: what does is in a file named `*.system.test.ts`.
 * To start one fails; and so does the suite, even where the code under test takes no notice.
 */
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import type { Context } from "mocha";

const rule =
  "what starts programs is in a file named *.system.test.ts, which `npm run test:system -- FILE` runs";
const tried = new Set<string>();
let running = "a file, while it is loaded,";

function refuse(program: unknown): never {
  tried.add(`${running} starts ${program}`);
  throw new Error(`${running} starts ${program}: ${rule}.`);
}

// Where Mocha runs several files at once, its own process starts those that run them.
const startsWorkers = process.argv.includes("--parallel") && process.send === undefined;
if (!startsWorkers) {
  Object.assign(childProcess, {
    exec: refuse,
    execFile: refuse,
    execFileSync: refuse,
    execSync: refuse,
    fork: refuse,
    spawn: refuse,
    spawnSync: refuse,
  });
  syncBuiltinESMExports();
}

export const mochaHooks = {
  beforeEach(this: Context): void {
    running = this.currentTest?.fullTitle() ?? "";
  },
  afterEach(): void {
    running = "a hook";
  },
  // Once: where a hook after each test fails, Mocha gives up all that would follow.
  afterAll(): void {
    if (tried.size > 0) throw new Error(`${[...tried].join("\n")}\n${rule}.`);
  },
};
