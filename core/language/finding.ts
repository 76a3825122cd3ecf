/** What a rule reports, in offsets, and its way to LSP. */
import type {
  Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  Range as LspRange,
} from "vscode-languageserver-types";
import type { LineIndex, Range } from "../dotenv/text.ts";
import { type Code, codes, type DiagnosticLevel } from "./codes.ts";
import type { LanguageContext } from "./context.ts";

export interface Finding {
  readonly code: Code;
  readonly range: Range;
  readonly message: string;
  /** The key that is missing, where nothing of it stands in the file. */
  readonly key?: string;
  /** The reader refuses the file: an error, whatever the code is otherwise. */
  readonly refused?: boolean;
  readonly tag?: "unnecessary" | "deprecated";
  readonly related?: readonly {
    readonly range: Range;
    readonly message: string;
    readonly in?: "schema" | "example";
  }[];
}

const severities = { error: 1, warning: 2, info: 3, hint: 4 } as const satisfies Record<
  DiagnosticLevel,
  DiagnosticSeverity
>;
const tags = { unnecessary: 1, deprecated: 2 } as const satisfies Record<string, DiagnosticTag>;

export function levelOf(finding: Finding, context: LanguageContext): DiagnosticLevel | "off" {
  const set = context.levels?.[finding.code];
  return set ?? (finding.refused === true ? "error" : codes[finding.code].level);
}

export function toLspRange(lines: LineIndex, { start, end }: Range): LspRange {
  return { start: lines.positionAt(start), end: lines.positionAt(end) };
}

/** undefined where a setting turned the code off. */
export function toDiagnostic(
  finding: Finding,
  lines: LineIndex,
  context: LanguageContext,
): Diagnostic | undefined {
  const level = levelOf(finding, context);
  if (level === "off") return undefined;
  const related = finding.related?.flatMap((place) => {
    const other = place.in === undefined ? { uri: context.uri, lines } : context[place.in];
    if (other === undefined) return [];
    return [
      { location: { uri: other.uri, range: toLspRange(other.lines, place.range) }, message: place.message },
    ];
  });
  return {
    range: toLspRange(lines, finding.range),
    severity: severities[level],
    code: finding.code,
    source: "hotenv",
    message: finding.message,
    ...(finding.tag === undefined ? {} : { tags: [tags[finding.tag]] }),
    ...(related === undefined || related.length === 0 ? {} : { relatedInformation: related }),
  };
}
