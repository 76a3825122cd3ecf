/** Where in a compose file something stands: by its path, `services.api.ports`, or by the names in a sentence about it. */
import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Pair, parseDocument } from "yaml";

export interface YamlPlace {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export interface Found {
  readonly place: YamlPlace;
  /** How many steps of the path exist. */
  readonly depth: number;
}

/** A file in which everything can be looked up. */
class Places {
  readonly #lines = new LineCounter();
  readonly root: unknown;

  constructor(text: string) {
    this.root = parseDocument(text, {
      lineCounter: this.#lines,
      logLevel: "silent",
      prettyErrors: false,
    }).contents;
  }

  /** The deepest step of the path that exists; undefined where not even the first does. */
  find(path: readonly string[]): Found | undefined {
    let node = this.root;
    let offset: number | undefined;
    let depth = 0;
    for (const step of path) {
      const next = stepInto(node, step);
      if (next === undefined) break;
      offset = next.offset;
      node = next.node;
      depth += 1;
    }
    if (offset === undefined) return undefined;
    const { line, col } = this.#lines.linePos(offset);
    return { place: { line, column: col }, depth };
  }

  keysAt(path: readonly string[]): readonly string[] {
    let node = this.root;
    for (const step of path) node = stepInto(node, step)?.node;
    return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
  }
}

/** A key, an item that reads so, or an item by its number. */
function stepInto(node: unknown, step: string): { offset: number | undefined; node: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item): item is Pair => isPair(item) && isScalar(item.key) && String(item.key.value) === step,
    );
    return pair !== undefined && isNode(pair.key)
      ? { offset: pair.key.range?.[0], node: pair.value }
      : undefined;
  }
  if (!isSeq(node)) return undefined;
  const item =
    node.items.find((one) => isScalar(one) && String(one.value) === step) ?? node.items[Number(step)];
  return isNode(item) ? { offset: item.range?.[0], node: item } : undefined;
}

export function locatePath(text: string, path: readonly string[]): Found | undefined {
  return new Places(text).find(path);
}

export interface NamedPlace extends YamlPlace {
  readonly file: string;
}

/**
 * The place that a sentence is about, whatever language it is in: the deepest path that it names (`services.api.ports`,
 * `services[api].ports`), else the service whose name is among its words, and from there on what further words of it are
 * keys: `services.api additional properties 'foo' not allowed` is about `services.api.foo`.
 */
export function namedPlace(
  sentence: string,
  files: readonly { readonly path: string; readonly text: string }[],
): NamedPlace | undefined {
  const words = sentence
    .replace(/\[([^\]]*)\]/g, ".$1")
    .split(/[^\w.-]+/)
    .map((word) => word.replace(/^\.+|\.+$/g, ""))
    .filter((word) => word !== "");
  let best: (Found & { readonly file: string }) | undefined;
  for (const { path: file, text } of files) {
    const places = new Places(text);
    const services = new Set(places.keysAt(["services"]));
    const starts = [
      ...words.filter((word) => word.includes(".")).map((word) => word.split(".")),
      ...words.filter((word) => services.has(word)).map((word) => ["services", word]),
      [],
    ];
    for (const start of starts) {
      const depth = places.find(start)?.depth ?? 0;
      // A path is only meant where it is one of the file's own.
      if (start.length > 0 && depth < Math.min(2, start.length)) continue;
      const found = places.find(withKeys(places, start.slice(0, depth), words));
      if (found !== undefined && found.depth > (best?.depth ?? 0)) best = { ...found, file };
    }
  }
  return best && { file: best.file, ...best.place };
}

function withKeys(places: Places, path: readonly string[], words: readonly string[]): readonly string[] {
  const keys = places.keysAt(path);
  const next = words.findLast((word) => keys.includes(word));
  return next === undefined || path.length > 8 ? path : withKeys(places, [...path, next], words);
}
