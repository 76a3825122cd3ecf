/** Puts a later file's service over an earlier one's, as Compose does (compose-spec 13-merge). Canonical forms only. */

import { mountOf } from "./mounts.ts";
import { type TreeNode, textOf, withEntries } from "./tree.ts";

/** Replaced as a whole. */
const replaced = new Set(["command", "entrypoint", "healthcheck.test"]);

/** Lists whose items have an identity: a later item takes the place of the earlier one. */
const identities: Readonly<Record<string, (item: TreeNode) => string | undefined>> = {
  volumes: (item) => mountOf(item)?.target,
  devices: (item) => mountOf(item)?.target,
  configs: grantTarget,
  secrets: grantTarget,
};

function grantTarget(item: TreeNode): string | undefined {
  if (item.kind !== "map") return textOf(item);
  return (textOf(item.entries.get("target")) ?? textOf(item.entries.get("source")))?.replace(
    /^\/run\/secrets\//,
    "",
  );
}

/** @param path of the two, from their service; empty for the service itself */
export function mergeTrees(base: TreeNode, over: TreeNode, path = ""): TreeNode {
  if (over.tag === "override" || replaced.has(path)) return over;
  if (over.kind === "leaf" && over.value === null && !isValue(path)) return base;
  if (base.kind === "map" && over.kind === "map") {
    const entries = new Map(base.entries);
    for (const [key, inner] of over.entries) {
      const known = entries.get(key);
      if (inner.tag === "reset") entries.delete(key);
      else if (known === undefined) entries.set(key, inner);
      else entries.set(key, mergeTrees(known, inner, path === "" ? key : `${path}.${key}`));
    }
    return withEntries(over, path === "logging" ? ownOptions(base, over, entries) : entries);
  }
  if (base.kind === "list" && over.kind === "list")
    return { ...over, items: withIdentity([...base.items, ...over.items], identities[path]) };
  return over;
}

/** A value of these maps may be nothing: a name alone, whose value comes from outside. */
function isValue(path: string): boolean {
  return /^(?:environment|labels|annotations|sysctls|build\.(?:args|labels)|deploy\.labels)\./.test(path);
}

/** Another driver has no use for the options of the first. */
function ownOptions(
  base: TreeNode,
  over: TreeNode,
  merged: ReadonlyMap<string, TreeNode>,
): ReadonlyMap<string, TreeNode> {
  const driver = (node: TreeNode) => (node.kind === "map" ? textOf(node.entries.get("driver")) : undefined);
  const other = driver(over) !== undefined && driver(base) !== undefined && driver(base) !== driver(over);
  return other && over.kind === "map" ? over.entries : merged;
}

function withIdentity(
  items: readonly TreeNode[],
  identity: ((item: TreeNode) => string | undefined) | undefined,
): TreeNode[] {
  const kept = new Map<string, TreeNode>();
  for (const [index, item] of items.entries()) {
    const own = identity === undefined ? textOf(item) : identity(item);
    kept.set(own === undefined ? `#${index}` : `=${own}`, item);
  }
  return [...kept.values()];
}

/** What `!reset` leaves of a tree that nothing is merged into. */
export function withoutReset(node: TreeNode): TreeNode {
  if (node.kind !== "map") return node;
  return withEntries(
    node,
    [...node.entries]
      .filter(([, inner]) => inner.tag !== "reset")
      .map(([key, inner]) => [key, withoutReset(inner)]),
  );
}
