import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { readSchemaFile } from "./file.ts";
import { checkValues, isSensitive, parseSchema } from "./schema.ts";

const check = (schema: string, values: Record<string, string>): string[] =>
  checkValues(
    parseSchema(schema),
    new Map(Object.entries(values).map(([key, value]) => [key, { value }])),
  ).map(({ code, key }) => `${code} ${key}`);

describe("a schema file", () => {
  const text = [
    "# About the file, and @ignored",
    "# @defaultRequired=false @defaultSensitive=inferFromPrefix(PUBLIC_)",
    "# ---",
    "",
    "# Where the API listens.",
    "# @required @type=port(min=1024, max=9999) # between",
    '# @docs("Ports", https://example.com/ports) @example=3000',
    'PORT=8080 # @deprecated="use LISTEN"',
    "",
    "# not attached",
    "",
    "PUBLIC_URL=`https://${HOST}`",
    '# @type=enum(a, "b c", 3) @sensitive=false',
    "MODE=",
    "# @import(./x, pick=[A,",
    "#   B])",
    "TOKEN=exec('op read x')",
  ].join("\n");
  const schema = parseSchema(text);

  it("has items with types, descriptions, links and defaults", () => {
    const port = schema.entries.get("PORT");
    assert.deepEqual(port?.type, { name: "port", args: [], options: { min: 1024, max: 9999 } });
    assert.equal(port?.description, "Where the API listens.");
    assert.deepEqual(port?.docs, [{ title: "Ports", url: "https://example.com/ports" }]);
    assert.deepEqual(
      [port?.default, port?.example, port?.deprecated, port?.required],
      ["8080", "3000", "use LISTEN", true],
    );
    assert.equal(text.slice(port?.keyRange.start, port?.keyRange.end), "PORT");
    assert.deepEqual(schema.entries.get("MODE")?.type.args, ["a", "b c", 3]);
    assert.equal(schema.entries.get("PUBLIC_URL")?.description, "");
  });

  it("takes decorators of the header for the whole file", () => {
    assert.deepEqual(
      schema.file.root.map(({ name }) => name),
      ["defaultRequired", "defaultSensitive"],
    );
    assert.equal(schema.entries.get("MODE")?.required, false);
  });

  it("reads calls over several comment lines", () => {
    const [decorator] = readSchemaFile(text).items.at(-1)?.decorators ?? [];
    assert.ok(decorator?.value.kind === "call");
    const pick = decorator.value.named.get("pick");
    assert.ok(pick?.kind === "list");
    assert.equal(pick.items.length, 2);
  });

  it("says who is sensitive, before names do", () => {
    assert.deepEqual(
      ["PORT", "PUBLIC_URL", "MODE", "TOKEN", "OTHER_PASSWORD", "OTHER"].map((key) =>
        isSensitive(key, schema),
      ),
      [true, false, false, true, true, false],
    );
    assert.equal(isSensitive("API_TOKEN", parseSchema("# @public\nAPI_TOKEN=\n")), false);
    assert.equal(isSensitive("API_TOKEN", parseSchema("API_TOKEN=\n")), true);
  });

  it("reports what it cannot read, where it stands", () => {
    const broken =
      "# @ \nA=1\n# @type=nonsense\nB=\n# @type=port(mni=1)\nC=\nno item\nA=2\n# @type=enum\nD=\n# @required\n\n";
    assert.deepEqual(
      parseSchema(broken).problems.map(({ range }) => broken.slice(range.start, range.end)),
      ["@", "no item", "@type=nonsense", "1", "A", "@type=enum"],
    );
  });

  it("ends, however deep its brackets are", () => {
    for (const open of ["fn(", "[", "{a=", "(", "'"])
      parseSchema(`# @type=${open.repeat(20_000)}\nA=${open.repeat(20_000)}\n`);
  });

  it("never throws, whatever it reads", () => {
    const unit = fc.constantFrom(
      "#",
      " ",
      "@",
      "type",
      "=",
      "enum",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      ",",
      "\n",
      '"',
      "'",
      "`",
      "A",
      "\r\n",
      "/",
      "---",
      "$",
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        parseSchema(text);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("values against a schema", () => {
  it("must be there where they are required and the schema gives none", () => {
    const schema = "# @required\nA=\n# @optional\nB=\nC=default\n# @required=forEnv(prod)\nD=\nE=\n";
    assert.deepEqual(check(schema, {}), ["schema-missing A"]);
    assert.deepEqual(check(schema, { A: "", B: "" }), ["schema-empty A"]);
    assert.deepEqual(check("# @defaultRequired=true\n\nA=\n# @optional\nB=\n", {}), ["schema-missing A"]);
  });

  it("name deprecated keys that are set", () => {
    assert.deepEqual(check("# @deprecated\nA=\n", { A: "1" }), ["schema-deprecated A"]);
    assert.deepEqual(check("# @deprecated=false\nA=\n", { A: "1" }), []);
  });

  const types: readonly [type: string, good: readonly string[], bad: readonly string[]][] = [
    ["string(minLength=2, maxLength=3)", ["ab", "😀é"], ["a", "abcd"]],
    ['string(startsWith=sk-, endsWith="z")', ["sk-z"], ["sk-", "z"]],
    ["string(matches=/^a,?b$/i)", ["AB", "a,b"], ["xab"]],
    ['string(matches=regex("^[a-z]+$"))', ["abc"], ["a1"]],
    ["number", ["1", "-1.5", "1e3"], ["", "x", "1x", " "].filter((text) => text !== "")],
    ["number(min=1, max=10, isInt=true)", ["1", "10"], ["0", "11", "1.5"]],
    ["number(isDivisibleBy=5)", ["10"], ["7"]],
    ["boolean", ["true", "FALSE", "1", "off", "t"], ["2", "maybe"]],
    ["url", ["https://x.y/z", "postgres://u:p@h:5/db"], ["x.y", "http://"]],
    ["url(prependHttps=true, noTrailingSlash=true)", ["x.y"], ["x.y/"]],
    [
      'url(allowedProtocols=[https, "ws:"], allowedDomains=[a.b, "c:1"])',
      ["https://a.b:9/", "ws://c:1"],
      ["http://a.b", "https://c:2"],
    ],
    ["enum(dev, prod, 3)", ["dev", "3"], ["Dev", "de"]],
    ["email", ["a@b.co"], ["a@b", "a b@c.d", "@b.co"]],
    ["port", ["0", "65535"], ["65536", "-1", "80.5", "x"]],
    ["port(min=1024)", ["1024"], ["80"]],
    ["ip", ["127.0.0.1", "::1", "::ffff:1.2.3.4"], ["256.1.1.1", "1.2.3", "x", "01.2.3.4"]],
    ["ip(version=4)", ["1.2.3.4"], ["::1"]],
    ["ip(version=6)", ["fe80::1"], ["1.2.3.4", "12345::"]],
    ["semver", ["1.2.3", "1.2.3-beta.1+x"], ["1.2", "01.2.3"]],
    ["isoDate", ["2024-03-20", "2024-03-20T15:30:00.123Z"], ["20.3.2024", "2024-13-01"]],
    ["uuid", ["123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000"], ["123e4567"]],
    ["md5", ["d41d8cd98f00b204e9800998ecf8427e"], ["d41d"]],
    ["duration(min=1s, max=1d)", ["30s", "2 hours", "5000"], ["500ms", "2days", "soon"]],
    ["simple-object", ['{"a":1}'], ["[]", "{a:1}"]],
    ["array(port, minLength=2, unique=true)", ["1,2", "[1, 2]"], ["1", "1,1", "1,x"]],
    ['array(enum(a, b), separator=";")', ["a;b"], ["a;c"]],
  ];
  for (const [type, good, bad] of types)
    it(`are held against ${type}`, () => {
      const schema = `# @type=${type}\nA=\n`;
      assert.deepEqual(parseSchema(schema).problems, []);
      for (const value of good) assert.deepEqual(check(schema, { A: value }), [], value);
      for (const value of bad) assert.deepEqual(check(schema, { A: value }), ["schema-type A"], value);
    });

  it("never show a value in a message", () => {
    const schema = parseSchema("# @type=port\nA=\n# @type=email\nB=\n# @type=array(number)\nC=\n");
    const variables = new Map(["A", "B", "C"].map((key) => [key, { value: "hunter2" }]));
    const problems = checkValues(schema, variables);
    assert.equal(problems.length, 3);
    assert.ok(problems.every(({ message }) => !message.includes("hunter2")));
  });
});
