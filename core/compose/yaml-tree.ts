/**
 * A compose file's YAML as plain trees with places: aliases followed, `<<` merged, templates read. From the
 * text alone, tolerant of everything, so that it can be kept for as long as the text stays the same.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
} from "yaml";
import { parseTemplate, referencesIn, type Template } from "../interpolate/template.ts";

/** compose-spec 13-merge: `!reset` takes away what earlier files say, `!override` replaces it as a whole. */
export type MergeTag = "reset" | "override";

interface RawBase {
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  readonly tag: MergeTag | undefined;
  /** How many nodes it stands for, aliases followed. */
  readonly size: number;
}

export interface RawScalar extends RawBase {
  readonly kind: "scalar";
  /** Numbers and booleans as they are written. */
  readonly value: string | null;
  /** Of a string with a `$`. */
  readonly template: Template | undefined;
  /** The variables that the template names, with the offset of each reference. */
  readonly names: readonly { readonly name: string; readonly at: number }[];
}

export interface RawList extends RawBase {
  readonly kind: "list";
  readonly items: readonly RawNode[];
}

export interface RawMap extends RawBase {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, RawNode>;
  /** Where each key stands. */
  readonly keys: ReadonlyMap<string, number>;
}

export type RawNode = RawScalar | RawList | RawMap;

/** Beyond this a file's aliases multiply each other on purpose. */
const maxNodes = 200_000;

const noNames: RawScalar["names"] = [];

/** One tree per YAML document of the file that is a map; what is broken is left out. */
export function readTrees(text: string): readonly RawMap[] {
  const documents = parseAllDocuments(text, { logLevel: "silent", prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document: Document) => {
    const tree = new TreeReader(text).read(document.contents);
    return tree.kind === "map" ? [tree] : [];
  });
}

class TreeReader {
  readonly #text: string;
  readonly #anchors = new Map<string, RawNode>();
  #total = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(node: unknown): RawNode {
    if (isAlias(node)) {
      // An anchor that is still being read, or that nobody set, stands for nothing.
      const known = this.#anchors.get(node.source);
      this.#total += known?.size ?? 1;
      return known === undefined || this.#total > maxNodes ? blank(node.range?.[0] ?? 0) : known;
    }
    if (node === null || typeof node !== "object") return blank(0);
    this.#total += 1;
    const tree = this.#convert(node as Node);
    const anchor = isNode(node) && "anchor" in node ? node.anchor : undefined;
    if (typeof anchor === "string") this.#anchors.set(anchor, tree);
    return tree;
  }

  #convert(node: Node): RawNode {
    const [start, end] = node.range ?? [0, 0];
    const base = { start, end, tag: tagOf(node.tag) };
    if (isMap(node)) return { ...base, ...this.#map(node.items as Pair[]) };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.read(item));
      return { ...base, kind: "list", items, size: 1 + items.reduce((sum, item) => sum + item.size, 0) };
    }
    return isScalar(node) ? readScalar(this.#text, node, base) : blank(start);
  }

  #map(pairs: readonly Pair[]): Pick<RawMap, "kind" | "entries" | "keys" | "size"> {
    const entries = new Map<string, RawNode>();
    const keys = new Map<string, number>();
    const merged: RawMap[] = [];
    for (const { key, value } of pairs) {
      if (!isScalar(key)) continue;
      const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
      const read = value === null ? blank(key.range?.[1] ?? 0) : this.read(value);
      if (name === "<<" && key.type === "PLAIN") {
        for (const from of read.kind === "list" ? read.items : [read])
          if (from.kind === "map") merged.push(from);
        continue;
      }
      entries.set(name, read);
      keys.set(name, key.range?.[0] ?? 0);
    }
    for (const from of merged)
      for (const [name, node] of from.entries)
        if (!entries.has(name)) {
          entries.set(name, node);
          keys.set(name, from.keys.get(name) ?? node.start);
        }
    const size = 1 + [...entries.values()].reduce((sum, node) => sum + node.size, 0);
    return { kind: "map", entries, keys, size };
  }
}

const blank = (at: number): RawScalar => ({
  kind: "scalar",
  start: at,
  end: at,
  tag: undefined,
  size: 1,
  value: null,
  template: undefined,
  names: noNames,
});

function tagOf(tag: string | undefined): MergeTag | undefined {
  return tag === "!reset" ? "reset" : tag === "!override" ? "override" : undefined;
}

function readScalar(text: string, scalar: Scalar, base: Omit<RawBase, "size">): RawScalar {
  const { value, source } = scalar;
  const shown =
    value === null || value === undefined
      ? null
      : typeof value === "string"
        ? value
        : (source ?? String(value));
  const common = { ...base, kind: "scalar", size: 1, value: shown } as const;
  if (typeof value !== "string" || !value.includes("$"))
    return { ...common, template: undefined, names: noNames };
  const template = parseTemplate(value);
  let from = base.start;
  const names = [...referencesIn(template)].map(({ name, braced }) => {
    const at = text.indexOf(`${braced ? "${" : "$"}${name}`, from);
    // Escapes and folds may hide it: then the value's beginning must do.
    if (at === -1 || at >= base.end) return { name, at: base.start };
    from = at + 1;
    return { name, at };
  });
  return { ...common, template, names };
}
