/**
 * What a project's files say about its services without Compose and without Docker: what each resolves to,
 * every place where a variable reaches it, every file that it reads. For the editor, at each keystroke, and
 * for `hotenv impact`; the agent asks Compose itself. A differential test holds the two against each other.
 */
import { LineIndex } from "../dotenv/text.ts";
import { fillTemplate, type Lookup } from "../interpolate/fill.ts";
import type { Evidence } from "../protocol/words.ts";
import { canonicalService } from "./canonical-service.ts";
import { loadModel } from "./load-model.ts";
import { projectName, resolvePath } from "./paths.ts";
import { type Definition, projectEnvironment } from "./project-environment.ts";
import { startingFiles } from "./starting-files.ts";
import { type StaticService, staticService } from "./static-service.ts";
import { entryOf, fillTree, type MapNode, mapOf, type Place, withEntries } from "./tree.ts";
import { variableFileReader } from "./variable-files.ts";
import { type RawMap, readTrees } from "./yaml-tree.ts";

/** Trees of texts that were read before; whoever analyses again and again keeps one. */
export type TreeCache = Map<string, { readonly text: string; readonly trees: readonly RawMap[] }>;

export interface StaticInput {
  /** Absolute. */
  readonly directory: string;
  /** The shell's variables. */
  readonly shell: Lookup;
  /** A file's text by the project's name for it: relative inside the directory, absolute outside. */
  readonly read: (path: string) => string | undefined;
  /** hotenv.yaml, by its name, where there is one: its local services count, too. */
  readonly settingsFile?: string | undefined;
  readonly cache?: TreeCache;
}

export interface StaticProject {
  readonly name: string;
  readonly services: ReadonlyMap<string, StaticService>;
  /** Where the project's variables are set: `.env`, and the env files of included projects. */
  readonly definitions: readonly Definition[];
  /** The files in which they are looked for, as the project names them. */
  readonly envFiles: readonly string[];
  readonly composeFiles: readonly string[];
  /** What names the project: the values of its top-level `name`. */
  readonly nameReaches: readonly { readonly variable: string; readonly place: Place }[];
  readonly lookup: Lookup;
  /** Line and text of a place. */
  readonly evidence: (place: Place) => Evidence;
}

/** Never throws: what Compose would refuse is read as far as it goes. */
export function analyseProject({ directory, shell, read, settingsFile, cache }: StaticInput): StaticProject {
  const root = resolvePath(directory, ".");
  const nameOf = (path: string) => projectName(root, path);
  const text = (path: string) => read(nameOf(path));
  const trees = (path: string) => treesOf(nameOf(path), text(path), cache);

  const environment = projectEnvironment(root, shell, text, nameOf);
  const { files, base } = startingFiles(root, environment.lookup, (path) => text(path) !== undefined);
  const named = nameOfProject(files, base, environment.lookup, trees, nameOf);
  const lookup: Lookup = (name) => (name === "COMPOSE_PROJECT_NAME" ? named.name : environment.lookup(name));
  const model = loadModel(files, base, lookup, { trees, text, nameOf });

  const profiles = new Set((lookup("COMPOSE_PROFILES") ?? "").split(",").filter((profile) => profile !== ""));
  const context = { model, lookup, profiles, variables: variableFileReader(text, nameOf), nameOf };
  const services = [...model.services].map(([name, part]): [string, StaticService] => {
    const service = staticService(name, part, { ...context, runtime: "compose" });
    return [name, { ...service, config: { ...service.config, project: named.name } }];
  });
  if (settingsFile !== undefined) {
    const [tree] = trees(resolvePath(root, settingsFile)) ?? [];
    for (const [name, node] of tree === undefined
      ? []
      : localServices(fillTree(tree, { file: settingsFile, base: root, lookup })))
      services.push([
        name,
        staticService(name, { node, lookup, through: [] }, { ...context, runtime: "process" }),
      ]);
  }
  return {
    name: named.name,
    services: new Map(services),
    definitions: [...environment.definitions, ...model.definitions],
    envFiles: [...new Set([...environment.files, ...model.envFiles])],
    composeFiles: model.composeFiles,
    nameReaches: named.reaches,
    lookup,
    evidence: evidenceIn(read, [...environment.files, ...model.envFiles, ...envFilesOf(services)]),
  };
}

/** A `command` makes a service of hotenv.yaml one of its own; how it is reloaded and probed is not what it is. */
function localServices(settings: MapNode): [string, MapNode][] {
  return [...mapOf(entryOf(settings, "services"))].flatMap(([name, node]): [string, MapNode][] => {
    if (node.kind !== "map" || !node.entries.has("command")) return [];
    const { reload: _, verify: __, ...own } = Object.fromEntries(node.entries);
    return [[name, canonicalService(withEntries(node, Object.entries(own)))]];
  });
}

const envFilesOf = (services: readonly (readonly [string, StaticService])[]) =>
  services.flatMap(([, { files }]) =>
    files.filter(({ via }) => via === "env-file" || via === "label-file").map(({ path }) => path),
  );

function treesOf(
  name: string,
  text: string | undefined,
  cache: TreeCache | undefined,
): readonly RawMap[] | undefined {
  if (text === undefined) return undefined;
  const known = cache?.get(name);
  if (known?.text === text) return known.trees;
  const trees = readTrees(text);
  cache?.set(name, { text, trees });
  return trees;
}

/** COMPOSE_PROJECT_NAME, else the last `name:` of the compose files, else the folder (loader/normalize.go). */
function nameOfProject(
  files: readonly string[],
  base: string,
  lookup: Lookup,
  trees: (path: string) => readonly RawMap[] | undefined,
  nameOf: (path: string) => string,
): { name: string; reaches: { variable: string; place: Place }[] } {
  const reaches: { variable: string; place: Place }[] = [];
  let written: string | undefined;
  for (const file of files)
    for (const tree of trees(file) ?? []) {
      const node = tree.entries.get("name");
      if (node?.kind !== "scalar" || node.value === null) continue;
      written =
        node.template === undefined ? node.value : fillTemplate(node.template, lookup, () => undefined);
      reaches.push(
        ...node.names.map(({ name, at }) => ({ variable: name, place: { file: nameOf(file), at } })),
      );
    }
  const given = lookup("COMPOSE_PROJECT_NAME");
  const folder = base.slice(base.lastIndexOf("/") + 1);
  return { name: normalised(given || written || folder), reaches: given ? [] : reaches };
}

const normalised = (name: string) =>
  name
    .toLowerCase()
    .replaceAll(/[^-_a-z0-9]/g, "")
    .replace(/^[-_]+/, "");

/** Values in env files may be secrets: of their lines only the names are shown. */
function evidenceIn(
  read: (path: string) => string | undefined,
  envFiles: readonly string[],
): StaticProject["evidence"] {
  const known = new Map<string, { text: string; lines: LineIndex }>();
  const hiding = new Set(envFiles);
  return ({ file, at }) => {
    let source = known.get(file);
    if (source === undefined) {
      const text = read(file) ?? "";
      source = { text, lines: new LineIndex(text) };
      known.set(file, source);
    }
    const { line } = source.lines.positionAt(at);
    const start = source.lines.offsetAt({ line, character: 0 });
    const shown = source.text.slice(start, source.lines.offsetAt({ line: line + 1, character: 0 })).trim();
    return { file, line: line + 1, text: hiding.has(file) ? namesOnly(shown) : shown };
  };
}

/** `DB_URL=postgres://u:pw@${HOST}` as `DB_URL=…${HOST}`. */
function namesOnly(line: string): string {
  const [, key = line, operator = "", value = ""] =
    /^((?:export\s+)?[^=:\s]+)(\s*[=:]\s*)?(.*)$/s.exec(line) ?? [];
  if (operator === "" || value === "") return `${key}${operator.trim()}`;
  const names = [...value.matchAll(/\$\{?([a-z_]\w*)/gi)].map(([, name]) => `\${${name}}`);
  return `${key}${operator.trim()}…${names.join("…")}`;
}
