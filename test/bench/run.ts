// `npm run bench [-- NAME…] [--smoke] [--against FILE]`: measures, prints the tables, and writes them to
// bench/results.json and docs/benchmarks.md; those of benchmarks that were not named stay, if they are this
// machine's. With --against the ratios are compared with those of an earlier run, and nothing but
// bench/rerun.json is written; a ratio that was called stable and differs is an error.
import { fork } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "../../scripts/build.ts";
import { sweepLeftovers } from "../support/docker.ts";
import { type Group, groups } from "./groups.ts";
import { drift, type Judged, judge } from "./judge.ts";
import { describeMachine } from "./machine.ts";
import type { Line, Scale } from "./measure.ts";
import { asMarkdown, describeDrift, forTerminal, type Results } from "./report.ts";

const root = path.join(import.meta.dirname, "../..");
const resultsFile = path.join(root, "bench/results.json");
const page = path.join(root, "docs/benchmarks.md");
const allowedDrift = 0.15;

function measure(group: Group, scale: Scale): Promise<readonly Judged[]> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(import.meta.dirname, "group-process.ts"), [group.name, scale], {
      cwd: root,
      execArgv: ["--expose-gc"],
      // Figures only: what a benchmark's parts print belongs to the error stream.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const limit = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${group.name} did not end within ${group.limitSeconds} s.`));
    }, group.limitSeconds * 1000);
    let lines: readonly Line[] | undefined;
    child.on("message", (message: { readonly lines: readonly Line[] }) => {
      lines = message.lines;
    });
    child.once("exit", (code) => {
      clearTimeout(limit);
      if (lines === undefined || code !== 0)
        reject(new Error(`${group.name} ended with exit code ${code}${lines ? "" : " and no lines"}.`));
      else resolve(lines.map((line) => ({ ...judge(line), from: group.name })));
    });
  });
}

/** Replaces what stands between the two marks. */
function writePage(results: Results): void {
  const [before, after] = ["<!-- figures -->", "<!-- /figures -->"];
  const text = readFileSync(page, "utf8");
  const [start, end] = [text.indexOf(before), text.indexOf(after)];
  if (start < 0 || end < start) throw new Error(`docs/benchmarks.md has lost its marks ${before} ${after}.`);
  writeFileSync(
    page,
    `${text.slice(0, start + before.length)}\n\n${asMarkdown(results)}\n\n${text.slice(end)}`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: "boolean", default: false }, against: { type: "string" } },
});
for (const name of positionals)
  if (!groups.some((group) => group.name === name))
    throw new Error(
      `There is no benchmark ${name}; there are ${groups.map((group) => group.name).join(", ")}.`,
    );
const wanted = groups.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const machine = describeMachine();
const lines: Judged[] = [];
const failures: string[] = [];

/** What this machine has measured before, of benchmarks that were not run now, in the order of the table. */
function withEarlier(results: Results): Results {
  const earlier = existsSync(resultsFile)
    ? (JSON.parse(readFileSync(resultsFile, "utf8")) as Results)
    : undefined;
  const kept =
    JSON.stringify(earlier?.machine) === JSON.stringify(machine)
      ? (earlier?.lines ?? []).filter((line) => !results.lines.some(({ from }) => from === line.from))
      : [];
  const all = groups.flatMap(({ name }) => [...kept, ...results.lines].filter(({ from }) => from === name));
  return { ...results, lines: all };
}

/** After every benchmark: a run that is cut off keeps what it has. */
function keep(): void {
  if (values.smoke) return;
  const results: Results = { machine, when: new Date().toISOString(), lines };
  const all = values.against === undefined ? withEarlier(results) : results;
  const file = values.against === undefined ? resultsFile : path.join(root, "bench/rerun.json");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
  if (values.against === undefined) writePage(all);
}

const earlierRun =
  values.against === undefined ? undefined : (JSON.parse(readFileSync(values.against, "utf8")) as Results);
await build({ production: true });
await sweepLeftovers();
for (const group of wanted) {
  const start = performance.now();
  try {
    lines.push(...(await measure(group, values.smoke ? "smoke" : "full")));
    keep();
    console.error(`${group.name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
    console.error(failures.at(-1));
  }
}
console.log(`\n${forTerminal(lines)}`);
if (earlierRun !== undefined) {
  const { text, broken } = describeDrift(drift(earlierRun.lines, lines), allowedDrift);
  console.log(`\n${text}`);
  if (broken) process.exitCode = 1;
}
if (failures.length > 0) process.exitCode = 1;
