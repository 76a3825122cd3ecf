/** Diagnostics of a Compose file: broken YAML, and `${…}` that Compose refuses or reads as blank. */

import type { Diagnostic } from "vscode-languageserver-types";
import { isScalar, parseAllDocuments, type Scalar, visit } from "yaml";
import { LineIndex, type Range } from "../dotenv/text.ts";
import { fillTemplate, type Lookup } from "../interpolate/fill.ts";
import { parseTemplate, type ReferencePart, type Template } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import { composePortFindings } from "./compose-ports.ts";
import type { LanguageContext } from "./context.ts";
import { inOrder } from "./diagnose.ts";
import { type Finding, toDiagnostic } from "./finding.ts";
import { saying } from "./references.ts";

export interface ComposeValue {
  /** With ranges in the file's text. */
  readonly template: Template;
  readonly range: Range;
}

/**
 * Where each unit of a scalar's value stands in its source. Escapes, folded lines and indentation make
 * the two differ; what cannot be matched counts as standing where the search ended.
 */
function offsetsOf(source: string, start: number, end: number, value: string): readonly number[] {
  const offsets: number[] = [];
  let at = start;
  for (const unit of value.split("")) {
    const found = source.indexOf(unit, at);
    // A line end that was folded to a space, or an escape: stay where we are.
    if (found === -1 || found >= end) offsets.push(Math.min(at, end));
    else {
      offsets.push(found);
      at = found + 1;
    }
  }
  offsets.push(Math.min(at, end));
  return offsets;
}

function templateOf(text: string, { value, range }: Scalar): ComposeValue | undefined {
  if (typeof value !== "string" || !value.includes("$") || range == null) return undefined;
  const [start, end] = range;
  const quoted = text[start] === '"' || text[start] === "'";
  const offsets = offsetsOf(text, quoted ? start + 1 : start, quoted ? end - 1 : end, value);
  return { template: parseTemplate(value, (offset) => offsets[offset] ?? end), range: { start, end } };
}

/** Every value that holds a `$`, and what is wrong with the YAML itself. */
export function readComposeFile(text: string): {
  values: readonly ComposeValue[];
  errors: readonly Finding[];
} {
  const values: ComposeValue[] = [];
  const errors: Finding[] = [];
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: "silent", merge: true });
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const { message, pos } of document.errors)
      errors.push({
        code: "compose-syntax",
        range: { start: pos[0], end: Math.max(pos[0], pos[1]) },
        message: t("Compose cannot read this YAML: {0}.", message.replace(/[.:]*$/, "")),
      });
    visit(document, {
      // Compose interpolates values, never keys.
      Scalar(key, node) {
        const value = key === "key" || !isScalar(node) ? undefined : templateOf(text, node);
        if (value !== undefined) values.push(value);
      },
    });
  }
  return { values, errors };
}

function requiredText(reference: ReferencePart): string {
  const said = saying(reference);
  return said === undefined
    ? t("`{0}` is required here and not set: Compose refuses the project.", reference.name)
    : t(
        '`{0}` is required here and not set: Compose refuses the project, saying "{1}".',
        reference.name,
        said,
      );
}

export function composeFindings(text: string, lookup: Lookup): readonly Finding[] {
  const { values, errors } = readComposeFile(text);
  const findings = [...errors];
  for (const { template } of values)
    fillTemplate(template, lookup, (issue) => {
      const { range } = issue.part;
      if (issue.kind === "broken")
        findings.push({
          code: "invalid-reference",
          range,
          refused: true,
          message: t(
            "Compose cannot read this reference, and refuses the file. Write `$$` for a literal `$`.",
          ),
        });
      else if (issue.kind === "required")
        findings.push({
          code: "required-reference",
          range,
          refused: true,
          message: requiredText(issue.part),
        });
      else
        findings.push({
          code: "undefined-reference",
          range,
          message: t(
            "`{0}` is not set: Compose reads it as blank. Set it in `.env`, or write `${{0}:-}` if blank is meant.",
            issue.part.name,
          ),
        });
    });
  findings.push(...composePortFindings(text, lookup));
  return inOrder(findings);
}

/** @param context its lookup gives the project's variables: the shell's, then those of `.env` */
export function diagnoseCompose(text: string, context: LanguageContext): Diagnostic[] {
  const lines = new LineIndex(text);
  return composeFindings(text, context.lookup ?? (() => undefined)).flatMap(
    (finding) => toDiagnostic(finding, lines, context) ?? [],
  );
}
