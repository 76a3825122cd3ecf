/** The reader of schema files against the parser that its language comes with. */
import assert from "node:assert/strict";
import {
  type ParsedEnvSpecDecorator,
  ParsedEnvSpecFunctionArgs,
  ParsedEnvSpecFunctionCall,
  ParsedEnvSpecKeyValuePair,
  ParsedEnvSpecStaticValue,
  parseEnvSpecDotEnvFile,
} from "@env-spec/parser";
import fc from "fast-check";
import { describe, it } from "mocha";
import { randomRuns } from "../../test/support/random-runs.ts";
import type { Expression } from "./expression.ts";
import { type Decorator, readSchemaFile } from "./file.ts";

const runs = randomRuns(600);

/** What both make of a value, in a form that can be compared. */
type Form = string | number | boolean | undefined | { call: string; args: unknown[]; named: object };

function theirForm(value: unknown): Form {
  if (value === undefined) return undefined;
  if (value instanceof ParsedEnvSpecStaticValue) {
    const plain: unknown = value.unescapedValue;
    return typeof plain === "string" || typeof plain === "number" || typeof plain === "boolean"
      ? plain
      : undefined;
  }
  if (value instanceof ParsedEnvSpecFunctionCall) return theirCall(value.name, value.data.args);
  throw new Error(`No form for ${JSON.stringify(value)}.`);
}

function theirCall(name: string, args: ParsedEnvSpecFunctionArgs): Form {
  const named: Record<string, Form> = {};
  const listed: Form[] = [];
  for (const value of args.values)
    if (value instanceof ParsedEnvSpecKeyValuePair) named[value.key] = theirForm(value.value);
    else listed.push(theirForm(value));
  return { call: name, args: listed, named };
}

function theirDecorator(decorator: ParsedEnvSpecDecorator): [string, Form] {
  const { name, value } = decorator;
  if (value instanceof ParsedEnvSpecFunctionArgs) return [name, theirCall(name, value)];
  return [name, value === undefined ? true : theirForm(value)];
}

function ourForm(expression: Expression): Form {
  switch (expression.kind) {
    case "static":
      return expression.value;
    case "call":
      return {
        call: expression.name,
        args: expression.args.map(ourForm),
        named: Object.fromEntries([...expression.named].map(([key, value]) => [key, ourForm(value)])),
      };
    case "list":
    case "record":
      throw new Error("The oracle's version knows neither lists nor records.");
  }
}

const ourDecorator = ({ name, value }: Decorator): [string, Form] => [name, ourForm(value)];

const ours = (text: string): object => {
  const { root, items } = readSchemaFile(text);
  return {
    root: root.map(ourDecorator),
    items: items.map(({ key, value, decorators, description }) => ({
      key,
      value: ourForm(value),
      decorators: decorators.map(ourDecorator),
      description,
    })),
  };
};

const theirs = (text: string): object => {
  const file = parseEnvSpecDotEnvFile(text);
  return {
    root: file.decoratorsArray.map(theirDecorator),
    items: file.configItems.map((item) => ({
      key: item.key,
      value: theirForm(item.value),
      decorators: item.decoratorsArray.map(theirDecorator),
      // Spaces at a line's end are nothing that a person meant.
      description: item.description.replaceAll(/[ \t]+$/gm, ""),
    })),
  };
};

const word = fc.constantFrom(
  "a",
  "b2",
  "prod",
  "3",
  "0.5",
  "007",
  "true",
  "false",
  "x-y",
  "https://h.example/p?q=1",
);
const quoted = fc.constantFrom('"x y"', "'it is'", '"a # b"', "`t`", '"say \\"hi\\""', "''");
const argument = fc.oneof(
  word,
  quoted,
  fc
    .tuple(fc.constantFrom("min", "startsWith", "k"), fc.oneof(word, quoted))
    .map(([key, value]) => `${key}=${value}`),
);
const call = fc
  .tuple(
    fc.constantFrom("enum", "string", "eq", "forEnv", "not"),
    fc.array(argument, { minLength: 1, maxLength: 3 }),
  )
  .map(([name, args]) => `${name}(${args.join(", ")})`);
const decorator = fc.oneof(
  fc.constantFrom("@required", "@optional", "@sensitive", "@deprecated"),
  fc
    .tuple(fc.constantFrom("required", "type", "example", "sensitive"), fc.oneof(word, quoted, call))
    .map(([name, value]) => `@${name}=${value}`),
  fc.array(argument, { minLength: 1, maxLength: 2 }).map((args) => `@docs(${args.join(", ")})`),
);
const decorators = fc.array(decorator, { minLength: 1, maxLength: 3 }).map((all) => all.join(" "));
const comment = fc.oneof(
  decorators.map((text) => `# ${text}`),
  decorators.map((text) => `#${text} # and why`),
  fc.constantFrom("# What it is for.", "# see a@b.example", "#", "# two  spaces "),
);
const itemValue = fc.oneof(word, quoted, call, fc.constantFrom("", "two words", "a=b"));
const item = fc
  .tuple(
    fc.array(comment, { maxLength: 3 }),
    fc.constantFrom("A", "B_2", "c", "LONG_NAME"),
    itemValue,
    fc.oneof(
      fc.constant(""),
      decorators.map((text) => ` # ${text}`),
      fc.constant(" # for people"),
    ),
  )
  .map(([comments, key, value, behind]) => [...comments, `${key}=${value}${behind}`].join("\n"));
const header = fc
  .tuple(fc.array(comment, { minLength: 1, maxLength: 3 }), fc.constantFrom("# ---\n", "# ---\n\n"))
  .map(([comments, end]) => `${comments.join("\n")}\n${end}`);
const file = fc
  .tuple(
    fc.oneof(fc.constant(""), header),
    fc.array(item, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("\n", "\n\n"),
  )
  .map(([head, items, between]) => `${head}${items.join(between)}\n`);

describe("a schema file, beside @env-spec/parser", function () {
  this.timeout(runs * 20 + 60_000);

  it(`is read alike: ${runs} random files`, () => {
    fc.assert(
      fc.property(file, (text) => {
        assert.deepEqual(ours(text), theirs(text));
      }),
      { numRuns: runs },
    );
  });
});
