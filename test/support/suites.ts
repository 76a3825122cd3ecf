/** The suites of the test command: what each runs, what it needs of the machine, how long it may take. */
import { type EngineName, engineNames } from "./engines.ts";

/** Arguments of test/provision.sh. */
export type Part =
  | "compose"
  | "docker"
  | "docker28"
  | "compose5"
  | "servers"
  | "ssh"
  | "browser"
  | "code-server"
  | "prometheus";

export type Run =
  /** `files` are patterns; those of the command line take their place. */
  | {
      readonly kind: "mocha";
      /** How many files at a time, each in a process of Mocha's. */
      readonly atOnce: number;
      readonly options: readonly string[];
      readonly files: readonly string[];
    }
  /** Runs Mocha itself, and takes `--grep`. */
  | { readonly kind: "script"; readonly script: string }
  /** Each counts as one test. */
  | { readonly kind: "checks"; readonly checks: Readonly<Record<string, readonly string[]>> };

export interface Suite {
  /** Several may share a name, and then run one after another. */
  readonly name: string;
  readonly parts: readonly Part[];
  /** It runs once on each, and needs its part. HOTENV_ENGINE names others. */
  readonly engines?: readonly EngineName[];
  /** It runs the programs in dist/. */
  readonly needsBuild: boolean;
  readonly run: Run;
  readonly environment?: Readonly<Record<string, string>>;
  /** For one that hangs: several times of what it takes on a busy machine. */
  readonly limitSeconds: number;
  /** One suite of each lane at a time; each engine is a lane of its own. `alone` ones run afterwards, one by one. */
  readonly lane: "engine" | "system" | "working" | "alone";
}

const mocha = (atOnce: number, files: readonly string[], ...options: readonly string[]): Run => ({
  kind: "mocha",
  atOnce,
  options: ["--reporter", "test/support/reporter.ts", "--forbid-only", ...options],
  files,
});

export const rooms = ["core", "client", "agent", "extension", "webview-ui", "scripts"];
const inRooms = (pattern: string): readonly string[] => rooms.map((room) => `${room}/**/${pattern}`);
const inTest = (...folders: readonly string[]): readonly string[] =>
  folders.map((folder) => `test/${folder}/**/*.test.ts`);

/** The same tests with more seeds, more kills, every journal point; without a limit of time. */
const long = { HOTENV_LONG: "1", HOTENV_RUNS: process.env.HOTENV_RUNS ?? "500" };

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
    parts: [],
    needsBuild: false,
    run: mocha(2, inRooms("!(*.system).test.ts"), "--require", "test/support/no-programs.ts"),
    environment: { HOTENV_REPORT: "dot" },
    limitSeconds: 900,
  },
  {
    name: "system",
    lane: "system",
    // Compose's command line is the oracle of many. It needs no engine for that; what does need one is in the
    // docker suite.
    parts: ["compose"],
    needsBuild: false,
    run: mocha(2, [...inRooms("*.system.test.ts"), ...inTest("cli", "lsp", "wire", "impact", "bench")]),
    limitSeconds: 1_800,
  },
  {
    name: "docker",
    lane: "engine",
    parts: ["servers", "ssh"],
    engines: ["machine", "docker28"],
    needsBuild: true,
    run: mocha(2, inTest("docker")),
    limitSeconds: 2_700,
  },
  {
    name: "page",
    lane: "working",
    parts: ["browser"],
    needsBuild: true,
    run: mocha(1, inTest("page")),
    limitSeconds: 900,
  },
  {
    name: "http",
    lane: "working",
    parts: ["docker", "browser", "prometheus"],
    needsBuild: true,
    run: mocha(1, inTest("http")),
    limitSeconds: 1_800,
  },
  {
    name: "host",
    lane: "working",
    parts: ["browser", "code-server"],
    needsBuild: true,
    run: { kind: "script", script: "test/host/run.ts" },
    limitSeconds: 900,
  },
  {
    name: "browser",
    lane: "alone",
    parts: ["docker", "browser", "code-server"],
    needsBuild: true,
    run: { kind: "script", script: "test/browser/run.ts" },
    limitSeconds: 1_800,
  },
  // Not part of `npm test`:
  {
    name: "electron",
    lane: "alone",
    parts: [],
    needsBuild: true,
    run: { kind: "script", script: "test/electron/run.ts" },
    limitSeconds: 1_800,
  },
  {
    name: "long",
    lane: "alone",
    parts: ["compose"],
    needsBuild: true,
    run: mocha(
      1,
      [
        ...inTest("impact", "wire"),
        "core/dotenv/oracle.system.test.ts",
        "agent/history/{processes,rekey}.system.test.ts",
        "agent/history/damage.test.ts",
        "agent/server/attack.test.ts",
        "agent/server/http/attack.system.test.ts",
      ],
      "--timeout",
      "0",
    ),
    environment: long,
    limitSeconds: 3_600,
  },
  {
    name: "long",
    lane: "alone",
    parts: [],
    engines: engineNames,
    needsBuild: true,
    run: mocha(1, ["test/docker/{crash,equivalence,going-back}.test.ts"], "--timeout", "0"),
    environment: long,
    limitSeconds: 3_600,
  },
];

export const defaultSuites = ["lint", "unit", "system", "docker", "page", "http", "host", "browser"];
