/** What a service's `volumes` mount, in the short and the long form (compose-spec 05-services). */
import { isAbsolutePath, resolvePath } from "./paths.ts";
import { itemsOf, type Leaf, type TreeNode, textOf } from "./tree.ts";

export interface Mount {
  readonly kind: "bind" | "volume" | "other";
  /** As written; undefined for an anonymous volume. */
  readonly source: string | undefined;
  readonly target: string;
  readonly readOnly: boolean;
  /** The leaf that names the source, else the target. */
  readonly leaf: Leaf;
}

const isPath = (source: string) => isAbsolutePath(source) || /^(?:\.|~)/.test(source);

export function mountOf(item: TreeNode): Mount | undefined {
  if (item.kind === "list") return undefined;
  if (item.kind === "map") {
    const source = item.entries.get("source");
    const target = item.entries.get("target");
    const type = textOf(item.entries.get("type"));
    const leaf = source?.kind === "leaf" ? source : target;
    if (leaf?.kind !== "leaf") return undefined;
    return {
      kind: type === "bind" || type === "volume" ? type : "other",
      source: textOf(source),
      target: textOf(target) ?? "",
      readOnly: textOf(item.entries.get("read_only")) === "true",
      leaf,
    };
  }
  if (item.value === null) return undefined;
  // A drive's colon is no separator.
  const [, first = "", second, options] =
    /^((?:[a-z]:[/\\])?[^:]*)(?::([^:]*))?(?::(.*))?$/i.exec(item.value) ?? [];
  if (second === undefined)
    return { kind: "volume", source: undefined, target: first, readOnly: false, leaf: item };
  return {
    kind: isPath(first) ? "bind" : "volume",
    source: first,
    target: second,
    readOnly: options?.split(",").includes("ro") ?? false,
    leaf: item,
  };
}

export const mountsOf = (volumes: TreeNode | undefined): Mount[] =>
  itemsOf(volumes).flatMap((item) => mountOf(item) ?? []);

/** Absolute. */
export function sourceOf({ source = ".", leaf }: Mount, home: string | undefined): string {
  if (home !== undefined && /^~(?:[/\\]|$)/.test(source)) return resolvePath(home, source.slice(2));
  return resolvePath(leaf.base, source);
}
