/** What the rules say of one name, apart from where in the file its entries stand by now. */
import type { PlacedEntry } from "../../dotenv/document.ts";
import { placed } from "../../dotenv/document.ts";
import { type Entry, isNamed } from "../../dotenv/pieces.ts";
import type { Range } from "../../dotenv/text.ts";
import { checkValue } from "../../schema/schema.ts";
import { codes } from "../codes.ts";
import type { LanguageContext } from "../context.ts";
import { duplicateFinding } from "../duplicates.ts";
import { missingFromExample, unknownInExample } from "../example.ts";
import type { Finding } from "../finding.ts";
import { schemaFinding, unknownInSchema } from "../schema-findings.ts";
import { unusedFinding } from "../unused.ts";
import { isAssigning, type Named } from "./name-table.ts";

/** Becomes a finding when it is known where things stand. @param end of the file */
export type DraftFinding = (at: (entry: Entry) => PlacedEntry, end: Range) => Finding;

export interface NameSituation {
  readonly named: Named;
  /** The entry that has the last word. */
  readonly counting: Entry | undefined;
  /** True, too, where nobody knows. */
  readonly isUsed: boolean;
  readonly labelOf: (entry: Entry) => number;
  /** undefined where it is not there at all. */
  readonly value: string | undefined;
  /** Of all variables. */
  readonly values: (name: string) => string | undefined;
  readonly context: LanguageContext;
}

export function nameFindings(name: string, situation: NameSituation): readonly DraftFinding[] {
  const { counting, isUsed, context } = situation;
  const drafts = isOff("duplicate-key", context) ? [] : duplicates(situation);
  if (context.schema !== undefined) drafts.push(...schemaFindings(name, situation));
  else if (context.example !== undefined) drafts.push(...exampleFindings(name, situation));
  if (!isUsed && counting !== undefined && name !== "" && !isOff("unused-key", context))
    drafts.push((at) => unusedFinding(name, at(counting)));
  return drafts;
}

function duplicates({ named, counting, labelOf }: NameSituation): DraftFinding[] {
  if (named.mentions.length < 2) return [];
  const assigning = named.mentions.filter(isAssigning);
  if (assigning.length < 2) return [];
  const references = [...named.referers].map(labelOf).sort((a, b) => a - b);
  const drafts: DraftFinding[] = [];
  let next = 0;
  for (const [index, later] of assigning.entries()) {
    const earlier = assigning[index - 1];
    if (earlier === undefined) continue;
    // Something between the two, or the later one itself, may use the earlier value.
    const from = labelOf(earlier);
    while (next < references.length && (references[next] ?? 0) <= from) next++;
    if ((references[next] ?? Number.POSITIVE_INFINITY) <= labelOf(later)) continue;
    drafts.push((at) => duplicateFinding(at(earlier), at(counting ?? later)));
  }
  return drafts;
}

const isOff = (code: keyof typeof codes, { levels }: LanguageContext): boolean =>
  (levels?.[code] ?? codes[code].level) === "off";

function schemaFindings(
  name: string,
  { named, counting, value, values, context }: NameSituation,
): DraftFinding[] {
  const schema = context.schema?.schema;
  if (schema === undefined) return [];
  const entry = schema.entries.get(name);
  if (entry === undefined) {
    if (counting === undefined || name === "" || isOff("schema-unknown", context)) return [];
    return [(at) => unknownInSchema(name, at(counting))];
  }
  const source = counting ?? named.mentions.at(-1);
  return checkValue(schema, entry, value, values).map(
    (problem) => (at, end) =>
      schemaFinding(problem, source === undefined ? undefined : at(source), end, schema),
  );
}

function exampleFindings(name: string, { named, context }: NameSituation): DraftFinding[] {
  const { example } = context;
  const [first] = named.mentions;
  const said = example?.keys.get(name);
  if (said !== undefined)
    return first === undefined ? [(_, end) => missingFromExample(name, said.range, end)] : [];
  if (first === undefined || !isNamed(first) || isOff("example-unknown", context)) return [];
  return [(at) => unknownInExample(name, placed(at(first), first.key.range))];
}
