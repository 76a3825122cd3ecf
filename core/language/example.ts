/** A `.env.example` says which keys there should be, where no schema does. */
import { type DotenvDocument, entriesOf, parseDotenv, placed } from "../dotenv/document.ts";
import { isNamed } from "../dotenv/pieces.ts";
import type { LineIndex, Range } from "../dotenv/text.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";

export interface ExampleSource {
  readonly uri: string;
  readonly lines: LineIndex;
  readonly keys: ReadonlyMap<string, ExampleKey>;
}

export interface ExampleKey {
  readonly range: Range;
  /** The value as it is written there. */
  readonly written: string;
}

export function readExample(uri: string, text: string): ExampleSource {
  const document = parseDotenv(text);
  const keys = new Map<string, ExampleKey>();
  for (const source of entriesOf(document)) {
    const { key, value } = source.entry;
    if (!isNamed(source.entry) || key.name === "") continue;
    const written = value === null ? "" : source.entry.text.slice(value.range.start, value.range.end);
    keys.set(key.name, { range: placed(source, key.range), written });
  }
  return { uri, lines: document.lines, keys };
}

export function exampleFindings(document: DotenvDocument, example: ExampleSource): Finding[] {
  const findings: Finding[] = [];
  const present = new Set<string>();
  for (const source of entriesOf(document)) {
    const { name, range } = source.entry.key;
    if (!example.keys.has(name) && !present.has(name) && isNamed(source.entry))
      findings.push(unknownInExample(name, placed(source, range)));
    present.add(name);
  }
  const end = { start: document.text.length, end: document.text.length };
  for (const [key, { range }] of example.keys)
    if (!present.has(key)) findings.push(missingFromExample(key, range, end));
  return findings;
}

export function unknownInExample(name: string, range: Range): Finding {
  return { code: "example-unknown", range, message: t("The example file does not have `{0}`.", name) };
}

/** @param said where the example file has it; @param end of the file that does not */
export function missingFromExample(key: string, said: Range, end: Range): Finding {
  return {
    code: "example-missing",
    range: end,
    key,
    message: t("`{0}` stands in the example file, and is not set here.", key),
    related: [{ range: said, message: t("`{0}` stands here.", key), in: "example" }],
  };
}
