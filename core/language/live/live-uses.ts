/** Which variables of a document serve somebody, kept up to date: directly, or through other variables. */
import { type NameTable, namesReferredTo } from "./name-table.ts";

export class LiveUses {
  readonly #names: NameTable;
  readonly #isUsedDirectly: (name: string) => boolean;
  readonly #used = new Set<string>();

  constructor(names: NameTable, isUsedDirectly: (name: string) => boolean) {
    this.#names = names;
    this.#isUsedDirectly = isUsedDirectly;
  }

  isUsed(name: string): boolean {
    return this.#used.has(name);
  }

  /** @param changed names that entries came to or went from, or came or ceased to refer to; all that may differ are returned */
  refresh(changed: Iterable<string>): ReadonlySet<string> {
    const affected = new Set<string>();
    const queue = [...changed];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (affected.has(name)) continue;
      affected.add(name);
      for (const other of this.#served(name)) queue.push(other);
    }
    for (const name of affected) this.#used.delete(name);
    for (const name of affected) if (this.#isUsedDirectly(name) || this.#servesUsed(name)) queue.push(name);
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (this.#used.has(name)) continue;
      this.#used.add(name);
      for (const other of this.#served(name)) queue.push(other);
    }
    return affected;
  }

  /** The names that the values of a name are made of. */
  #served(name: string): readonly string[] {
    return this.#names.of(name).mentions.flatMap(namesReferredTo);
  }

  #servesUsed(name: string): boolean {
    for (const referer of this.#names.of(name).referers) if (this.#used.has(referer.key.name)) return true;
    return false;
  }
}
