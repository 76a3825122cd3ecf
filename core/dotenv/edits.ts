/** Edits of a document. Each gives the least change of the text; nothing else moves by a byte. */
import { type ReferencePart, referencesIn } from "../interpolate/template.ts";
import { lineEnd } from "./characters.ts";
import { type DotenvDocument, entriesOf, type PlacedEntry, placed } from "./document.ts";
import { isNamed } from "./pieces.ts";
import type { Range } from "./text.ts";
import { isWritableKey, writeValue } from "./write.ts";

export interface TextChange {
  readonly range: Range;
  readonly text: string;
}

/** Changes count from the text before all of them, and do not overlap. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = text;
  for (const { range, text: replacement } of [...changes].sort((a, b) => b.range.start - a.range.start))
    result = result.slice(0, range.start) + replacement + result.slice(range.end);
  return result;
}

/** The entry whose value counts. */
export function effectiveEntry(document: DotenvDocument, key: string): PlacedEntry | undefined {
  return [...entriesOf(document)].findLast(({ entry }) => isNamed(entry) && entry.key.name === key);
}

function lineBreak({ text }: DotenvDocument): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

/**
 * Gives a key a value: in its effective entry, else in a new line at the end.
 * @returns undefined where the dialect cannot write the key or the value
 */
export function setValue(document: DotenvDocument, key: string, value: string): TextChange | undefined {
  const written = writeValue(value, document.dialect);
  if (written === undefined) return undefined;
  const source = effectiveEntry(document, key);
  if (source === undefined) return addEntry(document, key, written);
  if (document.dialect === "compose" && !isQuoted(written) && !standsAlone(document, source, written))
    return changeValue(source, `'${written}'`);
  return changeValue(source, written);
}

function changeValue(source: PlacedEntry, written: string): TextChange {
  const { entry } = source;
  if (entry.value === null)
    return {
      range: placed(source, { start: entry.key.range.end, end: entry.key.range.end }),
      text: `=${written}`,
    };
  return { range: placed(source, entry.value.range), text: written };
}

const isQuoted = (written: string): boolean => /^["']/.test(written);

/** Whether a plain value ends where it should: an empty one before a comment, or one before more text, does not. */
function standsAlone({ text }: DotenvDocument, { entry, start }: PlacedEntry, written: string): boolean {
  const end = start + (entry.value?.range.end ?? entry.text.length);
  const behind = text.slice(end, lineEnd(text, end));
  return behind.trim() === "" || (written !== "" && /^\s* #/.test(behind));
}

/** A new line at the end. @param written the value as it shall stand in the file */
export function addEntry(document: DotenvDocument, key: string, written: string): TextChange | undefined {
  if (!isWritableKey(key, document.dialect)) return undefined;
  const { text } = document;
  const end = lineBreak(document);
  const before = text === "" || text.endsWith("\n") || text === "\uFEFF" ? "" : end;
  return { range: { start: text.length, end: text.length }, text: `${before}${key}=${written}${end}` };
}

/** The lines that an entry fills alone, line end included; only the entry where it shares its lines. */
export function linesOf({ text }: DotenvDocument, { entry, start }: PlacedEntry): Range {
  const end = start + entry.text.length;
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const stop = lineEnd(text, end);
  const alone =
    text.slice(lineStart, start).replace("\uFEFF", "").trim() === "" && text.slice(end, stop).trim() === "";
  if (!alone) return { start, end };
  const first = text.startsWith("\uFEFF", lineStart) && lineStart === 0 ? 1 : lineStart;
  return { start: first, end: Math.min(stop + 1, text.length) };
}

export function removeEntry(document: DotenvDocument, source: PlacedEntry): TextChange {
  return { range: linesOf(document, source), text: "" };
}

/** `# ` before every line of the entry. */
export function commentOut(document: DotenvDocument, { entry, start }: PlacedEntry): readonly TextChange[] {
  const end = start + entry.text.length;
  const changes: TextChange[] = [];
  const lineStart = document.text.lastIndexOf("\n", start - 1) + 1;
  const first = document.text.slice(lineStart, start).replace("\uFEFF", "").trim() === "" ? start : -1;
  if (first === -1) return [];
  for (let at = first; at !== -1 && at <= end; ) {
    changes.push({ range: { start: at, end: at }, text: "# " });
    const feed = document.text.indexOf("\n", at);
    at = feed === -1 || feed >= end ? -1 : feed + 1;
  }
  return changes;
}

/** The key and every reference to it in this document. */
export function renameKey(document: DotenvDocument, from: string, to: string): readonly TextChange[] {
  return occurrencesOf(document, from).map((range) => ({ range, text: to }));
}

/** Where a variable is named: keys and references, in the order of the file. */
export function occurrencesOf(document: DotenvDocument, name: string): readonly Range[] {
  const ranges: Range[] = [];
  for (const source of entriesOf(document)) {
    if (isNamed(source.entry) && source.entry.key.name === name)
      ranges.push(placed(source, source.entry.key.range));
    for (const part of referencesOf(source))
      if (part.name === name) ranges.push(placed(source, part.nameRange));
  }
  return ranges;
}

function referencesOf({ entry }: PlacedEntry): Iterable<ReferencePart> {
  return referencesIn(entry.value?.template ?? []);
}

/** What stands there, between single quotes: every `$` of it stands for itself then. */
export function singleQuote({ entry, start }: PlacedEntry): TextChange | undefined {
  const { value } = entry;
  if (value === null || value.quote === "'") return undefined;
  const inner = entry.text.slice(value.content.start, value.content.end);
  // What single quotes cannot hold as it stands.
  if (/['\r]|\\$/.test(inner) || (value.quote === '"' && inner.includes("\\"))) return undefined;
  return { range: placed({ start }, value.range), text: `'${inner}'` };
}
