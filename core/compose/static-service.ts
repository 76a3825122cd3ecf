/** One service of the loaded model: what it resolves to, what reaches it, which files it reads. */
import type { Lookup } from "../interpolate/fill.ts";
import { type LoadedModel, type LoadedPart, type ResourceKind, resourceKinds } from "./load-model.ts";
import type { Json } from "./model.ts";
import { mountsOf, sourceOf } from "./mounts.ts";
import { resolvePath } from "./paths.ts";
import { type Reach, reachesOf } from "./reach.ts";
import {
  entryOf,
  itemsOf,
  jsonOf,
  type Leaf,
  leavesOf,
  mapOf,
  type Place,
  type TreeNode,
  textOf,
} from "./tree.ts";
import { type ReadVariableFiles, variableFilesOf } from "./variable-files.ts";

export type FileVia = "bind" | "config" | "secret" | "env-file" | "label-file" | "build";

export interface FileUse {
  /** As the project names it; the folder where a folder is meant. */
  readonly path: string;
  readonly via: FileVia;
  /** A mount through which the service cannot write. */
  readonly readOnly: boolean;
  /** Of an env file: `raw` is read as `docker run --env-file` reads it. */
  readonly dialect?: "compose" | "raw";
  readonly place: Place;
}

export interface StaticService {
  readonly name: string;
  /** `process`: a local service of hotenv.yaml, which follows Compose's rules. */
  readonly runtime: "compose" | "process";
  /** False where its profiles are not active. */
  readonly enabled: boolean;
  /**
   * What it resolves to: two of one project differ exactly where Compose's own models do. Not Compose's spelling
   * of it: values stand as they are written.
   */
  readonly config: { readonly [key: string]: Json };
  readonly reaches: readonly Reach[];
  readonly files: readonly FileUse[];
  /** Where its profiles are named. */
  readonly profilesAt: Place | undefined;
  /** Where it is tied to other services. */
  readonly tiesAt: Place | undefined;
  readonly place: Place;
}

export interface ServiceContext {
  readonly model: LoadedModel;
  /** The project's variables, those of included projects left out. */
  readonly lookup: Lookup;
  readonly profiles: ReadonlySet<string>;
  readonly variables: ReadVariableFiles;
  readonly nameOf: (path: string) => string;
  readonly runtime: "compose" | "process";
}

/** Compose prints these no more: they have done their work. */
const workedIn = new Set(["env_file", "label_file", "extends"]);

export function staticService(name: string, part: LoadedPart, context: ServiceContext): StaticService {
  const { node } = part;
  const collected: Collected = { reaches: [], files: [] };
  const config: Record<string, Json> = {};
  for (const [key, inner] of node.entries) if (!workedIn.has(key)) config[key] = jsonOf(inner);

  for (const { leaf, path } of leavesOf(node, "")) collected.reaches.push(...reachesOf(leaf, path));
  for (const leaf of part.through) collected.reaches.push(...reachesOf(leaf, "include"));
  config.environment = environmentOf(part, context, collected);
  const labels = labelsOf(part, context, collected);
  if (labels !== undefined) config.labels = labels;
  const build = buildOf(entryOf(node, "build"), context, collected);
  if (build !== undefined) config.build = build;
  if (context.runtime === "compose") config.resources = resourcesOf(part, context, collected);
  addMounts(part, context, collected);
  config.files = [
    ...new Set(
      collected.files.filter(({ via }) => via === "bind" || via === "build").map(({ path }) => path),
    ),
  ].sort();

  const profiles = itemsOf(entryOf(node, "profiles")).flatMap((item) => textOf(item) ?? []);
  return {
    name,
    runtime: context.runtime,
    enabled:
      profiles.length === 0 ||
      context.profiles.has("*") ||
      profiles.some((profile) => context.profiles.has(profile)),
    config,
    reaches: collected.reaches,
    files: collected.files,
    profilesAt: profiles.length === 0 ? undefined : entryOf(node, "profiles")?.place,
    tiesAt: ["network_mode", "ipc", "pid", "depends_on"].flatMap((key) => entryOf(node, key)?.place ?? [])[0],
    place: node.place,
  };
}

interface Collected {
  readonly reaches: Reach[];
  readonly files: FileUse[];
}

/** `environment` over later env files over earlier ones; a name alone takes its value from outside. */
function environmentOf(
  { node, lookup }: LoadedPart,
  context: ServiceContext,
  { reaches, files }: Collected,
): Json {
  const listed = variableFilesOf(entryOf(node, "env_file"));
  for (const { path, leaf, dialect } of listed)
    files.push({ path: context.nameOf(path), via: "env-file", readOnly: true, dialect, place: leaf.place });
  const own = mapOf(entryOf(node, "environment"));
  const result: Record<string, Json> = {};
  for (const [key, { value, reaches: from }] of context.variables(listed, context.lookup)) {
    if (own.has(key)) continue;
    for (const reach of from) reaches.push({ ...reach, path: `environment.${key}` });
    if (value !== null) result[key] = value;
  }
  for (const [key, item] of own) {
    if (item.kind !== "leaf") continue;
    result[key] = item.value ?? lookup(key) ?? null;
    if (item.value === null) reaches.push({ variable: key, path: `environment.${key}`, place: item.place });
  }
  return result;
}

const nothing: Lookup = () => undefined;

/** A label file's values see nothing of the project's (docs: how Compose reads `.env`). */
function labelsOf(
  { node }: LoadedPart,
  context: ServiceContext,
  { reaches, files }: Collected,
): Json | undefined {
  const listed = variableFilesOf(entryOf(node, "label_file"));
  if (listed.length === 0) return undefined;
  const result: Record<string, Json> = {};
  const own = mapOf(entryOf(node, "labels"));
  for (const { path, leaf } of listed)
    files.push({ path: context.nameOf(path), via: "label-file", readOnly: true, place: leaf.place });
  for (const [key, { value, reaches: from }] of context.variables(listed, nothing)) {
    if (own.has(key)) continue;
    for (const reach of from)
      if (reach.setIn !== undefined) reaches.push({ ...reach, path: `labels.${key}` });
    result[key] = value ?? "";
  }
  for (const [key, item] of own) result[key] = jsonOf(item);
  return result;
}

function buildOf(
  node: TreeNode | undefined,
  context: ServiceContext,
  { reaches, files }: Collected,
): Json | undefined {
  if (node?.kind !== "map") return undefined;
  const build = { ...(jsonOf(node) as Record<string, Json>) };
  const args: Record<string, Json> = {};
  for (const [key, item] of mapOf(entryOf(node, "args"))) {
    if (item.kind !== "leaf") continue;
    const value = item.value ?? context.lookup(key);
    if (value !== undefined) args[key] = value;
    if (item.value === null) reaches.push({ variable: key, path: `build.args.${key}`, place: item.place });
  }
  if (entryOf(node, "args") !== undefined) build.args = args;
  const folder = entryOf(node, "context");
  if (folder?.kind === "leaf" && folder.value !== null && !/^[a-z+]+:\/\/|^git@/i.test(folder.value)) {
    const path = resolvePath(folder.base, folder.value);
    files.push({ path: context.nameOf(path), via: "build", readOnly: true, place: folder.place });
    const dockerfile = entryOf(node, "dockerfile");
    if (dockerfile?.kind === "leaf" && dockerfile.value !== null)
      files.push({
        path: context.nameOf(resolvePath(path, dockerfile.value)),
        via: "build",
        readOnly: true,
        place: dockerfile.place,
      });
  }
  return build;
}

/** The names of the shared resources that the service uses. */
function usedResources({ node }: LoadedPart): Readonly<Record<ResourceKind, readonly string[]>> {
  const networks = [...mapOf(entryOf(node, "networks")).keys()];
  const grants = (list: TreeNode | undefined) =>
    itemsOf(list).flatMap((item) => textOf(item.kind === "map" ? entryOf(item, "source") : item) ?? []);
  return {
    networks: networks.length > 0 || entryOf(node, "network_mode") !== undefined ? networks : ["default"],
    volumes: mountsOf(entryOf(node, "volumes")).flatMap(({ kind, source }) =>
      kind === "volume" && source ? [source] : [],
    ),
    configs: grants(entryOf(node, "configs")),
    secrets: [...grants(entryOf(node, "secrets")), ...grants(entryOf(entryOf(node, "build"), "secrets"))],
  };
}

function resourcesOf(part: LoadedPart, context: ServiceContext, { reaches, files }: Collected): Json {
  const used = usedResources(part);
  const result: Record<string, Json> = {};
  for (const kind of resourceKinds) {
    const resources: Record<string, Json> = {};
    for (const name of used[kind]) {
      const resource = context.model.resources[kind].get(name);
      if (resource === undefined) continue;
      const path = `resources.${kind}.${name}`;
      for (const { leaf, path: inner } of leavesOf(resource.node, path))
        reaches.push(...reachesOf(leaf, inner));
      const json = { ...(jsonOf(resource.node) as Record<string, Json>) };
      const variable = entryOf(resource.node, "environment");
      if (kind !== "networks" && kind !== "volumes" && variable?.kind === "leaf" && variable.value !== null) {
        json.value = resource.lookup(variable.value) ?? null;
        reaches.push({ variable: variable.value, path: `${path}.environment`, place: variable.place });
      }
      const file = entryOf(resource.node, "file");
      if (file?.kind === "leaf" && file.value !== null)
        files.push({
          path: context.nameOf(pathOf(file)),
          via: kind === "secrets" ? "secret" : "config",
          readOnly: true,
          place: file.place,
        });
      resources[name] = json;
    }
    result[kind] = resources;
  }
  return result;
}

const pathOf = (leaf: Leaf) => resolvePath(leaf.base, leaf.value ?? ".");

function addMounts({ node, lookup }: LoadedPart, context: ServiceContext, { files }: Collected): void {
  for (const mount of mountsOf(entryOf(node, "volumes")))
    if (mount.kind === "bind")
      files.push({
        path: context.nameOf(sourceOf(mount, lookup("HOME"))),
        via: "bind",
        readOnly: mount.readOnly,
        place: mount.leaf.place,
      });
}
