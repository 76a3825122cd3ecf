/** What a schema file says about each key, and the values of an environment held against it. */
import type { Range } from "../dotenv/text.ts";
import { listOf, t } from "../l10n.ts";
import { isTrue, namesIn, textOf, type Values } from "./condition.ts";
import type { Expression } from "./expression.ts";
import {
  type Decorator,
  readSchemaFile,
  type SchemaFile,
  type SchemaItem,
  type SchemaProblem,
} from "./file.ts";
import { isSensitiveName } from "./sensitive.ts";
import { checkType, dataTypes, type OptionValue, type TypeSpec } from "./types.ts";

export interface SchemaEntry {
  readonly key: string;
  /** In the file that says so. */
  readonly keyRange: Range;
  /** The path of that file, where it is not the schema's own. */
  readonly importedFrom?: string;
  readonly type: TypeSpec;
  /** undefined: it depends, on what `requiredWhen` says. */
  readonly required: boolean | undefined;
  readonly requiredWhen: Condition | undefined;
  /** undefined: the schema does not say; the name decides. */
  readonly sensitive: boolean | undefined;
  readonly default: string | undefined;
  /** The schema gives a value, a default or a function's: the key need not be set elsewhere. */
  readonly provided: boolean;
  readonly example: string | undefined;
  readonly description: string;
  readonly docs: readonly { readonly title?: string; readonly url: string }[];
  /** The message, or "" where there is none; undefined where the key is not deprecated. */
  readonly deprecated: string | undefined;
}

export interface Condition {
  readonly expression: Expression;
  /** `@optional=…`. */
  readonly negated: boolean;
}

export interface Schema {
  readonly file: SchemaFile;
  /** What `@currentEnv` gives. */
  readonly currentEnv: Expression | undefined;
  readonly entries: ReadonlyMap<string, SchemaEntry>;
  readonly problems: readonly SchemaProblem[];
}

const itemDecorators = new Set([
  "required",
  "optional",
  "sensitive",
  "public",
  "type",
  "example",
  "docs",
  "docsUrl",
  "deprecated",
  // Known to the language, of no meaning to Hotenv.
  "internal",
  "dynamic",
  "static",
  "icon",
  "tag",
  "default",
  "auditIgnore",
]);

const rootDecorators = new Set([
  "defaultRequired",
  "defaultSensitive",
  "currentEnv",
  "envFlag",
  "import",
  "disable",
  "defaultDynamic",
  "setValuesBulk",
  "plugin",
  "cache",
  "generateTypes",
  "redactLogs",
  "preventLeaks",
]);

/** Reads a schema; never throws. */
export function parseSchema(text: string): Schema {
  const file = readSchemaFile(text);
  const problems: SchemaProblem[] = [...file.problems];
  for (const decorator of file.root)
    if (itemDecorators.has(decorator.name))
      problems.push({
        code: "schema-invalid",
        range: decorator.range,
        message: t(
          "`@{0}` belongs to an item, but a blank line or a divider parts it from the next one.",
          decorator.name,
        ),
      });
  const entries = new Map<string, SchemaEntry>();
  for (const item of file.items) {
    if (entries.has(item.key))
      problems.push({
        code: "schema-invalid",
        range: item.keyRange,
        message: t("`{0}` stands in this schema twice: the last one counts.", item.key),
      });
    entries.set(item.key, readEntry(item, file.root, problems));
  }
  return { file, currentEnv: currentEnvOf(file.root), entries, problems };
}

/** `@currentEnv=$APP_ENV`, or, as it was written once, `@envFlag=APP_ENV`. */
function currentEnvOf(root: readonly Decorator[]): Expression | undefined {
  const said = root.findLast(({ name }) => name === "currentEnv" || name === "envFlag");
  if (said?.name !== "envFlag" || said.value.kind !== "static") return said?.value;
  return { ...said.value, value: `$${said.value.text}`, text: `$${said.value.text}` };
}

function staticValue(decorator: Decorator | undefined): string | number | boolean | undefined {
  return decorator?.value.kind === "static" ? decorator.value.value : undefined;
}

function truth(decorator: Decorator | undefined): boolean | undefined {
  const value = staticValue(decorator);
  return typeof value === "boolean" ? value : undefined;
}

function readEntry(item: SchemaItem, root: readonly Decorator[], problems: SchemaProblem[]): SchemaEntry {
  const named = new Map(item.decorators.map((decorator) => [decorator.name, decorator]));
  for (const { name, range } of item.decorators)
    if (rootDecorators.has(name))
      problems.push({
        code: "schema-invalid",
        range,
        message: t(
          "`@{0}` belongs into the file's header: end the header with a blank line or `# ---`.",
          name,
        ),
      });
  const deprecated = staticValue(named.get("deprecated"));
  const example = staticValue(named.get("example"));
  return {
    key: item.key,
    keyRange: item.keyRange,
    type: readType(item, named.get("type"), problems),
    required: isRequired(item, named, root),
    requiredWhen: conditionOf(named),
    sensitive: schemaSensitive(item.key, named, root),
    default: item.value.kind === "static" && item.value.value !== undefined ? item.value.text : undefined,
    provided: hasValue(item),
    example: example === undefined ? undefined : String(example),
    description: item.description,
    docs: item.decorators.flatMap(readDocs),
    deprecated:
      deprecated === undefined || deprecated === false
        ? undefined
        : typeof deprecated === "string"
          ? deprecated
          : "",
  };
}

function isRequired(
  item: SchemaItem,
  named: ReadonlyMap<string, Decorator>,
  root: readonly Decorator[],
): boolean | undefined {
  const required = named.get("required");
  const optional = named.get("optional");
  if (required !== undefined) return truth(required);
  if (optional !== undefined) return truth(optional) === undefined ? undefined : !truth(optional);
  const byDefault = root.findLast(({ name }) => name === "defaultRequired");
  const always = truth(byDefault);
  if (always !== undefined) return always;
  // `infer`: what has a value here must have one.
  return hasValue(item);
}

function conditionOf(named: ReadonlyMap<string, Decorator>): Condition | undefined {
  const required = named.get("required");
  const said = required ?? named.get("optional");
  return said === undefined || truth(said) !== undefined
    ? undefined
    : { expression: said.value, negated: required === undefined };
}

function hasValue({ value }: SchemaItem): boolean {
  return value.kind !== "static" || (value.value !== undefined && value.value !== "");
}

function schemaSensitive(
  key: string,
  named: ReadonlyMap<string, Decorator>,
  root: readonly Decorator[],
): boolean | undefined {
  const sensitive = named.get("sensitive");
  if (sensitive !== undefined) {
    const options = sensitive.value.kind === "record" ? sensitive.value.named.get("enabled") : undefined;
    if (options?.kind === "static" && options.value === false) return false;
    // What only a function knows is better masked.
    return truth(sensitive) ?? true;
  }
  const open = truth(named.get("public"));
  if (open !== undefined) return !open;
  const byDefault = root.findLast(({ name }) => name === "defaultSensitive");
  if (byDefault?.value.kind === "call" && byDefault.value.name === "inferFromPrefix") {
    const prefix = byDefault.value.args[0];
    return !(prefix?.kind === "static" && key.startsWith(prefix.text));
  }
  return truth(byDefault);
}

function readDocs({ name, value }: Decorator): readonly { readonly title?: string; readonly url: string }[] {
  if (name === "docsUrl" && value.kind === "static") return [{ url: value.text }];
  if (name !== "docs") return [];
  if (value.kind === "static") return value.text === "true" ? [] : [{ url: value.text }];
  if (value.kind !== "call") return [];
  const [first, second] = value.args.flatMap((arg) => (arg.kind === "static" ? [arg.text] : []));
  if (first === undefined) return [];
  return [second === undefined ? { url: first } : { title: first, url: second }];
}

function option(expression: Expression): OptionValue | undefined {
  if (expression.kind === "static") return expression.value;
  if (expression.kind === "list") return expression.items.flatMap((item) => option(item) ?? []);
  if (expression.kind === "call" && expression.name === "regex") {
    const [source, flags] = expression.args.map(option);
    return `/${String(source)}/${String(flags ?? "")}`;
  }
  return undefined;
}

function readTypeExpression(expression: Expression): TypeSpec | undefined {
  if (expression.kind === "static") return { name: expression.text, args: [], options: {} };
  if (expression.kind !== "call") return undefined;
  const args = expression.args.flatMap((arg) => {
    const nested = arg.kind === "call" && arg.name !== "regex" ? readTypeExpression(arg) : option(arg);
    return nested === undefined ? [] : [nested];
  });
  const options = Object.fromEntries([...expression.named].map(([name, value]) => [name, option(value)]));
  return { name: expression.name, args, options };
}

const text: TypeSpec = { name: "string", args: [], options: {} };

function readType(item: SchemaItem, decorator: Decorator | undefined, problems: SchemaProblem[]): TypeSpec {
  if (decorator === undefined) return inferType(item);
  const invalid = (range: Range, message: string): void => {
    problems.push({ code: "schema-invalid", range, message });
  };
  const spec = readTypeExpression(decorator.value);
  const known = spec === undefined ? undefined : dataTypes[spec.name];
  if (spec === undefined || known === undefined) {
    // `@type=if(…)` chooses a type by functions; nothing is checked then.
    if (decorator.value.kind === "static")
      invalid(
        decorator.range,
        t("`{0}` is no type. Types are {1}.", decorator.value.text, listOf(Object.keys(dataTypes))),
      );
    return text;
  }
  if (spec.name === "enum" && spec.args.length === 0)
    invalid(decorator.range, t("An enum needs its values: `@type=enum(a, b)`."));
  if (decorator.value.kind === "call")
    for (const [name, value] of decorator.value.named)
      if (!known.options.includes(name))
        invalid(
          value.range,
          known.options.length === 0
            ? t("`{0}` has no option `{1}`.", spec.name, name)
            : t("`{0}` has no option `{1}`; it has {2}.", spec.name, name, listOf(known.options)),
        );
  return spec;
}

function inferType({ value }: SchemaItem): TypeSpec {
  if (value.kind !== "static" || value.quoted) return text;
  if (typeof value.value === "number") return { ...text, name: "number" };
  if (typeof value.value === "boolean") return { ...text, name: "boolean" };
  return text;
}

export type ValueProblemCode = "schema-type" | "schema-missing" | "schema-empty" | "schema-deprecated";

export interface ValueProblem {
  readonly code: ValueProblemCode;
  readonly key: string;
  readonly message: string;
  /** For whoever shows it beside the key: without its name. */
  readonly brief?: string;
}

/**
 * Holds values against a schema. `schema-missing` names keys that are not in `variables` at all.
 * Messages never hold a value: it may be a secret.
 */
export function checkValues(
  schema: Schema,
  variables: ReadonlyMap<string, { readonly value: string }>,
  outer: Values = () => undefined,
): readonly ValueProblem[] {
  const values: Values = (name) => outer(name) ?? variables.get(name)?.value;
  return [...schema.entries.values()].flatMap((entry) =>
    checkValue(schema, entry, variables.get(entry.key)?.value, values),
  );
}

/** Whether the key must have a value, as things stand; undefined where nobody can tell from here. */
function isRequiredNow(
  schema: Schema,
  { required, requiredWhen }: SchemaEntry,
  given: Values,
): boolean | undefined {
  if (required !== undefined || requiredWhen === undefined) return required;
  const values: Values = (name) => given(name) ?? schema.entries.get(name)?.default;
  const current = schema.currentEnv;
  const currentEnv = current === undefined ? undefined : textOf(current, { values, currentEnv: undefined });
  const holds = isTrue(requiredWhen.expression, { values, currentEnv });
  return holds === undefined ? undefined : holds !== requiredWhen.negated;
}

/** The variables on which it depends whether a key is required. */
export function deciding({ entries, currentEnv }: Schema): ReadonlySet<string> {
  const conditions = [...entries.values()].flatMap(({ requiredWhen }) => requiredWhen?.expression ?? []);
  if (conditions.length === 0) return new Set();
  return new Set([...conditions, ...(currentEnv === undefined ? [] : [currentEnv])].flatMap(namesIn));
}

/**
 * One key's value; undefined: the key is not there.
 * @param values of all variables, on which it may depend whether this one is required
 */
export function checkValue(
  schema: Schema,
  entry: SchemaEntry,
  value: string | undefined,
  values: Values,
): readonly ValueProblem[] {
  const { key } = entry;
  const isMissed = isRequiredNow(schema, entry, values) === true && !entry.provided;
  if (value === undefined)
    return isMissed
      ? [{ code: "schema-missing", key, message: t("`{0}` is required by the schema, and not set.", key) }]
      : [];
  const problems: ValueProblem[] = [];
  if (entry.deprecated !== undefined)
    problems.push({
      code: "schema-deprecated",
      key,
      message:
        entry.deprecated === ""
          ? t("`{0}` is deprecated.", key)
          : t("`{0}` is deprecated: {1}", key, entry.deprecated),
    });
  if (value === "") {
    if (isMissed)
      problems.push({
        code: "schema-empty",
        key,
        message: t("`{0}` is required by the schema, and empty.", key),
      });
    return problems;
  }
  const brief = checkType(value, entry.type);
  if (brief !== undefined)
    problems.push({ code: "schema-type", key, message: t("`{0}`: {1}", key, brief), brief });
  return problems;
}

/** By the schema where it says something about the key, else by the key's name. */
export function isSensitive(key: string, schema?: Schema): boolean {
  return schema?.entries.get(key)?.sensitive ?? isSensitiveName(key);
}
