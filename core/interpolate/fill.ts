/** Fills a template with values, as Compose does, and tells what a person should know about it. */
import type { BrokenPart, ReferencePart, Template } from "./template.ts";

/** The value of a variable; undefined where it is unset. */
export type Lookup = (name: string) => string | undefined;

/** Looks into a record of variables, such as `process.env`, and not into what every object inherits. */
export function lookupIn(variables: Readonly<Record<string, string | undefined>>): Lookup {
  return (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
}

type PartLookup = (name: string, part: ReferencePart) => string | undefined;

export type TemplateIssue =
  /** A plain reference to something unset: Compose warns and goes on with nothing. */
  | { readonly kind: "blank"; readonly part: ReferencePart }
  /** `${NAME:?…}` or `${NAME?…}` unmet: Compose refuses. `message` is what stands behind the operator, filled. */
  | { readonly kind: "required"; readonly part: ReferencePart; readonly message: string }
  /** Compose refuses. */
  | { readonly kind: "broken"; readonly part: BrokenPart };

/**
 * Goes on behind issues, with nothing in the place of what is missing. Arguments are filled, and their
 * issues reported, even where their result is not used: so does Compose.
 */
export function fillTemplate(
  template: Template,
  lookup: PartLookup,
  report: (issue: TemplateIssue) => void,
): string {
  let result = "";
  for (const part of template) {
    if (part.kind === "text") result += part.text;
    else if (part.kind === "escape") result += "$";
    else if (part.kind === "broken") report({ kind: "broken", part });
    else result += fillReference(part, lookup, report);
  }
  return result;
}

function fillReference(
  part: ReferencePart,
  lookup: PartLookup,
  report: (issue: TemplateIssue) => void,
): string {
  const value = lookup(part.name, part);
  if (part.operator === null) {
    if (value === undefined) report({ kind: "blank", part });
    return value ?? "";
  }
  const argument = fillTemplate(part.argument ?? [], lookup, report);
  const emptyCounts = part.operator.startsWith(":");
  const present = value !== undefined && !(emptyCounts && value === "");
  switch (part.operator) {
    case ":-":
    case "-":
      return present ? value : argument;
    case ":+":
    case "+":
      return present ? argument : (value ?? "");
    case ":?":
    case "?":
      if (!present) report({ kind: "required", part, message: argument });
      return value ?? "";
  }
}
