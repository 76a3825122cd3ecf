/** What Compose files say of host ports, at the values of a .env file. Knows no YAML: the editor's bundle has none. */
import { type PlacedEntry, placed } from "../dotenv/document.ts";
import type { Range } from "../dotenv/text.ts";
import type { Finding } from "./finding.ts";

export interface PortProblem {
  readonly code: "port-clash" | "port-out-of-range" | "port-in-use";
  readonly message: string;
  /** Where it is published, in its file. */
  readonly range: Range;
  /** The variables that the port is made of. */
  readonly names: readonly string[];
  readonly earlier?: Range;
}

/** In a .env file, at the values of the variables. @param entryOf the entry that gives a variable its value */
export function portFindings(
  problems: readonly PortProblem[],
  entryOfName: (name: string) => PlacedEntry | undefined,
): Finding[] {
  return problems.flatMap(({ code, message, names }) =>
    [...new Set(names)].flatMap((name): Finding[] => {
      const source = entryOfName(name);
      if (source === undefined) return [];
      return [{ code, message, range: placed(source, source.entry.value?.range ?? source.entry.key.range) }];
    }),
  );
}
