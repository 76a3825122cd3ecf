/** The files that a service takes variables or labels from: `env_file` and `label_file`. */
import { type DotenvDocument, entriesOf, type PlacedEntry, parseDotenv, placed } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { isNamed } from "../dotenv/pieces.ts";
import type { Lookup } from "../interpolate/fill.ts";
import { referencesIn } from "../interpolate/template.ts";
import { resolvePath } from "./paths.ts";
import type { Reach } from "./reach.ts";
import { entryOf, itemsOf, type Leaf, type TreeNode, textOf } from "./tree.ts";

export interface VariableFile {
  /** Absolute. */
  readonly path: string;
  readonly leaf: Leaf;
  readonly dialect: "compose" | "raw";
}

/** A value from a file, with everything that it is made of. */
export interface FileValue {
  /** null: a bare key that nothing outside has a value for. */
  readonly value: string | null;
  /** Without `path`: the caller knows what the value becomes. */
  readonly reaches: readonly Omit<Reach, "path">[];
}

export function variableFilesOf(node: TreeNode | undefined): VariableFile[] {
  return itemsOf(node).flatMap((item) => {
    const leaf = item.kind === "leaf" ? item : entryOf(item, "path");
    if (leaf?.kind !== "leaf" || !leaf.value) return [];
    const dialect = textOf(entryOf(item, "format")) === "raw" ? "raw" : "compose";
    return [{ path: resolvePath(leaf.base, leaf.value), leaf, dialect }];
  });
}

/** The values of these files together: keys that services take from outside, and what each is made of. */
export type ReadVariableFiles = (
  files: readonly VariableFile[],
  project: Lookup,
) => ReadonlyMap<string, FileValue>;

/**
 * A reader that remembers: many services share their env files.
 * @param text of a file by its absolute path; missing files are skipped
 */
export function variableFileReader(
  text: (path: string) => string | undefined,
  nameOf: (path: string) => string,
): ReadVariableFiles {
  const known = new Map<Lookup, Map<string, ReadonlyMap<string, FileValue>>>();
  return (files, project) => {
    const found = known.get(project) ?? new Map<string, ReadonlyMap<string, FileValue>>();
    known.set(project, found);
    const id = files.map(({ path, dialect }) => `${dialect} ${path}`).join("\n");
    let values = found.get(id);
    if (values === undefined) {
      values = readAll(files, project, text, nameOf);
      found.set(id, values);
    }
    return values;
  };
}

/**
 * Later files have the last word, and see the values of earlier ones before the project's
 * (compose-go types/project.go, WithServicesEnvironmentResolved).
 */
function readAll(
  files: readonly VariableFile[],
  project: Lookup,
  textOfFile: (path: string) => string | undefined,
  nameOf: (path: string) => string,
): ReadonlyMap<string, FileValue> {
  const values = new Map<string, FileValue>();
  for (const { path, dialect } of files) {
    const text = textOfFile(path);
    if (text === undefined) continue;
    const document = parseDotenv(text, { dialect });
    const earlier = new Map(values);
    const around: Lookup = (name) => earlier.get(name)?.value ?? project(name);
    const { variables } = evaluate(document, around);
    const parts = partsOf(document);
    for (const key of parts.keys()) {
      const value = variables.get(key)?.value ?? null;
      if (value === null && values.has(key)) continue;
      values.set(key, { value, reaches: reachesOfKey(key, parts, nameOf(path), earlier) });
    }
  }
  return values;
}

type Parts = ReadonlyMap<string, readonly PlacedEntry[]>;

function partsOf(document: DotenvDocument): Parts {
  const parts = new Map<string, PlacedEntry[]>();
  for (const source of entriesOf(document)) {
    if (!isNamed(source.entry) && !source.entry.bareAtEnd) continue;
    // Compose takes a bare key at the very end of a file for a value without a name.
    const name = source.entry.bareAtEnd ? "" : source.entry.key.name;
    const known = parts.get(name);
    if (known === undefined) parts.set(name, [source]);
    else known.push(source);
  }
  return parts;
}

/** The key's own lines, and whatever the keys that its value names are made of. */
function reachesOfKey(
  key: string,
  parts: Parts,
  file: string,
  earlier: ReadonlyMap<string, FileValue>,
): Omit<Reach, "path">[] {
  const reaches: Omit<Reach, "path">[] = [];
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const source of parts.get(name) ?? []) {
      const { entry } = source;
      const place = { file, at: placed(source, entry.key.range).start };
      reaches.push({ variable: entry.key.name, setIn: file, place });
      // A bare key takes its value from outside, as a reference does.
      const named = [...referencesIn(entry.value?.template ?? [])].map((part) => part.name);
      for (const other of entry.operator === null ? [entry.key.name] : named) {
        reaches.push({ variable: other, place });
        reaches.push(...(earlier.get(other)?.reaches ?? []));
        visit(other);
      }
    }
  };
  visit(key);
  return reaches;
}
