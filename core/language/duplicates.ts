/** Keys that are set more than once: the last one has the say. */
import { type DotenvDocument, entriesOf, type PlacedEntry, placed } from "../dotenv/document.ts";
import type { Evaluation } from "../dotenv/evaluate.ts";
import { referencesIn } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";

export interface Duplicate {
  readonly earlier: PlacedEntry;
  readonly effective: PlacedEntry;
  /** Something between the two, or the later one itself, uses the earlier value. */
  readonly used: boolean;
}

/** Every entry whose value a later one of the same key replaces, in the order of the file. */
export function duplicatesIn(
  document: DotenvDocument,
  { replaced, variables }: Evaluation,
): readonly Duplicate[] {
  if (replaced.length === 0) return [];
  const uses = usesByName(document);
  return replaced
    .map(({ earlier, later }) => {
      const { name } = earlier.entry.key;
      return {
        earlier,
        effective: variables.get(name)?.entry ?? later,
        used: uses.get(name)?.some((at) => at > earlier.start && at <= later.start) === true,
      };
    })
    .sort((a, b) => a.earlier.start - b.earlier.start);
}

/** Where the entries begin that refer to a name. */
function usesByName(document: DotenvDocument): Map<string, number[]> {
  const uses = new Map<string, number[]>();
  for (const { entry, start } of entriesOf(document))
    for (const { name } of referencesIn(entry.value?.template ?? [])) {
      const places = uses.get(name);
      if (places === undefined) uses.set(name, [start]);
      else places.push(start);
    }
  return uses;
}

export function duplicateFindings(document: DotenvDocument, evaluation: Evaluation): Finding[] {
  return duplicatesIn(document, evaluation)
    .filter(({ used }) => !used)
    .map(({ earlier, effective }) => duplicateFinding(earlier, effective));
}

export function duplicateFinding(earlier: PlacedEntry, effective: PlacedEntry): Finding {
  return {
    code: "duplicate-key",
    range: placed(earlier, earlier.entry.key.range),
    tag: "unnecessary",
    message: t(
      "`{0}` is set again further down: that value counts, this one is never seen.",
      earlier.entry.key.name,
    ),
    related: [{ range: placed(effective, effective.entry.key.range), message: t("This one counts.") }],
  };
}
