/** References that find nothing, or that find it too late. */
import { placed } from "../dotenv/document.ts";
import type { Evaluation, EvaluationProblem } from "../dotenv/evaluate.ts";
import type { ReferencePart } from "../interpolate/template.ts";
import type { Finding } from "./finding.ts";

/** What the author of `${NAME:?message}` says, unless it is filled with values: they may be secrets. */
export function saying({ argument }: ReferencePart): string {
  if (argument === null || argument.length === 0) return "";
  const texts = argument.flatMap((part) => (part.kind === "text" ? [part.text] : []));
  return texts.length < argument.length ? "" : `, saying "${texts.join("")}"`;
}

/** @param isSecret a password with a `$` in it seems to refer to a part of itself, which no message may show */
export function referenceFindings({ problems }: Evaluation, isSecret: (key: string) => boolean): Finding[] {
  return problems.flatMap((problem) =>
    problem.kind === "syntax" ? [] : [referenceFinding(problem, isSecret(problem.entry.entry.key.name))],
  );
}

export type ReferenceProblem = Exclude<EvaluationProblem, { kind: "syntax" }>;

export function referenceFinding(problem: ReferenceProblem, secret: boolean): Finding {
  const { range, reference } = problem;
  const name = secret ? "What this refers to" : `\`${reference.name}\``;
  if (problem.kind === "required")
    return {
      code: "required-reference",
      range,
      refused: true,
      message: `${name} is required here and not set: Compose refuses the file${secret ? "" : saying(reference)}.`,
    };
  if (problem.later !== undefined)
    return {
      code: "forward-reference",
      range,
      message: `${name} is set only further down: Compose reads it as blank here. Move its line above this one.`,
      related: [{ range: placed(problem.later, problem.later.entry.key.range), message: "It is set here." }],
    };
  if (problem.self)
    return {
      code: "self-reference",
      range,
      message: `${name} has no earlier value that it could refer to: Compose reads it as blank here.`,
    };
  const meant = secret
    ? ""
    : `Write \`\${${reference.name}:-}\` if that is meant, \`$$\` for a literal \`$\`.`;
  return {
    code: "undefined-reference",
    range,
    message: `${name} is set neither above nor in the environment: Compose reads it as blank. ${
      meant || "Single-quote the value if its `$` is meant literally."
    }`,
  };
}
