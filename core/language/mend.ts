/** Everything of a file mended that can be mended without changing a value: what `hotenv fix` does. */
import { type DotenvDocument, parseDotenv } from "../dotenv/document.ts";
import { applyChanges } from "../dotenv/edits.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import type { Code } from "./codes.ts";
import type { LanguageContext } from "./context.ts";
import { type Fix, safeFixes } from "./fixes.ts";

export interface Mended {
  readonly document: DotenvDocument;
  readonly fixes: readonly {
    readonly code: Code;
    /** 1-based, in the text as it was when the fix came to it. */
    readonly line: number;
    readonly title: string;
  }[];
}

/** One fix may lay the ground for another; each makes the file shorter or ends a line, so this is plenty. */
const maxRounds = 100;

export function mend(start: DotenvDocument, context: LanguageContext): Mended {
  let document = start;
  const done: Mended["fixes"][number][] = [];
  for (let round = 0; round < maxRounds; round++) {
    const fixes = safeFixes(document, context);
    if (fixes.length === 0) break;
    // Each is safe alone. Should they not be together, one at a time is.
    const together = applied(document, fixes);
    const all = readsTheSame(document, together, context);
    const taken = all ? fixes : fixes.slice(0, 1);
    for (const { finding, title } of taken)
      done.push({ code: finding.code, line: document.lines.positionAt(finding.range.start).line + 1, title });
    document = all ? together : applied(document, taken);
  }
  return { document, fixes: done };
}

function applied(document: DotenvDocument, fixes: readonly Fix[]): DotenvDocument {
  const changes = fixes.flatMap(({ changes }) => changes);
  return parseDotenv(applyChanges(document.text, changes), { dialect: document.dialect });
}

function readsTheSame(before: DotenvDocument, after: DotenvDocument, { lookup }: LanguageContext): boolean {
  const [old, now] = [before, after].map((document) => evaluate(document, lookup ?? (() => undefined)));
  return (
    old !== undefined &&
    now !== undefined &&
    old.refused === now.refused &&
    old.variables.size === now.variables.size &&
    [...old.variables].every(([key, { value }]) => now.variables.get(key)?.value === value)
  );
}
