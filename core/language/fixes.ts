/**
 * Quick fixes: for each code the cures that are obvious. A fix that changes what the reader makes of the
 * file says so in its title; `whole` fixes may be applied all at once.
 */

import { type DotenvDocument, type PlacedEntry, updateDotenv } from "../dotenv/document.ts";
import { addEntry, commentOut, removeEntry, singleQuote, type TextChange } from "../dotenv/edits.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { writeValue } from "../dotenv/write.ts";
import { t } from "../l10n.ts";
import { isSensitive } from "../schema/schema.ts";
import { entryAt } from "./at.ts";
import type { LanguageContext } from "./context.ts";
import { findingsIn, inOrder } from "./diagnose.ts";
import type { Finding } from "./finding.ts";

export interface Fix {
  readonly finding: Finding;
  readonly title: string;
  readonly changes: readonly TextChange[];
  /** The first choice, if there are several. */
  readonly preferred: boolean;
  /** Changes no value that the reader sees, and makes no choice: good for "fix all". */
  readonly safe: boolean;
}

type Draft = Omit<Fix, "finding" | "preferred" | "safe">;

export function fixesFor(
  document: DotenvDocument,
  finding: Finding,
  context: LanguageContext,
): readonly Fix[] {
  const source = entryAt(document, finding.range.start);
  const drafts = (fixers[finding.code] ?? []).flatMap(
    (fixer) => fixer({ document, finding, source, context }) ?? [],
  );
  return drafts
    .filter(({ changes }) => changes.length > 0)
    .map((draft, index) => {
      const effect = effectOf(document, draft.changes, context);
      return {
        ...draft,
        title: effect === "changes" ? t("{0} (changes the value)", draft.title) : draft.title,
        finding,
        preferred: index === 0,
        safe: effect === "same" && safeCodes.has(finding.code),
      };
    });
}

/** Fixes of everything in the file that has a safe one. */
export function safeFixes(document: DotenvDocument, context: LanguageContext): readonly Fix[] {
  const fixes: Fix[] = [];
  let behind = -1;
  for (const finding of inOrder(findingsIn(document, context))) {
    const fix = fixesFor(document, finding, context).find(({ safe }) => safe);
    if (fix === undefined) continue;
    // Two fixes of one place would get into each other's way.
    const starts = fix.changes.map(({ range }) => range.start);
    if (Math.min(...starts) < behind) continue;
    fixes.push(fix);
    behind = Math.max(...fix.changes.map(({ range }) => range.end));
  }
  return fixes;
}

const safeCodes: ReadonlySet<string> = new Set([
  "duplicate-key",
  "trailing-space",
  "bare-key-at-end",
  "comment-after-bare-key",
  "extra-blank-line",
  "space-around-operator",
  "needless-quotes",
]);

/** Whether the reader sees other values afterwards. A file that it refused had none. */
function effectOf(
  document: DotenvDocument,
  changes: readonly TextChange[],
  context: LanguageContext,
): "same" | "changes" | "mends" {
  const lookup = context.lookup ?? (() => undefined);
  const before = evaluate(document, lookup);
  if (before.refused) return "mends";
  const changed = [...changes]
    .sort((a, b) => b.range.start - a.range.start)
    .reduce((text, change) => updateDotenv(text, change.range, change.text), document);
  const after = evaluate(changed, lookup);
  const same =
    before.variables.size === after.variables.size &&
    [...before.variables].every(([key, { value }]) => after.variables.get(key)?.value === value);
  return same && !after.refused ? "same" : "changes";
}

interface Situation {
  readonly document: DotenvDocument;
  readonly finding: Finding;
  readonly source: PlacedEntry | undefined;
  readonly context: LanguageContext;
}

type Fixer = (situation: Situation) => Draft | readonly Draft[] | undefined;

const quoteValue: Fixer = ({ source }) => {
  const change = source === undefined ? undefined : singleQuote(source);
  return change === undefined ? undefined : { title: t("Single-quote this value"), changes: [change] };
};

const escapeDollar: Fixer = ({ document, finding }) => {
  const { start } = finding.range;
  if (document.text[start] !== "$") return undefined;
  return { title: t("Escape with `$$`"), changes: [{ range: { start, end: start }, text: "$" }] };
};

const commentEntryOut: Fixer = ({ document, source }) =>
  source === undefined ? undefined : { title: t("Comment out"), changes: commentOut(document, source) };

const closeQuote: Fixer = ({ document, finding }) => {
  const quote = document.text[finding.range.start] ?? "";
  return {
    title: t("Close the quote"),
    changes: [{ range: { start: finding.range.end, end: finding.range.end }, text: quote }],
  };
};

const removeRange =
  (title: () => string): Fixer =>
  ({ finding }) => ({ title: title(), changes: [{ range: finding.range, text: "" }] });

const removeDuplicate: Fixer = ({ document, source }) =>
  source === undefined
    ? undefined
    : {
        title: t("Remove the earlier `{0}`", source.entry.key.name),
        changes: [removeEntry(document, source)],
      };

/** `A= # note` becomes `A="" # note`, `A=x<TAB>#y` becomes `A=x #y`. */
const makeComment: Fixer = ({ document, finding }) => {
  if (document.dialect !== "compose") return undefined;
  const { start } = finding.range;
  const before = document.text[start - 1] ?? "";
  const value = entryAt(document, start)?.entry.value;
  const empty = value !== undefined && value !== null && document.text.slice(start).startsWith(value.cooked);
  const change = empty
    ? { range: { start, end: start }, text: '"" ' }
    : { range: { start: start - before.length, end: start }, text: " " };
  return { title: t("Make it a comment"), changes: [change] };
};

const commentAbove: Fixer = ({ document, source }) => {
  const comment = source?.entry.comment;
  if (source === undefined || comment == null) return undefined;
  const { start, entry } = source;
  const text = entry.text.slice(comment.start, comment.end);
  const end = document.text.includes("\r\n") ? "\r\n" : "\n";
  return {
    title: t("Move the comment above"),
    changes: [
      { range: { start, end: start }, text: text + end },
      { range: { start: start + entry.key.range.end, end: start + comment.end }, text: "" },
    ],
  };
};

const endLine: Fixer = ({ document }) => ({
  title: t("End the line"),
  changes: [
    {
      range: { start: document.text.length, end: document.text.length },
      text: document.text.includes("\r\n") ? "\r\n" : "\n",
    },
  ],
});

/** `$NAME` and `${NAME}` become `${NAME:-}`. */
const meanBlank: Fixer = ({ document, finding }) => {
  const name = /^\$\{?([_a-z][_a-z0-9]*)\}?$/iu.exec(
    document.text.slice(finding.range.start, finding.range.end),
  )?.[1];
  if (name === undefined) return undefined;
  return { title: t("Say that blank is meant"), changes: [{ range: finding.range, text: `\${${name}:-}` }] };
};

const useMember: Fixer = ({ document, source, context }) => {
  const entry = source === undefined ? undefined : context.schema?.schema.entries.get(source.entry.key.name);
  const value = source?.entry.value;
  if (source === undefined || value == null || entry?.type.name !== "enum") return undefined;
  const range = { start: source.start + value.range.start, end: source.start + value.range.end };
  return entry.type.args
    .filter((member) => typeof member !== "object")
    .slice(0, 8)
    .flatMap((member) => {
      const text = writeValue(String(member), document.dialect);
      return text === undefined
        ? []
        : [{ title: t("Use `{0}`", String(member)), changes: [{ range, text }] }];
    });
};

const addFromExample: Fixer = ({ document, finding, context }) => {
  const key = finding.key ?? "";
  const written = isSensitive(key) ? "" : (context.example?.keys.get(key)?.written ?? "");
  const change = addEntry(document, key, written);
  return change === undefined ? undefined : { title: t("Add `{0}`", key), changes: [change] };
};

const addMissing: Fixer = ({ document, finding, context }) => {
  const schema = context.schema?.schema;
  const entry = schema?.entries.get(finding.key ?? "");
  if (entry === undefined) return undefined;
  // An example of a secret is no secret, but whoever reads the file might think so.
  const example = isSensitive(entry.key, schema) ? "" : (entry.example ?? "");
  const change = addEntry(document, entry.key, writeValue(example, document.dialect) ?? "");
  return change === undefined ? undefined : { title: t("Add `{0}`", entry.key), changes: [change] };
};

const unquote: Fixer = ({ source }) => {
  const value = source?.entry.value;
  if (source === undefined || value == null) return undefined;
  const text = source.entry.text.slice(value.content.start, value.content.end);
  const range = { start: source.start + value.range.start, end: source.start + value.range.end };
  return { title: t("Remove the quotes"), changes: [{ range, text }] };
};

const fixers: Readonly<Partial<Record<Finding["code"], readonly Fixer[]>>> = {
  "unterminated-quote": [closeQuote, commentEntryOut],
  "invalid-key": [commentEntryOut],
  "key-with-space": [commentEntryOut],
  "empty-key": [commentEntryOut],
  "comment-after-bare-key": [commentAbove, commentEntryOut],
  "invalid-reference": [quoteValue, escapeDollar, commentEntryOut],
  "undefined-reference": [quoteValue, escapeDollar, meanBlank],
  "dollar-escape": [quoteValue],
  "duplicate-key": [removeDuplicate],
  "comment-in-value": [makeComment, quoteValue],
  "invisible-character": [removeRange(() => t("Remove the invisible character"))],
  "trailing-space": [removeRange(() => t("Remove the white space"))],
  "bare-key-at-end": [endLine],
  "schema-type": [useMember],
  "schema-missing": [addMissing],
  "example-missing": [addFromExample],
  "unused-key": [commentEntryOut],
  "extra-blank-line": [removeRange(() => t("Remove the blank lines"))],
  "space-around-operator": [removeRange(() => t("Remove the space"))],
  "needless-quotes": [unquote],
};
