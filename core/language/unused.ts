/** Keys that nothing uses: `.env` alone puts nothing into a container, which is easily forgotten. */
import { type DotenvDocument, entriesOf, type PlacedEntry, placed } from "../dotenv/document.ts";
import type { Evaluation } from "../dotenv/evaluate.ts";
import { referencesIn } from "../interpolate/template.ts";
import { t } from "../l10n.ts";
import type { Finding } from "./finding.ts";

/** Read by Compose, Docker and BuildKit themselves. */
const forTools = /^(?:COMPOSE|DOCKER|BUILDKIT|BUILDX)_/;

export const isForTools = (name: string): boolean => forTools.test(name);

/** @param uses the services that use a variable; they may use it through other variables of the file, too */
export function unusedFindings(
  document: DotenvDocument,
  { variables }: Evaluation,
  uses: (name: string) => readonly string[],
): Finding[] {
  const used = new Set<string>();
  const use = (name: string): void => {
    if (used.has(name)) return;
    used.add(name);
    for (const { entry } of entriesByName.get(name) ?? [])
      for (const reference of referencesIn(entry.value?.template ?? [])) use(reference.name);
  };
  const entriesByName = Map.groupBy(entriesOf(document), ({ entry }) => entry.key.name);
  for (const name of variables.keys()) if (isForTools(name) || uses(name).length > 0) use(name);

  return [...variables]
    .filter(([name]) => name !== "" && !used.has(name))
    .map(([name, { entry }]) => unusedFinding(name, entry));
}

export function unusedFinding(name: string, source: PlacedEntry): Finding {
  return {
    code: "unused-key",
    range: placed(source, source.entry.key.range),
    tag: "unnecessary",
    message: t(
      "No service uses `{0}`: a Compose file must refer to it, in `environment` or with `${{0}}`.",
      name,
    ),
  };
}
