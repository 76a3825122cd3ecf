/** Problems in files, for people and for other programs. Needs no agent, no Docker, and, with files, no project. */
import { existsSync } from "node:fs";
import { formatProblems, type ReportFormat } from "../../../core/language/report.ts";
import type { Problem } from "../../../core/protocol/words.ts";
import { openFile, problemsIn, projectFiles } from "../checked-file.ts";
import type { Context } from "../context.ts";
import { problemsExitCode } from "../exit-code.ts";
import { findProject } from "../find-project.ts";
import { plural, visible } from "../render/text.ts";

export interface CheckCommandOptions {
  readonly format?: ReportFormat;
  /** Whether schema modules of the project are run; default: yes. */
  readonly run?: boolean;
  readonly network?: boolean;
}

/** @param named default: whatever the project reads that has rules */
export async function check(
  context: Context,
  named: readonly string[],
  options: CheckCommandOptions,
): Promise<number> {
  const { format = context.options.json ? "json" : "text", run = true, network = false } = options;
  const { terminal, version } = context;
  const files =
    named.length > 0 ? named : await filesOfProject(findProject(terminal.cwd, context.options.project));
  const problems: Problem[] = [];
  for (const name of files)
    problems.push(...(await problemsIn(await openFile(terminal.cwd, name), { run, network })));
  if (format === "text" && problems.length === 0)
    terminal.out(`No problems in ${plural(files.length, "file")}.\n`);
  else {
    const shown = format === "text" ? problems.map(harmless) : problems;
    const text = formatProblems(shown, format, { version, color: terminal.view().color });
    if (text !== "") terminal.out(`${text}\n`);
  }
  return problemsExitCode(problems);
}

async function filesOfProject(directory: string): Promise<string[]> {
  const { env, others } = await projectFiles(directory);
  return [...env, ...others].filter((path) => existsSync(path));
}

/** Names and values of the file are part of the sentences. */
function harmless(problem: Problem): Problem {
  return { ...problem, file: visible(problem.file), message: visible(problem.message) };
}
