import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { compose } from "../../test/support/compose-cli.ts";
import { oracleFolder } from "../../test/support/oracle-folder.ts";
import { randomTemplate, shell } from "../../test/support/random-env.ts";
import { randomRuns, randomSeed } from "../../test/support/random-runs.ts";
import { fillTemplate, lookupIn, type TemplateIssue } from "./fill.ts";
import { brokenIn, type Part, parseTemplate, referencesIn } from "./template.ts";

const lookup = lookupIn(shell);

function fill(text: string): { value: string; issues: TemplateIssue[] } {
  const issues: TemplateIssue[] = [];
  const value = fillTemplate(parseTemplate(text), lookup, (issue) => issues.push(issue));
  return { value, issues };
}

const refused = (text: string): boolean => fill(text).issues.some(({ kind }) => kind !== "blank");

/** `kind:text` of each part, arguments in brackets. */
function shape(text: string, parts: readonly Part[] = parseTemplate(text)): string {
  return parts
    .map((part) => {
      const source = text.slice(part.range.start, part.range.end);
      if (part.kind !== "reference" || part.argument === null) return `${part.kind}:${source}`;
      return `${part.kind}:${part.name}${part.operator}[${shape(text, part.argument)}]`;
    })
    .join(" ");
}

describe("a template", () => {
  const cases: readonly [text: string, shape: string][] = [
    ["a $B c", "text:a  reference:$B text: c"],
    ["${A}${B:-x}", "reference:${A} reference:B:-[text:x]"],
    ["${A:-${B:?no}}", "reference:A:-[reference:B:?[text:no]]"],
    ["$$A pa$1 end$", "escape:$$ text:A pa$1 end$"],
    ["${A:-x} and ${B-y}", "reference:A:-[text:x] text: and  reference:B-[text:y]"],
    ["${A:-{}}", "reference:A:-[text:{}]"],
    ["${A:-{ }}x}", "reference:A:-[text:{ }] text:x}"],
    ["pa${ss word", "text:pa broken:${ss text: word"],
    ["${}${1}${A.B}${A:x}", "broken:${} broken:${1} broken:${A.B} broken:${A:x}"],
    ["${A:-\nx}", "broken:${A:- text:\nx}"],
  ];
  for (const [text, expected] of cases)
    it(`reads ${JSON.stringify(text)}`, () => assert.equal(shape(text), expected));

  it("has parts without gaps that together are the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          randomTemplate,
          fc.string({ unit: fc.constantFrom("$", "{", "}", "A", ":", "-", "?", "+", "\n", " ") }),
        ),
        (text) => {
          assert.equal(
            parseTemplate(text)
              .map(({ range }) => text.slice(range.start, range.end))
              .join(""),
            text,
          );
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("tells why it is broken", () => {
    const reasons = ["${", "${}", "${1}", "${A.B}", "${ss", "${A:-x"].map(
      (text) => [...brokenIn(parseTemplate(text))][0]?.reason,
    );
    assert.deepEqual(reasons, ["unclosed", "no-name", "bad-name", "bad-name", "unclosed", "unclosed"]);
  });

  it("names nested references after the outer one", () => {
    assert.deepEqual(
      [...referencesIn(parseTemplate("${A:-$B${C+$D}}$E"))].map(({ name }) => name),
      ["A", "B", "C", "D", "E"],
    );
  });
});

describe("values of a Compose file", function () {
  const runs = randomRuns(100);
  this.timeout(runs * 60 + 60_000);

  /** Environment values as Compose fills them; null where it refuses. */
  async function ask(directory: string, texts: readonly string[]): Promise<readonly string[] | null> {
    const environment = Object.fromEntries(texts.map((text, index) => [`V${index}`, text]));
    await writeFile(
      join(directory, "compose.yaml"),
      JSON.stringify({ name: "hotenvtest", services: { s: { image: "x", environment } } }),
    );
    const answer = await compose(["config", "--format", "json"], { cwd: directory, environment: shell });
    if (!answer.ok) return null;
    const { services } = JSON.parse(answer.stdout) as {
      services: { s: { environment: Record<string, string> } };
    };
    return texts.map((_, index) => services.s.environment[`V${index}`]?.replaceAll("$$", "$") ?? "");
  }

  it(`are filled as Compose fills them, ${runs} random ones`, async () => {
    await using folder = await oracleFolder();
    const { directory } = folder;
    const texts = fc.sample(randomTemplate, { numRuns: runs, ...randomSeed() });
    const good = texts.filter((text) => !refused(text));
    assert.deepEqual(
      good.map((text) => [text, fill(text).value]),
      (await ask(directory, good))?.map((value, index) => [good[index], value]),
    );
    for (const text of texts.filter(refused).slice(0, Math.ceil(runs / 5)))
      assert.equal(await ask(directory, [text]), null, JSON.stringify(text));
  });
});
