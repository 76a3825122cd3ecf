/** Values held against the schema, and the schema's own mistakes. */
import { type DotenvDocument, entriesOf, type PlacedEntry, placed } from "../dotenv/document.ts";
import type { Evaluation } from "../dotenv/evaluate.ts";
import type { Range } from "../dotenv/text.ts";
import type { Lookup } from "../interpolate/fill.ts";
import { t } from "../l10n.ts";
import { checkValues, type Schema, type ValueProblem } from "../schema/schema.ts";
import type { Finding } from "./finding.ts";

/** A file without entries carries what it misses at its start. */
export function schemaFindings(
  document: DotenvDocument,
  { variables }: Evaluation,
  schema: Schema,
  lookup: Lookup = () => undefined,
): Finding[] {
  const present = new Map([...variables].map(([key, { value }]) => [key, { value }]));
  // A bare key that finds nothing outside is there all the same.
  for (const { entry } of entriesOf(document))
    if (entry.operator === null && !present.has(entry.key.name)) present.set(entry.key.name, { value: "" });

  const end = document.text.length;
  const findings = checkValues(schema, present, lookup).map((problem) =>
    schemaFinding(
      problem,
      variables.get(problem.key)?.entry ??
        [...entriesOf(document)].findLast(({ entry }) => entry.key.name === problem.key),
      { start: end, end },
      schema,
    ),
  );
  for (const [key, { entry }] of variables)
    if (key !== "" && !schema.entries.has(key)) findings.push(unknownInSchema(key, entry));
  return findings;
}

export function unknownInSchema(key: string, source: PlacedEntry): Finding {
  return {
    code: "schema-unknown",
    range: placed(source, source.entry.key.range),
    message: t("The schema does not know `{0}`.", key),
  };
}

/** @param source where the key stands; @param end of the file, where it stands nowhere */
export function schemaFinding(
  { code, key, message }: ValueProblem,
  source: PlacedEntry | undefined,
  end: Range,
  schema: Schema,
): Finding {
  const said = schema.entries.get(key);
  const related =
    said === undefined || said.importedFrom !== undefined
      ? []
      : [{ range: said.keyRange, message: t("The schema says so of `{0}`.", key), in: "schema" as const }];
  if (source === undefined) return { code, range: end, message, related, key };
  const { key: name, value } = source.entry;
  const onKey = code !== "schema-type" || value === null || value.range.start === value.range.end;
  return {
    code,
    range: placed(source, onKey ? name.range : value.range),
    message,
    related,
    ...(code === "schema-deprecated" ? { tag: "deprecated" } : {}),
  };
}

export function schemaFileFindings(schema: Schema): Finding[] {
  return schema.problems.map(({ code, range, message }) => ({ code, range, message }));
}
