/** What a variable is: its value as the reader sees it, where that comes from, and what the schema says. */
import type { Hover, Position } from "vscode-languageserver-types";
import { mask } from "../change/mask.ts";
import { type DotenvDocument, entriesOf, placed } from "../dotenv/document.ts";
import { type Evaluation, evaluate, type Provenance } from "../dotenv/evaluate.ts";
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
  const shown = (value: string): string => (value === "" ? "(blank)" : sensitive ? mask : code(value));
  const paragraphs: string[] = [];

  const outer = context.lookup?.(name);
  const variable = variables.get(name);
  if (variable === undefined) {
    paragraphs.push(
      `**${name}** is ${outer === undefined ? "not set" : `${shown(outer)}, from the environment`}.`,
    );
  } else {
    paragraphs.push(`**${name}** is ${shown(variable.value)}`);
    paragraphs.push(origins(name, document, variable.provenance, schema).join("  \n"));
    const line = document.lines.positionAt(variable.entry.start).line + 1;
    const times = [...entriesOf(document)].filter(({ entry }) => entry.key.name === name).length;
    if (times > 1) paragraphs.push(`Set ${times} times in this file: line ${line} counts.`);
    if (outer !== undefined && variable.provenance.from === "file")
      paragraphs.push(
        `The environment sets it, too, to ${shown(outer)}. In references that value goes first.`,
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
  if (from === "shell") return [`\`${name}\` has no value here and takes that of the environment.`];
  return references.map(({ name: other, origin, entry }) => {
    if (origin === "shell") return `\`${other}\` comes from the environment.`;
    if (origin === "default") return `\`${other}\` is not set: its default stands in.`;
    // A password with a `$` in it seems to refer to a part of itself.
    if (entry === undefined && isSensitive(name, schema))
      return "Something that it refers to is not set, and blank.";
    if (entry === undefined) return `\`${other}\` is not set, and blank.`;
    const { line } = document.lines.positionAt(entry.start);
    return `\`${other}\` comes from line ${line + 1}${isSensitive(other, schema) ? ", a secret" : ""}.`;
  });
}

export function describeServices(services: readonly string[]): string {
  return services.length === 0
    ? "No service uses it."
    : `Used by ${services.map((service) => `\`${service}\``).join(", ")}.`;
}

export function describeEntry(entry: SchemaEntry): string[] {
  const { type, required, description, docs, deprecated, example } = entry;
  const members = type.args
    .filter((member) => typeof member !== "object")
    .map((member) => code(String(member)));
  const traits = [
    `${type.name}${type.name === "enum" ? ` of ${members.join(", ")}` : ""}`,
    ...(required === undefined ? [] : [required ? "required" : "optional"]),
    ...(entry.default === undefined || isSensitive(entry.key) || entry.sensitive === true
      ? []
      : [`default ${code(entry.default)}`]),
  ];
  return [
    traits.join(", "),
    description,
    deprecated === undefined ? "" : `Deprecated${deprecated === "" ? "." : `: ${deprecated}`}`,
    example === undefined ? "" : `Example: ${code(example)}`,
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
