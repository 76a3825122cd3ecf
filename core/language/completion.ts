/** What could be typed: keys of the schema, values of enums and booleans, and variables behind `$`. */
import type {
  CompletionItem,
  CompletionItemKind,
  InsertTextFormat,
  Position,
  TextEdit,
} from "vscode-languageserver-types";
import { mask } from "../change/mask.ts";
import { type DotenvDocument, entriesOf } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import { writeValue } from "../dotenv/write.ts";
import { clausesOf, listOf, t } from "../l10n.ts";
import { isSensitive, type Schema, type SchemaEntry } from "../schema/schema.ts";
import { entryAt } from "./at.ts";
import type { LanguageContext } from "./context.ts";
import { toLspRange } from "./finding.ts";

const kinds = { variable: 6, property: 10, enumMember: 20 } as const satisfies Record<
  string,
  CompletionItemKind
>;
const plainText = 1 satisfies InsertTextFormat;

export function complete(
  document: DotenvDocument,
  position: Position,
  context: LanguageContext,
): CompletionItem[] {
  const offset = document.lines.offsetAt(position);
  const lineStart = document.lines.offsetAt({ line: position.line, character: 0 });
  const before = document.text.slice(lineStart, offset);
  if (/^\s*#/.test(before)) return [];
  if (document.dialect === "compose") {
    const reference = /\$(\{)?([_a-z][_a-z0-9]*)?$/i.exec(before);
    // Behind `$$` begins no reference, and single quotes hold none.
    if (
      reference !== null &&
      !/(?:^|[^$])(?:\$\$)+$/.test(before.slice(0, reference.index + 1)) &&
      !isSingleQuoted(document, offset)
    )
      return variables(document, context, offset, reference[2] ?? "", reference[1] === "{");
  }
  if (/^\s*(?:export\s+)?[\w.-]*$/.test(before)) return keys(document, context, lineStart, offset);
  return values(document, context, offset);
}

function isSingleQuoted(document: DotenvDocument, offset: number): boolean {
  const value = entryAt(document, offset)?.entry.value;
  return value?.quote === "'";
}

function edit(document: DotenvDocument, start: number, end: number, newText: string): TextEdit {
  return { range: toLspRange(document.lines, { start, end }), newText };
}

function variables(
  document: DotenvDocument,
  context: LanguageContext,
  offset: number,
  typed: string,
  braced: boolean,
): CompletionItem[] {
  const { variables: known } = evaluate(document, context.lookup ?? (() => undefined));
  const own = entryAt(document, offset)?.start ?? offset;
  const schema = context.schema?.schema;
  const closing = braced && document.text[offset] !== "}" ? "}" : "";
  const item = (name: string, value: string | undefined, from: string): CompletionItem => ({
    label: name,
    kind: kinds.variable,
    detail: value === undefined ? from : clausesOf([shorten(isSensitive(name, schema) ? mask : value), from]),
    insertTextFormat: plainText,
    textEdit: edit(document, offset - typed.length, offset, name + closing),
  });
  const items = new Map<string, CompletionItem>();
  // Only what stands above has a value here.
  for (const [name, { value, entry }] of known)
    if (entry.start < own && /^[_a-z][_a-z0-9]*$/iu.test(name))
      items.set(name, item(name, value, t("this file")));
  for (const name of context.names ?? [])
    if (!items.has(name) && /^[_a-z][_a-z0-9]*$/iu.test(name))
      items.set(name, item(name, context.lookup?.(name), t("environment")));
  return [...items.values()];
}

export function shorten(value: string): string {
  const line = value.split("\n", 1)[0] ?? "";
  return line.length > 40 || line.length < value.length ? `${line.slice(0, 40)}…` : line;
}

/** Of the schema first, then of the example file, then what the Compose files refer to. */
function keys(
  document: DotenvDocument,
  context: LanguageContext,
  lineStart: number,
  offset: number,
): CompletionItem[] {
  const schema = context.schema?.schema;
  const taken = new Set(
    [...entriesOf(document)]
      .filter(({ start }) => start < lineStart || start > offset)
      .map(({ entry }) => entry.key.name),
  );
  const start = offset - (/[\w.-]*$/.exec(document.text.slice(lineStart, offset))?.[0].length ?? 0);
  const rest = /^[\w.-]*[ \t]*=?/.exec(document.text.slice(offset))?.[0] ?? "";
  const item = (key: string, value: string, rank: number, more: Partial<CompletionItem>): CompletionItem => ({
    label: key,
    kind: kinds.property,
    sortText: `${rank}${key}`,
    insertTextFormat: plainText,
    textEdit: edit(document, start, offset, rest.endsWith("=") ? key : `${key}=${value}`),
    ...more,
  });
  const items: CompletionItem[] = [];
  const add = (key: string, make: () => CompletionItem): void => {
    if (taken.has(key)) return;
    taken.add(key);
    items.push(make());
  };
  for (const entry of schema?.entries.values() ?? [])
    add(entry.key, () =>
      item(entry.key, suggestion(entry, schema, document), entry.required === true ? 0 : 1, {
        detail: entry.required === true ? clausesOf([entry.type.name, t("required")]) : entry.type.name,
        ...(entry.description === "" ? {} : { documentation: entry.description }),
        ...(entry.deprecated === undefined ? {} : { tags: [1 as const] }),
      }),
    );
  for (const [key, { written }] of context.example?.keys ?? [])
    add(key, () =>
      item(key, isSensitive(key, schema) ? "" : written, 2, { detail: t("in the example file") }),
    );
  for (const key of context.wanted ?? [])
    add(key, () => {
      const services = context.uses?.(key) ?? [];
      return item(key, "", 3, {
        detail: services.length === 0 ? t("in a Compose file") : t("used by {0}", listOf(services)),
      });
    });
  return items;
}

/** The schema's default, never that of a secret. */
function suggestion(entry: SchemaEntry, schema: Schema | undefined, { dialect }: DotenvDocument): string {
  return isSensitive(entry.key, schema) ? "" : (writeValue(entry.default ?? "", dialect) ?? "");
}

function values(document: DotenvDocument, context: LanguageContext, offset: number): CompletionItem[] {
  const source = entryAt(document, offset);
  const entry = source === undefined ? undefined : context.schema?.schema.entries.get(source.entry.key.name);
  const value = source?.entry.value;
  if (source === undefined || entry === undefined || value == null) return [];
  const members =
    entry.type.name === "enum"
      ? entry.type.args.filter((member) => typeof member !== "object").map(String)
      : entry.type.name === "boolean"
        ? ["true", "false"]
        : [];
  const range = { start: source.start + value.range.start, end: source.start + value.range.end };
  return members.flatMap((member) => {
    const written = writeValue(member, document.dialect);
    if (written === undefined) return [];
    return {
      label: member,
      kind: kinds.enumMember,
      insertTextFormat: plainText,
      filterText: written,
      textEdit: edit(document, range.start, range.end, written),
    };
  });
}
