/** A problem in a source, as compilers print them, so that terminals make it a link. */
import type { Problem } from "../../../core/protocol/words.ts";
import { visible } from "./text.ts";
import type { Format, View } from "./view.ts";
import { paint } from "./view.ts";

const format: { readonly [S in Problem["severity"]]: Format } = {
  error: "red",
  warning: "yellow",
  info: "cyan",
  hint: "dim",
};

/** ".env:3:1: error: … [code]" */
export function renderProblem(problem: Problem, view: View): string {
  const place = paint(`${visible(problem.file)}:${problem.line}:${problem.column}:`, "bold", view);
  const severity = paint(`${problem.severity}:`, format[problem.severity], view);
  return `${place} ${severity} ${visible(problem.message)} ${paint(`[${problem.code}]`, "dim", view)}`;
}
