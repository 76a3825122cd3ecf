/** Who names a variable: the entries whose key it is, in the order of the file, and those that refer to it. */
import { type Entry, isNamed } from "../../dotenv/pieces.ts";
import { referencesIn } from "../../interpolate/template.ts";
import type { PieceOrder } from "./order.ts";

export interface Named {
  /** In the order of the file; some of them define nothing. */
  readonly mentions: readonly Entry[];
  readonly referers: ReadonlySet<Entry>;
}

interface Kept extends Named {
  readonly mentions: Entry[];
  readonly referers: Set<Entry>;
}

const nobody: Named = { mentions: [], referers: new Set() };

/** Gives its key a value; a bare key only takes one from outside. */
export const isAssigning = (entry: Entry): boolean => entry.operator !== null && isNamed(entry);

export function namesReferredTo(entry: Entry): readonly string[] {
  const { value } = entry;
  return value === null || value.template === null
    ? []
    : [...referencesIn(value.template)].map(({ name }) => name);
}

export class NameTable {
  readonly #order: PieceOrder;
  readonly #names = new Map<string, Kept>();

  constructor(order: PieceOrder) {
    this.#order = order;
  }

  of(name: string): Named {
    return this.#names.get(name) ?? nobody;
  }

  names(): Iterable<string> {
    return this.#names.keys();
  }

  /** The entry must have its place in the order. */
  add(entry: Entry): void {
    const { mentions } = this.#kept(entry.key.name);
    const last = mentions.at(-1);
    if (last === undefined || this.#order.labelOf(last) < this.#order.labelOf(entry)) mentions.push(entry);
    else mentions.splice(this.#firstFrom(mentions, entry), 0, entry);
    for (const name of namesReferredTo(entry)) this.#kept(name).referers.add(entry);
  }

  remove(entry: Entry): void {
    const { name } = entry.key;
    const { mentions } = this.#kept(name);
    const index = mentions.indexOf(entry);
    if (index !== -1) mentions.splice(index, 1);
    for (const other of namesReferredTo(entry)) {
      this.#kept(other).referers.delete(entry);
      this.#forgetIfUnnamed(other);
    }
    this.#forgetIfUnnamed(name);
  }

  /** The entry that gave the name its value when the reader comes to `at`. */
  assignedBefore(name: string, at: Entry): Entry | undefined {
    const { mentions } = this.of(name);
    for (let index = this.#firstFrom(mentions, at) - 1; index >= 0; index--) {
      const entry = mentions[index];
      if (entry !== undefined && isAssigning(entry)) return entry;
    }
    return undefined;
  }

  #kept(name: string): Kept {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const made = { mentions: [], referers: new Set<Entry>() };
    this.#names.set(name, made);
    return made;
  }

  #forgetIfUnnamed(name: string): void {
    const known = this.#names.get(name);
    if (known?.mentions.length === 0 && known.referers.size === 0) this.#names.delete(name);
  }

  #firstFrom(mentions: readonly Entry[], entry: Entry): number {
    const label = this.#order.labelOf(entry);
    let low = 0;
    let high = mentions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = mentions[middle];
      if (other !== undefined && this.#order.labelOf(other) < label) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
