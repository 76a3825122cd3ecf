/**
 * A project's compose files as one model: overrides merged, `extends` and `include` followed, every value
 * filled in and still knowing its place. In the order of compose-go loader/loader.go: each file is filled in,
 * extended and merged; what is included comes last and is merged with nothing.
 */
import type { Lookup } from "../interpolate/fill.ts";
import { canonicalResource, canonicalService } from "./canonical-service.ts";
import { mergeTrees, withoutReset } from "./merge.ts";
import { folderOf, resolvePath } from "./paths.ts";
import { type Definition, readEnvironment } from "./project-environment.ts";
import {
  entryOf,
  fillTree,
  itemsOf,
  type Leaf,
  leavesOf,
  type MapNode,
  mapOf,
  type TreeNode,
  textOf,
  withEntries,
} from "./tree.ts";
import type { RawMap } from "./yaml-tree.ts";

export const resourceKinds = ["networks", "volumes", "configs", "secrets"] as const;
export type ResourceKind = (typeof resourceKinds)[number];

/** A service or a shared resource. */
export interface LoadedPart {
  readonly node: MapNode;
  /** The variables as its own file sees them: an included project has its own. */
  readonly lookup: Lookup;
  /** The values by which it came into the project: the paths of an `include`. */
  readonly through: readonly Leaf[];
}

export interface LoadedModel {
  readonly services: ReadonlyMap<string, LoadedPart>;
  readonly resources: Readonly<Record<ResourceKind, ReadonlyMap<string, LoadedPart>>>;
  /** Where an included project's own env files set variables. */
  readonly definitions: readonly Definition[];
  /** All files that were read or looked for, as the project names them. */
  readonly envFiles: readonly string[];
  readonly composeFiles: readonly string[];
}

export interface Loading {
  /** Absolute path -> the trees of its documents; undefined where the file does not exist. */
  readonly trees: (path: string) => readonly RawMap[] | undefined;
  readonly text: (path: string) => string | undefined;
  readonly nameOf: (path: string) => string;
}

interface Around {
  readonly base: string;
  readonly lookup: Lookup;
  readonly through: readonly Leaf[];
  /** Files that include each other in a circle are read once. */
  readonly includedFrom: readonly string[];
}

/** @param files absolute */
export function loadModel(
  files: readonly string[],
  base: string,
  lookup: Lookup,
  loading: Loading,
): LoadedModel {
  const loader = new Loader(loading);
  const root = loader.load(files, { base, lookup, through: [], includedFrom: [] });
  return {
    ...root,
    definitions: loader.definitions,
    envFiles: [...loader.envFiles],
    composeFiles: [...loader.composeFiles],
  };
}

type Root = Pick<LoadedModel, "services" | "resources">;

class Loader {
  readonly definitions: Definition[] = [];
  readonly envFiles = new Set<string>();
  readonly composeFiles = new Set<string>();
  readonly #loading: Loading;

  constructor(loading: Loading) {
    this.#loading = loading;
  }

  load(files: readonly string[], around: Around): Root {
    let whole: MapNode | undefined;
    for (const file of files)
      for (const filled of this.#documents(file, around)) {
        const extended = this.#extendAll(filled, around);
        whole = whole === undefined ? dropResets(extended) : mergeFiles(whole, extended);
      }
    const { lookup, through } = around;
    const parts = (kind: string, of: (node: TreeNode) => MapNode) =>
      new Map(
        [...mapOf(entryOf(whole, kind))].map(([name, node]): [string, LoadedPart] => [
          name,
          { node: of(node), lookup, through },
        ]),
      );
    const root: Root = {
      services: parts("services", (node) => node as MapNode),
      resources: {
        networks: parts("networks", canonicalResource),
        volumes: parts("volumes", canonicalResource),
        configs: parts("configs", canonicalResource),
        secrets: parts("secrets", canonicalResource),
      },
    };
    return this.#include(root, entryOf(whole, "include"), {
      ...around,
      includedFrom: [...around.includedFrom, ...files],
    });
  }

  /** The file's documents, filled in, their services in canonical form. */
  #documents(file: string, { base, lookup }: Pick<Around, "base" | "lookup">): MapNode[] {
    const name = this.#loading.nameOf(file);
    this.composeFiles.add(name);
    return (this.#loading.trees(file) ?? []).map((raw) => {
      const filled = fillTree(raw, { file: name, base, lookup });
      const services = entryOf(filled, "services");
      if (services?.kind !== "map") return filled;
      const canonical = withEntries(
        services,
        [...services.entries].map(([key, node]) => [key, canonicalService(node)]),
      );
      return withEntries(filled, [...filled.entries, ["services", canonical]]);
    });
  }

  #extendAll(filled: MapNode, around: Around): MapNode {
    const services = entryOf(filled, "services");
    if (services?.kind !== "map") return filled;
    const extended = [...services.entries].map(([name]): [string, TreeNode] => [
      name,
      this.#extend(name, services, around, []),
    ]);
    return withEntries(filled, [...filled.entries, ["services", withEntries(services, extended)]]);
  }

  /** @param seen the places of the services on the way here, against circles */
  #extend(name: string, services: MapNode, around: Around, seen: readonly string[]): TreeNode {
    const service = services.entries.get(name);
    const here = service === undefined ? "" : `${service.place.file} ${name}`;
    if (service?.kind !== "map" || seen.includes(here)) return withEntries(services, []);
    const extending = service.entries.get("extends");
    if (extending === undefined) return service;
    const file = entryOf(extending, "file");
    const from = textOf(entryOf(extending, "service")) ?? textOf(extending) ?? "";
    const path = textOf(file);
    let base: TreeNode | undefined;
    if (path === undefined) base = this.#extend(from, services, around, [...seen, here]);
    else {
      const absolute = resolvePath(file?.kind === "leaf" ? file.base : around.base, path);
      const inside = { ...around, base: folderOf(absolute) };
      for (const document of this.#documents(absolute, inside)) {
        const others = entryOf(document, "services");
        if (others?.kind === "map" && others.entries.has(from))
          base = this.#extend(from, others, inside, [...seen, here]);
      }
    }
    // `extends` itself stays, so that what its path refers to is known.
    return base === undefined ? service : mergeTrees(base, service);
  }

  #include(root: Root, list: TreeNode | undefined, around: Around): Root {
    let result = root;
    for (const item of itemsOf(list)) {
      const paths = leafPaths(item.kind === "leaf" ? item : entryOf(item, "path"));
      const [main] = paths;
      if (main === undefined || around.includedFrom.includes(main)) continue;
      const at = textOf(entryOf(item, "project_directory"));
      const base = at === undefined ? folderOf(main) : resolvePath(around.base, at);
      const named = leafPaths(entryOf(item, "env_file"));
      const lookup = this.#includedLookup(
        named.length > 0 ? named : [resolvePath(base, ".env")],
        around.lookup,
      );
      const through = [...around.through, ...[...leavesOf(item, "")].map(({ leaf }) => leaf)];
      const inner = this.load(paths, { base, lookup, through, includedFrom: around.includedFrom });
      result = join(result, inner);
    }
    return result;
  }

  #includedLookup(paths: readonly string[], outer: Lookup): Lookup {
    const files = paths.flatMap((path) => {
      const file = this.#loading.nameOf(path);
      this.envFiles.add(file);
      const text = this.#loading.text(path);
      return text === undefined ? [] : [{ file, text }];
    });
    const { lookup, definitions } = readEnvironment(files, outer);
    this.definitions.push(...definitions);
    return lookup;
  }
}

/** Absolute. */
function leafPaths(node: TreeNode | undefined): string[] {
  return itemsOf(node).flatMap((item) =>
    item.kind === "leaf" && item.value ? [resolvePath(item.base, item.value)] : [],
  );
}

function dropResets(file: MapNode): MapNode {
  const clean = withoutReset(file);
  return clean.kind === "map" ? clean : file;
}

function mergeFiles(base: MapNode, over: MapNode): MapNode {
  const entries = new Map(base.entries);
  for (const [section, inner] of over.entries) {
    const known = entries.get(section);
    if (known?.kind !== "map" || inner.kind !== "map") {
      const both = known?.kind === "list" && inner.kind === "list";
      entries.set(section, both ? { ...inner, items: [...known.items, ...inner.items] } : inner);
      continue;
    }
    const parts = new Map(known.entries);
    for (const [name, part] of inner.entries) {
      const old = parts.get(name);
      if (part.tag === "reset") parts.delete(name);
      else parts.set(name, old === undefined ? withoutReset(part) : mergeTrees(old, part));
    }
    entries.set(section, withEntries(known, parts));
  }
  return withEntries(over, entries);
}

/** Compose refuses two different parts of one name; the first stays. */
function join(root: Root, more: Root): Root {
  const both = (a: ReadonlyMap<string, LoadedPart>, b: ReadonlyMap<string, LoadedPart>) =>
    new Map([...b, ...a]);
  return {
    services: both(root.services, more.services),
    resources: {
      networks: both(root.resources.networks, more.resources.networks),
      volumes: both(root.resources.volumes, more.resources.volumes),
      configs: both(root.resources.configs, more.resources.configs),
      secrets: both(root.resources.secrets, more.resources.secrets),
    },
  };
}
