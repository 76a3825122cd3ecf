/** The variables of a document as its reader sees them, and where each value comes from. */
import { fillTemplate, type Lookup } from "../interpolate/fill.ts";
import type { ReferencePart } from "../interpolate/template.ts";
import { type DotenvDocument, entriesOf, type PlacedEntry, placed } from "./document.ts";
import { isNamed, type SyntaxProblem } from "./pieces.ts";
import type { Range } from "./text.ts";

/** Where a referred value was found. `blank`: nowhere, and nothing stands in its place. */
export type Origin = "shell" | "file" | "default" | "blank";

export interface Provenance {
  /** `shell`: a bare key that took its value from outside. */
  readonly from: "file" | "shell";
  readonly references: readonly {
    readonly name: string;
    readonly origin: Origin;
    readonly entry?: PlacedEntry;
  }[];
}

export interface Variable {
  readonly value: string;
  /** The entry that has the last word. */
  readonly entry: PlacedEntry;
  readonly provenance: Provenance;
}

export type EvaluationProblem = {
  /** In the text. */
  readonly range: Range;
  readonly entry: PlacedEntry;
  /** The reader loads nothing from the file. */
  readonly refused: boolean;
} & (
  | { readonly kind: "syntax"; readonly problem: SyntaxProblem }
  /** `later`: an entry further down that defines it. `self`: the entry refers to its own key. */
  | {
      readonly kind: "blank";
      readonly reference: ReferencePart;
      readonly later?: PlacedEntry;
      readonly self: boolean;
    }
  | { readonly kind: "required"; readonly reference: ReferencePart; readonly message: string }
);

export interface Evaluation {
  /** What is readable, even where the reader would refuse the file. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** In the order of the file, skipped text left out: its problems stand in its pieces. */
  readonly problems: readonly EvaluationProblem[];
  /** Whether the reader loads nothing at all. */
  readonly refused: boolean;
  /** Values that a later entry of the same key replaces, in the order of the later ones. */
  readonly replaced: readonly { readonly earlier: PlacedEntry; readonly later: PlacedEntry }[];
}

const noReferences: Provenance = { from: "file", references: [] };
const inherited: Provenance = { from: "shell", references: [] };

/**
 * @param lookup what surrounds the file: for `.env` the shell's variables; for an `env_file` the
 *   project's variables and, before them, those of earlier files. It beats the file's own values in
 *   references (compose-go dotenv/godotenv.go), but not in the result.
 */
export function evaluate(document: DotenvDocument, lookup: Lookup): Evaluation {
  const variables = new Map<string, Variable>();
  const problems: EvaluationProblem[] = [];
  const repeated = new Set<string>();
  let refused = false;
  // Made when a reference first finds nothing.
  let byName: ReadonlyMap<string, PlacedEntry> | undefined;

  const fill = (source: PlacedEntry): { value: string; provenance: Provenance } => {
    const references: Provenance["references"][number][] = [];
    const seen = (name: string, { operator }: ReferencePart): string | undefined => {
      const outer = lookup(name);
      const inner = outer === undefined ? variables.get(name) : undefined;
      const found = outer ?? inner?.value;
      if ((found === undefined && operator === "-") || (!found && operator === ":-"))
        references.push({ name, origin: "default" });
      else if (outer !== undefined) references.push({ name, origin: "shell" });
      else if (inner !== undefined) references.push({ name, origin: "file", entry: inner.entry });
      else references.push({ name, origin: "blank" });
      return found;
    };
    const filled = fillTemplate(source.entry.value?.template ?? [], seen, (issue) => {
      // Broken references are syntax problems of the entry already.
      if (issue.kind === "broken") return;
      const range = placed(source, issue.part.range);
      if (issue.kind === "required")
        problems.push({
          kind: "required",
          range,
          entry: source,
          refused: true,
          reference: issue.part,
          message: issue.message,
        });
      else {
        byName ??= lastByName(document);
        const later = byName.get(issue.part.name);
        const self = source.entry.key.name === issue.part.name;
        problems.push({
          kind: "blank",
          range,
          entry: source,
          refused: false,
          reference: issue.part,
          self,
          ...(later !== undefined && later.start > source.start ? { later } : {}),
        });
      }
    });
    return { value: filled, provenance: { from: "file", references: references } };
  };

  const { pieces, starts } = document;
  // By index, and nothing made that is not kept: this runs at every keystroke.
  for (let index = 0; index < pieces.length; index++) {
    const entry = pieces[index];
    if (entry?.kind === "skipped") refused ||= entry.problems.some((problem) => problem.refused);
    if (entry?.kind !== "entry") continue;
    const source = { entry, start: starts[index] ?? 0 };
    for (const problem of entry.problems)
      problems.push({
        kind: "syntax",
        range: placed(source, problem.range),
        entry: source,
        refused: problem.refused,
        problem,
      });
    if (entry.bareAtEnd) {
      variables.set("", { value: entry.key.name, entry: source, provenance: noReferences });
      continue;
    }
    if (entry.operator === null) {
      const outer = isNamed(entry) ? lookup(entry.key.name) : undefined;
      if (outer !== undefined)
        variables.set(entry.key.name, { value: outer, entry: source, provenance: inherited });
      continue;
    }
    const filled = entry.value?.template == null ? undefined : fill(source);
    if (!isNamed(entry)) continue;
    const known = variables.size;
    variables.set(entry.key.name, {
      value: filled?.value ?? entry.value?.cooked ?? "",
      entry: source,
      provenance: filled?.provenance ?? noReferences,
    });
    if (variables.size === known) repeated.add(entry.key.name);
  }
  refused ||= problems.some((problem) => problem.refused);
  return {
    variables,
    problems,
    refused,
    replaced: repeated.size === 0 ? [] : replacedIn(document, repeated),
  };
}

/**
 * Whether Compose refuses the file as a project's own `.env`. It puts those variables into its own
 * environment, which takes no variable without a name and no NUL in a value; of an `env_file` it takes
 * both, though no container starts with them.
 */
export function isRefusedAsProjectFile({ refused, variables }: Evaluation, lookup: Lookup): boolean {
  if (refused) return true;
  for (const [name, { value }] of variables)
    if (name === "" || (value.includes("\0") && lookup(name) === undefined)) return true;
  return false;
}

function replacedIn(document: DotenvDocument, names: ReadonlySet<string>): Evaluation["replaced"] {
  const last = new Map<string, PlacedEntry>();
  const replaced: { earlier: PlacedEntry; later: PlacedEntry }[] = [];
  for (const source of entriesOf(document)) {
    const { name } = source.entry.key;
    // A bare key replaces nothing where the environment does not have it.
    if (!names.has(name) || source.entry.operator === null || !isNamed(source.entry)) continue;
    const earlier = last.get(name);
    if (earlier !== undefined) replaced.push({ earlier, later: source });
    last.set(name, source);
  }
  return replaced;
}

function lastByName(document: DotenvDocument): ReadonlyMap<string, PlacedEntry> {
  const last = new Map<string, PlacedEntry>();
  for (const source of entriesOf(document))
    if (source.entry.operator !== null && isNamed(source.entry)) last.set(source.entry.key.name, source);
  return last;
}
