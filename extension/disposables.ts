/** What a part of the extension owns. What is added after the end is ended at once. */

export interface Owned {
  dispose(): unknown;
}

export class Disposables implements Owned {
  readonly #owned: Owned[] = [];
  #ended = false;

  add<T extends Owned>(owned: T): T {
    if (this.#ended) owned.dispose();
    else this.#owned.push(owned);
    return owned;
  }

  /** For what is stopped by calling a function. */
  defer(stop: () => void): void {
    this.add({ dispose: stop });
  }

  dispose(): void {
    this.#ended = true;
    for (const owned of this.#owned.splice(0).reverse()) owned.dispose();
  }
}
