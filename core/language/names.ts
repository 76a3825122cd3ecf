/** Where variables are named, in every kind of file of a project: for definitions, references and renames. */
import { isMap, isScalar, isSeq, type Node, type Pair, parseAllDocuments, visit } from "yaml";
import { entriesOf, parseDotenv, placed } from "../dotenv/document.ts";
import { isNamed } from "../dotenv/pieces.ts";
import type { Range } from "../dotenv/text.ts";
import { referencesIn } from "../interpolate/template.ts";
import { readSchemaFile } from "../schema/file.ts";
import { readComposeFile } from "./compose-file.ts";

export interface ProjectFile {
  readonly uri: string;
  /** `.env`, `.env.example` and every `env_file` are `env`; `settings` is hotenv.yaml. */
  readonly kind: "env" | "schema" | "compose" | "settings";
  readonly text: string;
}

export interface NameUse {
  readonly uri: string;
  readonly name: string;
  readonly range: Range;
  /** `declaration`: a schema tells about it. */
  readonly role: "definition" | "declaration" | "reference";
}

/** In the order of the file. */
export function namesIn(file: ProjectFile): readonly NameUse[] {
  const uses = readers[file.kind](file.text).map((use) => ({ ...use, uri: file.uri }));
  return uses.sort((a, b) => a.range.start - b.range.start);
}

type Read = (text: string) => Omit<NameUse, "uri">[];

const readEnv: Read = (text) => {
  const uses: Omit<NameUse, "uri">[] = [];
  for (const source of entriesOf(parseDotenv(text))) {
    const { key, value, operator } = source.entry;
    if (isNamed(source.entry) && key.name !== "")
      uses.push({
        name: key.name,
        range: placed(source, key.range),
        role: operator === null ? "reference" : "definition",
      });
    for (const { name, nameRange } of referencesIn(value?.template ?? []))
      uses.push({ name, range: placed(source, nameRange), role: "reference" });
  }
  return uses;
};

const readSchema: Read = (text) => {
  const uses: Omit<NameUse, "uri">[] = readSchemaFile(text).items.map(({ key, keyRange }) => ({
    name: key,
    range: keyRange,
    role: "declaration",
  }));
  for (const match of text.matchAll(/(\$\{?|\bref\()([a-zA-Z_]\w*)/g)) {
    const start = match.index + (match[1]?.length ?? 0);
    const name = match[2] ?? "";
    uses.push({ name, range: { start, end: start + name.length }, role: "reference" });
  }
  return uses;
};

const templated: Read = (text) =>
  readComposeFile(text).values.flatMap(({ template }) =>
    [...referencesIn(template)].map(({ name, nameRange }) => ({
      name,
      range: nameRange,
      role: "reference" as const,
    })),
  );

/** A scalar that is a variable's name and nothing else. */
function bareName(text: string, node: unknown): Omit<NameUse, "uri">[] {
  if (!isScalar(node) || typeof node.value !== "string" || node.range == null) return [];
  const name = node.value;
  const start = text.indexOf(name, node.range[0]);
  if (!/^[\w.-]+$/.test(name) || start === -1 || start >= node.range[1]) return [];
  return [{ name, range: { start, end: start + name.length }, role: "reference" }];
}

/** `environment: [NAME]`, `environment: { NAME: null }`, and `environment: NAME` of secrets and configs. */
function environmentNames(text: string, { value }: Pair): Omit<NameUse, "uri">[] {
  const node = value as Node | null;
  if (isSeq(node)) return node.items.flatMap((item) => bareName(text, item));
  if (isMap(node))
    return node.items.flatMap((pair) =>
      pair.value === null || (isScalar(pair.value) && pair.value.value === null)
        ? bareName(text, pair.key)
        : [],
    );
  return bareName(text, node);
}

function* pairsNamed(text: string, key: string): Generator<Pair> {
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: "silent", merge: true });
  const found: Pair[] = [];
  for (const document of Array.isArray(documents) ? documents : [])
    visit(document, {
      Pair(_, pair) {
        if (isScalar(pair.key) && pair.key.value === key) found.push(pair);
      },
    });
  yield* found;
}

const readCompose: Read = (text) => [
  ...templated(text),
  ...[...pairsNamed(text, "environment")].flatMap((pair) => environmentNames(text, pair)),
];

/** The lists of `severity` name keys; patterns are no names. */
const readSettings: Read = (text) => [
  ...templated(text),
  ...[...pairsNamed(text, "severity")].flatMap(({ value }) =>
    isMap(value)
      ? value.items.flatMap((pair) =>
          isSeq(pair.value) ? pair.value.items.flatMap((item) => bareName(text, item)) : [],
        )
      : [],
  ),
];

const readers: Readonly<Record<ProjectFile["kind"], Read>> = {
  env: readEnv,
  schema: readSchema,
  compose: readCompose,
  settings: readSettings,
};
