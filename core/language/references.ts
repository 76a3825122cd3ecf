/** References that find nothing, or that find it too late. */
import { placed } from "../dotenv/document.ts";
import type { Evaluation, EvaluationProblem } from "../dotenv/evaluate.ts";
import type { ReferencePart } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";

/** What the author of `${NAME:?message}` says, unless it is filled with values: they may be secrets. */
export function saying({ argument }: ReferencePart): string | undefined {
  if (argument === null || argument.length === 0) return undefined;
  const texts = argument.flatMap((part) => (part.kind === "text" ? [part.text] : []));
  return texts.length < argument.length ? undefined : texts.join("");
}

/** @param isSecret a password with a `$` in it seems to refer to a part of itself, which no message may show */
export function referenceFindings({ problems }: Evaluation, isSecret: (key: string) => boolean): Finding[] {
  return problems.flatMap((problem) =>
    problem.kind === "syntax" ? [] : [referenceFinding(problem, isSecret(problem.entry.entry.key.name))],
  );
}

function requiredText(reference: ReferencePart): string {
  const said = saying(reference);
  return said === undefined
    ? t("`{0}` is required here and not set: Compose refuses the file.", reference.name)
    : t('`{0}` is required here and not set: Compose refuses the file, saying "{1}".', reference.name, said);
}

export type ReferenceProblem = Exclude<EvaluationProblem, { kind: "syntax" }>;

export function referenceFinding(problem: ReferenceProblem, secret: boolean): Finding {
  const { range, reference } = problem;
  const { name } = reference;
  if (problem.kind === "required")
    return {
      code: "required-reference",
      range,
      refused: true,
      message: secret
        ? t("What this refers to is required here and not set: Compose refuses the file.")
        : requiredText(reference),
    };
  if (problem.later !== undefined)
    return {
      code: "forward-reference",
      range,
      message: secret
        ? t(
            "What this refers to is set only further down: Compose reads it as blank here. Move its line above this one.",
          )
        : t(
            "`{0}` is set only further down: Compose reads it as blank here. Move its line above this one.",
            name,
          ),
      related: [
        { range: placed(problem.later, problem.later.entry.key.range), message: t("It is set here.") },
      ],
    };
  if (problem.self)
    return {
      code: "self-reference",
      range,
      message: secret
        ? t(
            "What this refers to has no earlier value that it could refer to: Compose reads it as blank here.",
          )
        : t("`{0}` has no earlier value that it could refer to: Compose reads it as blank here.", name),
    };
  return {
    code: "undefined-reference",
    range,
    message: secret
      ? t(
          "What this refers to is set neither above nor in the environment: Compose reads it as blank. Single-quote the value if its `$` is meant literally.",
        )
      : t(
          "`{0}` is set neither above nor in the environment: Compose reads it as blank. Write `${{0}:-}` if that is meant, `$$` for a literal `$`.",
          name,
        ),
  };
}
