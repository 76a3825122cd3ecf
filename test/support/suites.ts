/** The suites of the test command: what each runs, what it needs of the machine, how long it may take. */

/** Arguments of test/provision.sh. */
export type Part = "compose" | "docker" | "docker28" | "compose5" | "servers" | "browser" | "code-server" | "prometheus";

export interface Suite {
  readonly name: string;
  readonly parts: readonly Part[];
  /** It runs the programs in dist/. */
  readonly needsBuild: boolean;
  /** One command whose mocha JSON is read, or several of which each counts as one test. */
  readonly run:
    | { readonly kind: "mocha"; readonly args: readonly string[] }
    | { readonly kind: "checks"; readonly checks: Readonly<Record<string, readonly string[]>> };
  /** For one that hangs: several times of what it takes on a busy machine. */
  readonly limitSeconds: number;
  /** `waiting` and `working` suites run side by side, one of each; `alone` ones afterwards, one by one. */
  readonly lane: "waiting" | "working" | "alone";
}

const mocha = (...args: string[]): Suite["run"] => ({
  kind: "mocha",
  args: [
    "node_modules/mocha/bin/mocha.js",
    "--reporter",
    "test/support/reporter.ts",
    "--forbid-only",
    ...args,
  ],
});
const script = (file: string): Suite["run"] => ({ kind: "mocha", args: [file] });

export const rooms = ["core", "client", "agent", "extension", "webview-ui", "scripts"];

export const suites: readonly Suite[] = [
  {
    name: "lint",
    lane: "working",
    parts: [],
    needsBuild: false,
    run: {
      kind: "checks",
      checks: {
        biome: ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"],
        arrows: ["scripts/arrows.ts"],
        knip: ["node_modules/knip/bin/knip.js"],
        types: ["node_modules/typescript/bin/tsc", "--project", "."],
      },
    },
    limitSeconds: 360,
  },
  {
    name: "unit",
    lane: "working",
    // Compose's command line is the oracle of many a unit test. It needs no engine for that; what does need one is
    // in the docker suite.
    parts: ["compose"],
    needsBuild: false,
    run: mocha(...rooms.map((room) => `${room}/**/*.test.ts`), "test/lsp/**/*.test.ts"),
    limitSeconds: 1_800,
  },
  {
    name: "docker",
    lane: "waiting",
    parts: ["docker", "servers"],
    needsBuild: true,
    // Two files at a time: each waits for containers most of the time, and each has projects of its own.
    run: mocha(
      "--parallel",
      "--jobs",
      "2",
      ...["docker", "cli", "impact", "bench", "wire"].map((folder) => `test/${folder}/**/*.test.ts`),
    ),
    limitSeconds: 2_700,
  },
  {
    name: "page",
    lane: "working",
    parts: ["browser"],
    needsBuild: true,
    run: mocha("test/page/**/*.test.ts"),
    limitSeconds: 900,
  },
  {
    name: "http",
    lane: "working",
    parts: ["docker", "browser", "prometheus"],
    needsBuild: true,
    run: mocha("test/http/**/*.test.ts"),
    limitSeconds: 900,
  },
  {
    name: "host",
    lane: "working",
    parts: ["browser", "code-server"],
    needsBuild: true,
    run: script("test/host/run.ts"),
    limitSeconds: 900,
  },
  {
    name: "browser",
    lane: "alone",
    parts: ["docker", "browser", "code-server"],
    needsBuild: true,
    run: script("test/browser/run.ts"),
    limitSeconds: 1_800,
  },
  // Not part of `npm test`:
  {
    name: "electron",
    lane: "alone",
    parts: [],
    needsBuild: true,
    run: script("test/electron/run.ts"),
    limitSeconds: 1_800,
  },
  {
    name: "long",
    lane: "alone",
    parts: ["docker"],
    needsBuild: true,
    // The same tests with more seeds, more kills, every journal point: see test/run.ts.
    run: mocha(
      "--timeout",
      "0",
      "test/docker/{crash,equivalence}.test.ts",
      "test/impact/**/*.test.ts",
      "core/dotenv/oracle.test.ts",
      "agent/history/{processes,rekey,damage}.test.ts",
      "agent/server/attack.test.ts",
      "agent/server/http/attack.test.ts",
      "test/wire/**/*.test.ts",
    ),
    limitSeconds: 3600,
  },
];

export const defaultSuites = ["lint", "unit", "docker", "page", "http", "host", "browser"];
