/** Fixes as code actions. */

import type { CodeAction, Range as LspRange, TextEdit } from "vscode-languageserver-types";
import type { DotenvDocument } from "../dotenv/document.ts";
import type { TextChange } from "../dotenv/edits.ts";
import { t } from "../l10n.ts";
import type { LanguageContext } from "./context.ts";
import { findingsIn } from "./diagnose.ts";
import { toDiagnostic, toLspRange } from "./finding.ts";
import { type Fix, fixesFor, safeFixes } from "./fixes.ts";
import { fixAllKind } from "./triggers.ts";

export function toTextEdits(document: DotenvDocument, changes: readonly TextChange[]): TextEdit[] {
  return changes.map(({ range, text }) => ({ range: toLspRange(document.lines, range), newText: text }));
}

function toAction(document: DotenvDocument, context: LanguageContext, fix: Fix): CodeAction {
  const diagnostic = toDiagnostic(fix.finding, document.lines, context);
  return {
    title: fix.title,
    kind: "quickfix",
    ...(diagnostic === undefined ? {} : { diagnostics: [diagnostic] }),
    ...(fix.preferred ? { isPreferred: true } : {}),
    edit: { changes: { [context.uri]: toTextEdits(document, fix.changes) } },
  };
}

/** Quick fixes for what touches the range. */
export function codeActions(
  document: DotenvDocument,
  range: LspRange,
  context: LanguageContext,
): CodeAction[] {
  const start = document.lines.offsetAt(range.start);
  const end = document.lines.offsetAt(range.end);
  const findings = findingsIn(document, context);
  const actions = findings
    .filter((finding) => finding.range.start <= end && finding.range.end >= start)
    .flatMap((finding) => fixesFor(document, finding, context))
    .map((fix) => toAction(document, context, fix));

  const missing = findings.filter(({ key }) => key !== undefined);
  if (
    missing.length > 1 &&
    missing.some((finding) => finding.range.start <= end && finding.range.end >= start)
  ) {
    const changes = missing.flatMap((finding) =>
      fixesFor(document, finding, context).flatMap((fix) => fix.changes),
    );
    // Each would end an unfinished last line; once is enough.
    const merged = changes.map(({ range: at, text }, index) => ({
      range: at,
      text: index === 0 ? text : text.replace(/^\r?\n/, ""),
    }));
    const [first] = merged;
    if (first !== undefined)
      actions.push({
        title:
          context.schema === undefined
            ? t("Add {0} missing keys from the example", missing.length)
            : t("Add {0} missing keys from the schema", missing.length),
        kind: "quickfix",
        edit: {
          changes: {
            [context.uri]: toTextEdits(document, [
              { range: first.range, text: merged.map(({ text }) => text).join("") },
            ]),
          },
        },
      });
  }
  return actions;
}

/** Everything at once that changes no value; undefined where there is nothing of it. */
export function fixAll(document: DotenvDocument, context: LanguageContext): CodeAction | undefined {
  const fixes = safeFixes(document, context);
  if (fixes.length === 0) return undefined;
  return {
    title: t("Fix everything that changes no value"),
    kind: fixAllKind,
    edit: {
      changes: {
        [context.uri]: toTextEdits(
          document,
          fixes.flatMap(({ changes }) => changes),
        ),
      },
    },
  };
}
