/** The state with its sentence, and the problems behind it. */
import type { Status } from "../../../core/protocol/words.ts";
import { renderProblem } from "./problems.ts";
import { visible } from "./text.ts";
import type { View } from "./view.ts";
import { paint, stateFormat } from "./view.ts";

/** "invalid  .env:3:9: …" */
export function stateText({ state, detail }: Pick<Status, "state" | "detail">, view: View): string {
  const word = paint(state, stateFormat[state], view);
  return detail === "" ? word : `${word}  ${visible(detail)}`;
}

/** One line each, but for those that the state's sentence names already. */
export function problemLines(
  { detail, problems }: Pick<Status, "detail" | "problems">,
  view: View,
): string[] {
  return problems
    .filter(({ file, line, column, message }) => !detail.includes(`${file}:${line}:${column}: ${message}`))
    .map((problem) => `  ${renderProblem(problem, view)}`);
}
