/** A .env file as the fields of a form, and a field's new value as the least change of the text. */
import { type DotenvDocument, entriesOf, type PlacedEntry, parseDotenv } from "../../core/dotenv/document.ts";
import { effectiveEntry, removeEntry, setValue, type TextChange } from "../../core/dotenv/edits.ts";
import { evaluate } from "../../core/dotenv/evaluate.ts";
import { isNamed } from "../../core/dotenv/pieces.ts";
import type { FieldKind, FormField } from "../../core/protocol/form.ts";
import { checkValue, isSensitive, type Schema, type SchemaEntry } from "../../core/schema/schema.ts";
import { t } from "../l10n.ts";

export interface FormModel {
  readonly fields: readonly FormField[];
  /** Sentences about lines that are no field. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @param revealed keys of secrets whose values may leave for the page */
export function formModel(
  text: string,
  schema: Schema | undefined,
  revealed: ReadonlySet<string>,
  environment: Environment,
): FormModel {
  const document = parseDotenv(text);
  const { variables } = evaluate(document, (name) => environment[name]);
  const values = (name: string): string | undefined => environment[name] ?? variables.get(name)?.value;
  const inFile = [...entriesOf(document)]
    .filter(({ entry }) => isNamed(entry) && entry.key.name !== "")
    .map(({ entry }) => entry.key.name);
  // The schema's order first: it is the one that somebody has thought about.
  const keys = new Set([...(schema?.entries.keys() ?? []), ...inFile]);
  const fields = [...keys].map((key) => {
    const source = effectiveEntry(document, key);
    const entry = schema?.entries.get(key);
    const secret = isSensitive(key, schema);
    const found =
      schema === undefined || entry === undefined
        ? []
        : checkValue(schema, entry, source === undefined ? undefined : variables.get(key)?.value, values);
    const problems = [
      ...found
        .filter(({ code }) => code !== "schema-deprecated")
        .map(({ message, brief }) => plain(brief ?? message)),
      ...(source?.entry.problems ?? []).map(({ message }) => plain(message)),
    ];
    return fieldOf(key, source, entry, { secret, shown: !secret || revealed.has(key), problems });
  });
  const problems = document.pieces.flatMap((piece, index) => {
    if (piece.kind !== "skipped" && (piece.kind !== "entry" || piece.key.name !== "")) return [];
    const { line } = document.lines.positionAt(document.starts[index] ?? 0);
    return [t("Line {0}: {1}", line + 1, piece.problems[0]?.message ?? t("this is no variable."))];
  });
  return { fields, problems };
}

/** The page shows no markup. */
const plain = (message: string): string => message.replaceAll("`", "");

interface FieldState {
  readonly secret: boolean;
  readonly shown: boolean;
  readonly problems: readonly string[];
}

function fieldOf(
  key: string,
  source: PlacedEntry | undefined,
  entry: SchemaEntry | undefined,
  { secret, shown, problems }: FieldState,
): FormField {
  const written = source?.entry.value ?? null;
  const isReference = written?.template != null;
  const value = isReference
    ? source?.entry.text.slice(written.content.start, written.content.end)
    : written?.cooked;
  const kind = isReference ? "reference" : kindOf(entry, value);
  const { min, max } = boundsOf(entry);
  return {
    key,
    kind,
    isSet: source !== undefined,
    secret,
    required: entry?.required === true && !entry.provided,
    hint: hintOf(entry, isReference),
    description: entry?.description ?? "",
    docs: (entry?.docs ?? []).map(({ title, url }) => ({ title: title ?? url, url })),
    options: optionsOf(entry, kind, value),
    problems: [...problems],
    ...(value === undefined || !shown ? {} : { value }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(entry?.deprecated === undefined ? {} : { deprecated: entry.deprecated }),
    ...(entry?.default === undefined && entry?.example === undefined
      ? {}
      : { example: entry.default ?? entry.example ?? "" }),
  };
}

/** A control that cannot show the present value is not the one to change it with. */
function kindOf(entry: SchemaEntry | undefined, value: string | undefined): FieldKind {
  switch (entry?.type.name) {
    case "enum":
      return "enum";
    case "boolean":
      return value === undefined || value === "" || pairOf(value) !== undefined ? "boolean" : "text";
    case "port":
    case "number":
      return value === undefined || value === "" || /^-?\d+(?:\.\d+)?$/.test(value) ? "number" : "text";
    default:
      return "text";
  }
}

const pairs = [
  ["true", "false"],
  ["yes", "no"],
  ["on", "off"],
  ["1", "0"],
  ["t", "f"],
] as const;

/** The words that this file uses for yes and no. */
const pairOf = (value: string) => pairs.find((pair) => pair.some((word) => word === value.toLowerCase()));

function optionsOf(entry: SchemaEntry | undefined, kind: FieldKind, value: string | undefined): string[] {
  if (kind === "boolean") return [...(pairOf(value ?? "") ?? pairs[0])];
  if (kind !== "enum") return [];
  return (entry?.type.args ?? []).filter((member) => typeof member !== "object").map(String);
}

const maxPort = 65_535;

function boundsOf(entry: SchemaEntry | undefined): { min: number | undefined; max: number | undefined } {
  if (entry?.type.name !== "port" && entry?.type.name !== "number") return { min: undefined, max: undefined };
  const { min, max } = entry.type.options;
  const isPort = entry.type.name === "port";
  return {
    min: typeof min === "number" ? min : isPort ? 0 : undefined,
    max: typeof max === "number" ? max : isPort ? maxPort : undefined,
  };
}

const kindWords: Readonly<Record<string, () => string>> = {
  boolean: () => t("yes or no"),
  url: () => t("a URL, with its protocol"),
  enum: () => t("one of the list"),
  email: () => t("an email address"),
  ip: () => t("an IP address"),
  semver: () => t("a version such as 1.2.3"),
  isoDate: () => t("a date such as 2024-03-20"),
  uuid: () => t("a UUID"),
  md5: () => t("an MD5 hash"),
  duration: () => t("a duration such as 30s"),
  array: () => t("a list"),
  "simple-object": () => t("a JSON object"),
};

function hintOf(entry: SchemaEntry | undefined, isReference: boolean): string {
  if (isReference) return t("made of other variables: edit it as text");
  if (entry === undefined) return "";
  const { min, max } = boundsOf(entry);
  const what = entry.type.name === "port" ? t("a port") : t("a number");
  if (entry.type.name === "port" || entry.type.name === "number") {
    if (min !== undefined && max !== undefined) return t("{0} from {1} to {2}", what, min, max);
    if (min !== undefined) return t("{0}, at least {1}", what, min);
    return max === undefined ? what : t("{0}, at most {1}", what, max);
  }
  return kindWords[entry.type.name]?.() ?? "";
}

/**
 * @param value null: the key is taken out
 * @returns what to change in the text; nothing where it is so already, undefined where it cannot be written
 */
export function formEdit(text: string, key: string, value: string | null): readonly TextChange[] | undefined {
  const document: DotenvDocument = parseDotenv(text);
  const source = effectiveEntry(document, key);
  if (value === null)
    return [...entriesOf(document)]
      .filter(({ entry }) => isNamed(entry) && entry.key.name === key)
      .map((each) => removeEntry(document, each));
  if (
    source?.entry.value != null &&
    source.entry.value.template === null &&
    source.entry.value.cooked === value
  )
    return [];
  const change = setValue(document, key, value);
  return change && [change];
}
