/** The values of a document's variables, kept up to date: an edit costs what depends on it, not the file. */
import type { Entry } from "../../dotenv/pieces.ts";
import { fillTemplate, type Lookup, type TemplateIssue } from "../../interpolate/fill.ts";
import { isAssigning, type NameTable } from "./name-table.ts";
import type { PieceOrder } from "./order.ts";

/** Broken references are syntax, and problems of their entry already. */
export type ReferenceIssue = Exclude<TemplateIssue, { kind: "broken" }>;

interface Filled {
  readonly value: string;
  readonly issues: readonly ReferenceIssue[];
}

export class LiveValues {
  readonly #lookup: Lookup;
  readonly #order: PieceOrder;
  readonly #names: NameTable;
  /** Of entries with a template; the value of every other one stands in the entry. */
  readonly #filled = new Map<Entry, Filled>();
  readonly #troubled = new Set<Entry>();

  constructor(lookup: Lookup, order: PieceOrder, names: NameTable) {
    this.#lookup = lookup;
    this.#order = order;
    this.#names = names;
  }

  /** Entries that refer to what is not there. */
  get troubled(): ReadonlySet<Entry> {
    return this.#troubled;
  }

  issuesOf(entry: Entry): readonly ReferenceIssue[] {
    return this.#filled.get(entry)?.issues ?? [];
  }

  valueOf(entry: Entry): string {
    return this.#filled.get(entry)?.value ?? entry.value?.cooked ?? "";
  }

  forget(entry: Entry): void {
    this.#filled.delete(entry);
    this.#troubled.delete(entry);
  }

  /** Fills the entries again and, in the order of the file, all that depend on them; they are returned. */
  refresh(entries: Iterable<Entry>): ReadonlySet<Entry> {
    const stale = new Set<Entry>();
    const queue: Entry[] = [];
    const add = (entry: Entry): void => {
      if (entry.value?.template == null || stale.has(entry)) return;
      stale.add(entry);
      queue.push(entry);
    };
    for (const entry of entries) add(entry);
    for (let entry = queue.pop(); entry !== undefined; entry = queue.pop())
      if (isAssigning(entry)) for (const referer of this.#names.of(entry.key.name).referers) add(referer);
    // A reference looks back: whoever stands above is done by then.
    const ordered = [...stale].sort((a, b) => this.#order.labelOf(a) - this.#order.labelOf(b));
    for (const entry of ordered) this.#fill(entry);
    return stale;
  }

  #fill(entry: Entry): void {
    const issues: ReferenceIssue[] = [];
    const value = fillTemplate(
      entry.value?.template ?? [],
      (name) => this.#lookup(name) ?? this.#valueBefore(name, entry),
      (issue) => {
        if (issue.kind !== "broken") issues.push(issue);
      },
    );
    this.#filled.set(entry, { value, issues });
    if (issues.length > 0) this.#troubled.add(entry);
    else this.#troubled.delete(entry);
  }

  #valueBefore(name: string, at: Entry): string | undefined {
    const entry = this.#names.assignedBefore(name, at);
    return entry === undefined ? undefined : this.valueOf(entry);
  }
}
