/** The arguments of the test command. */
import { existsSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Engine, engines, enginesNamed } from "./engines.ts";
import { type Choice, everything, type Job, jobOn, root } from "./job.ts";
import { defaultSuites, type Suite, suites } from "./suites.ts";

export interface Order {
  readonly jobs: readonly Job[];
  readonly choice: Choice;
}

/**
 * `[SUITE...]`, or `SUITE [FILE...] [--grep TEXT] [--bail]`.
 * @param args without node's own
 * @param engineNames HOTENV_ENGINE
 * @throws an error that says what is wrong with them
 */
export function readArguments(args: readonly string[], engineNames: string | undefined): Order {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { grep: { type: "string", short: "g" }, bail: { type: "boolean", short: "b" } },
  });
  const isSuite = (name: string): boolean => suites.some((suite) => suite.name === name);
  const names = positionals.filter(isSuite);
  const files = positionals.filter((name) => !isSuite(name));
  for (const file of files)
    if (!file.includes("*") && !existsSync(path.join(root, file)))
      throw new Error(
        `There is no suite and no file ${file}; the suites are ${[...new Set(suites.map(({ name }) => name))].join(", ")}.`,
      );
  const options = [
    ...(values.grep === undefined ? [] : ["--grep", values.grep]),
    ...(values.bail ? ["--bail"] : []),
  ];
  const isEverything = files.length + options.length === 0;
  const named = engineNames === undefined ? undefined : enginesNamed(engineNames);
  const chosen = (names.length > 0 ? names : defaultSuites).flatMap((name) =>
    suites.filter((suite) => suite.name === name),
  );
  if (!isEverything) refuseWhatCannotChoose(chosen, files, options);
  return {
    jobs: chosen.flatMap((suite) => jobsOf(suite, named)),
    choice: isEverything ? everything : { files, options },
  };
}

function jobsOf(suite: Suite, named: readonly Engine[] | undefined): readonly Job[] {
  if (suite.engines === undefined) return [jobOn(suite, undefined)];
  return (named ?? suite.engines.map((name) => engines[name])).map((engine) => jobOn(suite, engine));
}

function refuseWhatCannotChoose(
  chosen: readonly Suite[],
  files: readonly string[],
  options: readonly string[],
): void {
  const [suite, ...others] = chosen;
  if (suite === undefined || others.length > 0)
    throw new Error(
      `Of several suites everything runs: name one beside ${[...files, ...options].join(" ")}.`,
    );
  const { kind } = suite.run;
  if (kind === "checks" || (kind === "script" && (files.length > 0 || options.includes("--bail"))))
    throw new Error(
      `The ${suite.name} suite takes ${kind === "script" ? "--grep only" : "no further arguments"}.`,
    );
}
