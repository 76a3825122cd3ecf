/** Runs every example of docs/diagnostics.md: it must show exactly its section's code, exactly where it says. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Example, sections } from "../../test/support/diagnostics-page.ts";
import { chinese, unlikeChinese } from "../../test/support/texts.ts";
import { analyseProject } from "../compose/static.ts";
import { type DotenvDocument, parseDotenv } from "../dotenv/document.ts";
import { evaluate } from "../dotenv/evaluate.ts";
import type { Dialect } from "../dotenv/pieces.ts";
import { LineIndex, type Range } from "../dotenv/text.ts";
import { speak } from "../l10n.ts";
import { parseSchema } from "../schema/schema.ts";
import { type Code, codes, isCode } from "./codes.ts";
import { composeFindings } from "./compose-file.ts";
import { publishedIn } from "./compose-ports.ts";
import type { LanguageContext } from "./context.ts";
import { findingsIn, inOrder } from "./diagnose.ts";
import { readExample as readExampleFile } from "./example.ts";
import { type Finding, levelOf } from "./finding.ts";
import { networkFindings, networkQuestions } from "./network.ts";
import { schemaFileFindings } from "./schema-findings.ts";
import { variableUses } from "./uses.ts";

function run({ language, flags, text }: Example, context: LanguageContext): readonly Finding[] {
  if (language === "schema") return schemaFileFindings(parseSchema(text));
  if (language === "compose") return composeFindings(text, () => undefined);
  const dialect = flags.find((flag): flag is Dialect => flag === "dotenv" || flag === "raw") ?? "compose";
  const document: DotenvDocument = parseDotenv(text, { dialect });
  return findingsIn(document, context);
}

/** As if every port were taken, and no host known. */
function byNetwork({ text }: Example, context: LanguageContext, compose: string | undefined): Finding[] {
  const evaluation = evaluate(parseDotenv(text), () => undefined);
  const published = compose === undefined ? undefined : publishedIn([compose]);
  const { ports, hosts } = networkQuestions(evaluation, context, published, undefined, new Set());
  return networkFindings(evaluation, context, ports, hosts);
}

type Section = (typeof sections)[number];

/** What the section's example shows, and where it says that it does. */
function shownBy({ code, examples }: Section): { found: readonly Finding[]; ranges: readonly Range[] } {
  assert.ok(isCode(code));
  const given = (name: string): string | undefined =>
    examples.find(({ language, ranges }) => language === name && ranges.length === 0)?.text;
  const schemaText = given("schema");
  const schema = schemaText === undefined ? undefined : parseSchema(schemaText);
  const exampleText = given("example");
  const composeText = given("compose");
  const project = analyseProject({
    directory: "/p",
    shell: () => undefined,
    read: (path) => (path === "compose.yaml" ? composeText : undefined),
  });
  const context: LanguageContext = {
    uri: "file:///.env",
    ...(exampleText === undefined ? {} : { example: readExampleFile("file:///.env.example", exampleText) }),
    ...(composeText === undefined ? {} : { uses: variableUses(project) }),
    levels: codes[code].level === "off" ? { [code]: "info" } : {},
    ...(schema === undefined
      ? {}
      : { schema: { schema, uri: "file:///.env.schema", lines: new LineIndex(schema.file.text) } }),
  };
  const example = examples.find(({ ranges }) => ranges.length > 0);
  assert.ok(example, "the section has an example with a mark");
  const found = inOrder([...run(example, context), ...byNetwork(example, context, composeText)]).filter(
    (finding) => levelOf(finding, context) !== "off",
  );
  return { found, ranges: example.ranges };
}

describe("docs/diagnostics.md", () => {
  it("has a section for every code, and for no other", () => {
    assert.deepEqual(sections.map(({ code }) => code).sort(), Object.keys(codes).sort());
  });

  for (const section of sections) {
    const { code, level } = section;
    it(`shows ${code}`, () => {
      assert.ok(isCode(code));
      assert.equal(level, codes[code].level);
      const { found, ranges } = shownBy(section);
      assert.deepEqual(
        found.map((finding): [Code, Range] => [finding.code, finding.range]),
        ranges.map((range) => [code, range]),
      );
    });

    it(`says in Chinese what ${code} is, to whoever reads that`, () => {
      speak(chinese);
      try {
        const said = shownBy(section).found.flatMap(({ message, related = [] }) => [
          message,
          ...related.map((place) => place.message),
        ]);
        assert.notEqual(said.length, 0);
        assert.deepEqual(
          said.flatMap((text) => unlikeChinese(text) ?? []),
          [],
        );
      } finally {
        speak(undefined);
      }
    });
  }
});
