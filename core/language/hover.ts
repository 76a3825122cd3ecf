/** What a variable is: its value as the reader sees it, where that comes from, and what the schema says. */
import type { Hover, Position } from "vscode-languageserver-types";
import { mask } from "../change/mask.ts";
import { type DotenvDocument, entriesOf, placed } from "../dotenv/document.ts";
import { type Evaluation, evaluate, type Provenance } from "../dotenv/evaluate.ts";
import { clausesOf, listOf, t } from "../l10n.ts";
import { isSensitive, type SchemaEntry } from "../schema/schema.ts";
import { entryAt, holds, nameAt } from "./at.ts";
import type { LanguageContext } from "./context.ts";
import { toLspRange } from "./finding.ts";

export function hover(
  document: DotenvDocument,
  position: Position,
  context: LanguageContext,
): Hover | undefined {
  const offset = document.lines.offsetAt(position);
  const place = nameAt(document, offset) ?? keyOfValueAt(document, offset);
  if (place === undefined) return undefined;
  const evaluation = evaluate(document, context.lookup ?? (() => undefined));
  return {
    contents: { kind: "markdown", value: describeVariable(place.name, document, evaluation, context) },
    range: toLspRange(document.lines, place.range),
  };
}

/** Over a value, its own variable. */
function keyOfValueAt(document: DotenvDocument, offset: number) {
  const source = entryAt(document, offset);
  const value = source?.entry.value;
  if (source === undefined || value == null) return undefined;
  const range = placed(source, value.range);
  return holds(range, offset) ? { name: source.entry.key.name, range } : undefined;
}

function describeVariable(
  name: string,
  document: DotenvDocument,
  { variables }: Evaluation,
  context: LanguageContext,
): string {
  const schema = context.schema?.schema;
  const sensitive = isSensitive(name, schema);
  const shown = (value: string): string => (value === "" ? t("(blank)") : sensitive ? mask : code(value));
  const paragraphs: string[] = [];

  const outer = context.lookup?.(name);
  const variable = variables.get(name);
  if (variable === undefined) {
    paragraphs.push(
      outer === undefined
        ? t("**{0}** is not set.", name)
        : t("**{0}** is {1}, from the environment.", name, shown(outer)),
    );
  } else {
    paragraphs.push(t("**{0}** is {1}", name, shown(variable.value)));
    paragraphs.push(origins(name, document, variable.provenance, schema).join("  \n"));
    const line = document.lines.positionAt(variable.entry.start).line + 1;
    const times = [...entriesOf(document)].filter(({ entry }) => entry.key.name === name).length;
    if (times > 1) paragraphs.push(t("Set {0} times in this file: line {1} counts.", times, line));
    if (outer !== undefined && variable.provenance.from === "file")
      paragraphs.push(
        t("The environment sets it, too, to {0}. In references that value goes first.", shown(outer)),
      );
  }
  const entry = schema?.entries.get(name);
  if (entry !== undefined) paragraphs.push(...describeEntry(entry));
  if (context.uses !== undefined) {
    paragraphs.push(describeServices(context.uses(name)));
  }
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

function origins(
  name: string,
  document: DotenvDocument,
  { from, references }: Provenance,
  schema: Parameters<typeof isSensitive>[1],
): string[] {
  if (from === "shell") return [t("`{0}` has no value here and takes that of the environment.", name)];
  return references.map(({ name: other, origin, entry }) => {
    if (origin === "shell") return t("`{0}` comes from the environment.", other);
    if (origin === "default") return t("`{0}` is not set: its default stands in.", other);
    // A password with a `$` in it seems to refer to a part of itself.
    if (entry === undefined && isSensitive(name, schema))
      return t("Something that it refers to is not set, and blank.");
    if (entry === undefined) return t("`{0}` is not set, and blank.", other);
    const { line } = document.lines.positionAt(entry.start);
    return isSensitive(other, schema)
      ? t("`{0}` comes from line {1}, a secret.", other, line + 1)
      : t("`{0}` comes from line {1}.", other, line + 1);
  });
}

export function describeServices(services: readonly string[]): string {
  return services.length === 0
    ? t("No service uses it.")
    : t("Used by {0}.", listOf(services.map((service) => `\`${service}\``)));
}

export function describeEntry(entry: SchemaEntry): string[] {
  const { type, required, description, docs, deprecated, example } = entry;
  const members = type.args
    .filter((member) => typeof member !== "object")
    .map((member) => code(String(member)));
  const traits = [
    type.name === "enum" ? t("enum of {0}", listOf(members)) : type.name,
    ...(required === undefined ? [] : [required ? t("required") : t("optional")]),
    ...(entry.default === undefined || isSensitive(entry.key) || entry.sensitive === true
      ? []
      : [t("default {0}", code(entry.default))]),
  ];
  return [
    clausesOf(traits),
    description,
    deprecated === undefined ? "" : deprecated === "" ? t("Deprecated.") : t("Deprecated: {0}", deprecated),
    example === undefined ? "" : t("Example: {0}", code(example)),
    docs.map(({ title, url }) => (title === undefined ? `<${url}>` : `[${title}](${url})`)).join("  \n"),
  ];
}

/** Inline code that may hold backticks. */
export function code(text: string): string {
  const line = text.replaceAll(/\r?\n/g, "⏎");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(({ 0: run }) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
