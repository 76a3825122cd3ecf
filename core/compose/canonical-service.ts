/**
 * A service's many spellings as one: lists of `KEY=value` become maps, single values lists, names maps. Then
 * two files can be merged by plain rules (compose-go transform/canonical.go, override/merge.go).
 */
import { type Leaf, type MapNode, type TreeNode, withEntries } from "./tree.ts";

type Change = (node: TreeNode) => TreeNode;

/** Splits at the first `=`; an item without one is a name without a value. */
function keyed(node: TreeNode): TreeNode {
  if (node.kind !== "list") return node;
  const entries = new Map<string, TreeNode>();
  for (const item of node.items) {
    if (item.kind !== "leaf" || item.value === null) continue;
    const equals = item.value.indexOf("=");
    const key = equals === -1 ? item.value : item.value.slice(0, equals);
    entries.set(key, { ...item, value: equals === -1 ? null : item.value.slice(equals + 1) });
  }
  return { kind: "map", place: node.place, tag: node.tag, entries };
}

function listed(node: TreeNode): TreeNode {
  if (node.kind === "list" || (node.kind === "leaf" && node.value === null)) return node;
  return { kind: "list", place: node.place, tag: node.tag, items: [node] };
}

/** `host: address` as `host=address`: a host may have several. */
function hosts(node: TreeNode): TreeNode {
  const items = node.kind === "list" ? node.items : node.kind === "map" ? pairs(node) : undefined;
  if (items === undefined) return node;
  const same = items.map((item) =>
    item.kind === "leaf" && item.value !== null
      ? { ...item, value: item.value.replace(/^([^:=]+):/, "$1=") }
      : item,
  );
  return { kind: "list", place: node.place, tag: node.tag, items: same };
}

function pairs(node: MapNode): TreeNode[] {
  return [...node.entries].flatMap(([host, addresses]) =>
    (addresses.kind === "list" ? addresses.items : [addresses]).map((item) =>
      item.kind === "leaf" ? { ...item, value: `${host}=${item.value ?? ""}` } : item,
    ),
  );
}

/** A list of names as a map of them. */
const named =
  (value: (item: Leaf) => TreeNode): Change =>
  (node) =>
    node.kind === "list"
      ? {
          kind: "map",
          place: node.place,
          tag: node.tag,
          entries: new Map(
            node.items.flatMap((item) =>
              item.kind === "leaf" && item.value !== null ? [[item.value, value(item)]] : [],
            ),
          ),
        }
      : node;

const blank = (item: Leaf): Leaf => ({ ...item, value: null });
const wrapped = (item: Leaf, key: string, value: string | null): MapNode => ({
  kind: "map",
  place: item.place,
  tag: undefined,
  entries: new Map([[key, { ...item, value, tag: undefined }]]),
});

function build(node: TreeNode): TreeNode {
  if (node.kind === "leaf" && node.value !== null)
    return { ...wrapped(node, "context", node.value), tag: node.tag };
  if (node.kind !== "map") return node;
  return changed(node, { args: keyed, labels: keyed, additional_contexts: keyed, extra_hosts: hosts });
}

function changed(node: MapNode, changes: Readonly<Record<string, Change>>): MapNode {
  return withEntries(
    node,
    [...node.entries]
      // Nobody but Compose's reader sees extensions.
      .filter(([key]) => !key.startsWith("x-"))
      .map(([key, inner]) => [key, changes[key]?.(inner) ?? inner]),
  );
}

const serviceChanges: Readonly<Record<string, Change>> = {
  environment: keyed,
  labels: keyed,
  annotations: keyed,
  sysctls: keyed,
  extra_hosts: hosts,
  env_file: listed,
  label_file: listed,
  dns: listed,
  dns_search: listed,
  tmpfs: listed,
  networks: named(blank),
  depends_on: named((item) => wrapped(item, "condition", "service_started")),
  build,
  deploy: (node) => (node.kind === "map" ? changed(node, { labels: keyed }) : node),
};

export function canonicalService(node: TreeNode): MapNode {
  if (node.kind !== "map") return { kind: "map", place: node.place, tag: node.tag, entries: new Map() };
  return changed(node, serviceChanges);
}

/** A network, volume, config or secret. */
export function canonicalResource(node: TreeNode): MapNode {
  if (node.kind !== "map") return { kind: "map", place: node.place, tag: node.tag, entries: new Map() };
  return changed(node, { labels: keyed });
}
