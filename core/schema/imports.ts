/** `@import(./path, KEY…)`: schemas that take what others say of their keys. */
import type { Range } from "../dotenv/text.ts";
import { t } from "../l10n.ts";
import type { Expression } from "./expression.ts";
import type { SchemaProblem } from "./file.ts";
import { parseSchema, type Schema, type SchemaEntry } from "./schema.ts";

export interface SchemaImport {
  /** As it is written, relative to the file; a folder's ends with `/`. */
  readonly path: string;
  /** undefined: all. */
  readonly keys: ReadonlySet<string> | undefined;
  /** `allowMissing=true`: it need not be there. */
  readonly optional: boolean;
  readonly range: Range;
}

const plain = (expression: Expression | undefined): string | undefined =>
  expression?.kind === "static" ? expression.text : undefined;

export function importsOf({ file }: Schema): readonly SchemaImport[] {
  return file.root.flatMap(({ name, value, range }): SchemaImport[] => {
    if (name !== "import" || value.kind !== "call") return [];
    const [first, ...rest] = value.args;
    const path = plain(first);
    // Packages and addresses are for programs that can fetch them.
    if (path === undefined || !/^\.{1,2}\//.test(path) || plain(value.named.get("enabled")) === "false")
      return [];
    const picked = value.named.get("pick");
    const listed = picked?.kind === "list" ? [...rest, ...picked.items] : rest;
    const keys = listed.flatMap((item) => plain(item) ?? []);
    return [
      {
        path,
        keys: keys.length === 0 ? undefined : new Set(keys),
        optional: plain(value.named.get("allowMissing")) === "true",
        range,
      },
    ];
  });
}

/** The file that an import means, relative to the one that has it: of a folder its `.env.schema`. */
export const importedFile = ({ path }: Pick<SchemaImport, "path">): string =>
  path.endsWith("/") ? `${path}.env.schema` : path;

export interface SchemaReader {
  /** undefined where there is none. */
  readonly read: (path: string) => string | undefined;
  /** @returns the path that `relative` means in the file `from` */
  readonly resolve: (from: string, relative: string) => string;
}

/**
 * A schema with all that it imports; what it says itself goes before that. An import that leads back is left out.
 * @returns undefined where the file does not exist
 */
export function readSchema(path: string, reader: SchemaReader): Schema | undefined {
  const text = reader.read(path);
  return text === undefined ? undefined : withImports(path, parseSchema(text), reader, new Set([path]));
}

/** The files that a schema is made of, its own first. */
export function schemaFiles(path: string, reader: SchemaReader): readonly string[] {
  const found = new Set<string>();
  const visit = (at: string): void => {
    if (found.has(at)) return;
    found.add(at);
    const text = reader.read(at);
    for (const each of text === undefined ? [] : importsOf(parseSchema(text)))
      visit(reader.resolve(at, importedFile(each)));
  };
  visit(path);
  return [...found];
}

function withImports(path: string, schema: Schema, reader: SchemaReader, above: ReadonlySet<string>): Schema {
  const imports = importsOf(schema);
  if (imports.length === 0) return schema;
  const entries = new Map<string, SchemaEntry>();
  const problems: SchemaProblem[] = [...schema.problems];
  for (const each of imports) {
    const from = reader.resolve(path, importedFile(each));
    if (above.has(from)) continue;
    const text = reader.read(from);
    if (text === undefined) {
      if (!each.optional)
        problems.push({
          code: "schema-invalid",
          range: each.range,
          message: t(
            "`{0}` is imported, and does not exist. Correct the path, or add `allowMissing=true`.",
            each.path,
          ),
        });
      continue;
    }
    const imported = withImports(from, parseSchema(text), reader, new Set([...above, from]));
    for (const [key, entry] of imported.entries)
      if (each.keys?.has(key) !== false)
        entries.set(key, { ...entry, importedFrom: entry.importedFrom ?? from });
  }
  for (const [key, entry] of schema.entries) entries.set(key, entry);
  return { ...schema, entries, problems };
}
