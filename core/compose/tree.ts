/** A compose file's trees with every variable filled in, each value still knowing where it comes from. */
import { fillTemplate, type Lookup } from "../interpolate/fill.ts";
import type { Json } from "./model.ts";
import type { MergeTag, RawMap, RawNode, RawScalar } from "./yaml-tree.ts";

export interface Place {
  /** As the project names it. */
  readonly file: string;
  /** Offset in the file's text. */
  readonly at: number;
}

export interface Leaf {
  readonly kind: "leaf";
  readonly value: string | null;
  readonly place: Place;
  /** What a relative path starts from, absolute. */
  readonly base: string;
  readonly names: readonly { readonly name: string; readonly place: Place }[];
  readonly tag: MergeTag | undefined;
}

export interface ListNode {
  readonly kind: "list";
  readonly place: Place;
  readonly items: readonly TreeNode[];
  readonly tag: MergeTag | undefined;
}

export interface MapNode {
  readonly kind: "map";
  /** Of a map that is another map's value: where its key stands. */
  readonly place: Place;
  readonly entries: ReadonlyMap<string, TreeNode>;
  readonly tag: MergeTag | undefined;
}

export type TreeNode = Leaf | ListNode | MapNode;

export interface Surroundings {
  readonly file: string;
  readonly base: string;
  readonly lookup: Lookup;
}

/** Blank in the place of what Compose would refuse: an editor must not stop. */
export function fillTree(raw: RawMap, around: Surroundings): MapNode {
  const done = new Map<RawNode, TreeNode>();
  const fill = (node: RawNode, at: number): TreeNode => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const place = { file: around.file, at: node.kind === "scalar" && node.value !== null ? node.start : at };
    const filled: TreeNode =
      node.kind === "scalar"
        ? fillScalar(node, place, around)
        : node.kind === "list"
          ? { kind: "list", place, tag: node.tag, items: node.items.map((item) => fill(item, item.start)) }
          : { kind: "map", place, tag: node.tag, entries: fillEntries(node) };
    done.set(node, filled);
    return filled;
  };
  const fillEntries = ({ entries, keys }: RawMap) =>
    new Map([...entries].map(([key, node]) => [key, fill(node, keys.get(key) ?? node.start)]));
  return {
    kind: "map",
    place: { file: around.file, at: raw.start },
    tag: raw.tag,
    entries: fillEntries(raw),
  };
}

function fillScalar({ value, template, names, tag }: RawScalar, place: Place, around: Surroundings): Leaf {
  return {
    kind: "leaf",
    value: template === undefined ? value : fillTemplate(template, around.lookup, () => undefined),
    place,
    base: around.base,
    names: names.map(({ name, at }) => ({ name, place: { file: around.file, at } })),
    tag,
  };
}

export function entryOf(node: TreeNode | undefined, key: string): TreeNode | undefined {
  return node?.kind === "map" ? node.entries.get(key) : undefined;
}

export function mapOf(node: TreeNode | undefined): ReadonlyMap<string, TreeNode> {
  return node?.kind === "map" ? node.entries : new Map<string, TreeNode>();
}

/** Compose's "one or many". */
export function itemsOf(node: TreeNode | undefined): readonly TreeNode[] {
  if (node === undefined || (node.kind === "leaf" && node.value === null)) return [];
  return node.kind === "list" ? node.items : [node];
}

export function textOf(node: TreeNode | undefined): string | undefined {
  return node?.kind === "leaf" ? (node.value ?? undefined) : undefined;
}

export function withEntries(node: MapNode, entries: Iterable<readonly [string, TreeNode]>): MapNode {
  return { ...node, entries: new Map(entries) };
}

export function jsonOf(node: TreeNode): Json {
  if (node.kind === "leaf") return node.value;
  if (node.kind === "list") return node.items.map(jsonOf);
  return Object.fromEntries([...node.entries].map(([key, inner]) => [key, jsonOf(inner)]));
}

/** Every leaf with the dotted path to it; the items of a list share the list's. */
export function* leavesOf(
  node: TreeNode,
  path: string,
): Generator<{ readonly leaf: Leaf; readonly path: string }> {
  if (node.kind === "leaf") yield { leaf: node, path };
  else if (node.kind === "list") for (const item of node.items) yield* leavesOf(item, path);
  else for (const [key, inner] of node.entries) yield* leavesOf(inner, path === "" ? key : `${path}.${key}`);
}
