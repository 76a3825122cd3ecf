/** All diagnostics of a .env document: what its reader refuses, and what a person would want to know. */
import type { Diagnostic } from "vscode-languageserver-types";
import { type DotenvDocument, placed } from "../dotenv/document.ts";
import { type Evaluation, evaluate } from "../dotenv/evaluate.ts";
import { LineIndex } from "../dotenv/text.ts";
import { isSensitive, type Schema } from "../schema/schema.ts";
import type { LanguageContext } from "./context.ts";
import { duplicateFindings } from "./duplicates.ts";
import { exampleFindings } from "./example.ts";
import { type Finding, toDiagnostic } from "./finding.ts";
import { portFindings } from "./ports.ts";
import { referenceFindings } from "./references.ts";
import { schemaFileFindings, schemaFindings } from "./schema-findings.ts";
import { spaceFindings } from "./spaces.ts";
import { styleFindings } from "./style.ts";
import { withoutSuppressed } from "./suppress.ts";
import { unusedFindings } from "./unused.ts";
import { valueFindings } from "./values.ts";

/** The problems of the pieces. An entry's own come through the evaluation, skipped text has no other way. */
function syntaxFindings(document: DotenvDocument): Finding[] {
  const findings: Finding[] = [];
  const { pieces, starts } = document;
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    if (piece?.kind !== "entry" && piece?.kind !== "skipped") continue;
    for (const { code, range, message, refused } of piece.problems)
      findings.push({
        code,
        range: placed({ start: starts[index] ?? 0 }, range),
        message,
        ...(refused ? { refused } : {}),
      });
  }
  return findings;
}

export function findingsIn(
  document: DotenvDocument,
  context: LanguageContext,
  evaluation: Evaluation = evaluate(document, context.lookup ?? (() => undefined)),
): readonly Finding[] {
  const isSecret = (key: string): boolean => isSensitive(key, context.schema?.schema);
  const findings = [
    ...syntaxFindings(document),
    ...referenceFindings(evaluation, isSecret),
    ...duplicateFindings(document, evaluation),
    ...valueFindings(document, isSecret),
    ...spaceFindings(document),
    ...styleFindings(document, context),
    ...(context.schema === undefined
      ? []
      : schemaFindings(document, evaluation, context.schema.schema, context.lookup)),
    ...(context.example === undefined || context.schema !== undefined
      ? []
      : exampleFindings(document, context.example)),
    ...(context.uses === undefined ? [] : unusedFindings(document, evaluation, context.uses)),
    ...portsOf(evaluation, context),
  ];
  return withoutSuppressed(findings, document);
}

function portsOf({ variables }: Evaluation, { ports, lookup }: LanguageContext): readonly Finding[] {
  if (ports === undefined) return [];
  const problems = ports((name) => lookup?.(name) ?? variables.get(name)?.value);
  return portFindings(problems, (name) => variables.get(name)?.entry);
}

/** In the order of the file. */
export function diagnose(document: DotenvDocument, context: LanguageContext): Diagnostic[] {
  return inOrder(findingsIn(document, context)).flatMap(
    (finding) => toDiagnostic(finding, document.lines, context) ?? [],
  );
}

/** Diagnostics of a schema file itself. */
export function diagnoseSchema(schema: Schema, context: LanguageContext): Diagnostic[] {
  const lines = new LineIndex(schema.file.text);
  return inOrder(schemaFileFindings(schema)).flatMap(
    (finding) => toDiagnostic(finding, lines, context) ?? [],
  );
}

export function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}
