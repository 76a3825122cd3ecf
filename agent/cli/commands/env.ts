/** The variables of a file as Compose, npm dotenv or `docker run --env-file` reads them. */
import { basename, join } from "node:path";
import { parseDotenv } from "../../../core/dotenv/document.ts";
import { evaluate, isRefusedAsProjectFile } from "../../../core/dotenv/evaluate.ts";
import type { Dialect } from "../../../core/dotenv/pieces.ts";
import { exitCodes } from "../../../core/protocol/errors.ts";
import { dialectOf, lookupFor, openFile, problemsIn } from "../checked-file.ts";
import { answer, type Context } from "../context.ts";
import { findProject } from "../find-project.ts";
import { renderProblem } from "../render/problems.ts";
import { renderVariables } from "../render/variables.ts";

/** @param named default: the project's `.env` @param asked default: as the project's services read the file */
export async function env(
  context: Context,
  named: string | undefined,
  asked: Dialect | undefined,
): Promise<number> {
  const { terminal, options } = context;
  const file = await openFile(
    terminal.cwd,
    named ?? join(findProject(terminal.cwd, options.project), ".env"),
  );
  const dialect = asked ?? dialectOf(file);
  const lookup = lookupFor(file);
  const evaluation = evaluate(parseDotenv(file.text, { dialect }), lookup);
  const { variables } = evaluation;
  const isProjectFile = dialect === "compose" && basename(file.path) === ".env";
  const refused = isProjectFile ? isRefusedAsProjectFile(evaluation, lookup) : evaluation.refused;
  const report = {
    // A reader that refuses a file takes nothing from it.
    variables: Object.fromEntries(refused ? [] : [...variables].map(([key, { value }]) => [key, value])),
    problems: await problemsIn(file, { dialect }),
  };
  answer(context, "env", report, () => renderVariables(report.variables));
  if (!options.json)
    for (const problem of report.problems) terminal.err(`${renderProblem(problem, terminal.errView())}\n`);
  return refused ? exitCodes.problems : exitCodes.done;
}
