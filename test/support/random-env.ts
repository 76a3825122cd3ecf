/** Random .env files, made of what tells the readers apart (docs: how Compose reads `.env`). */
import fc from "fast-check";

/** What the generated files may find outside. */
export const shell: Readonly<Record<string, string>> = { SHELL_A: "from shell", SHELL_EMPTY: "", b: "lower" };

const names = [
  "A",
  "B",
  "C",
  "b",
  "SHELL_A",
  "SHELL_EMPTY",
  "NOWHERE",
  "_x1",
  "ärv",
  "a[0]",
  "A.B",
  "A-B",
  "9K",
  "export",
];

const key = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...names) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("A B", "A\tB", "A/B", "", "é", "A\u00a0B", "$A", '"A"', "A#", "\uFEFFA"),
  },
);
const before = fc.constantFrom(
  "",
  "",
  "",
  "",
  "export ",
  "export\t",
  "  ",
  "\t",
  "export  ",
  "\u00a0",
  "\u2003",
  "export\u00a0",
);
const operator = fc.oneof(
  { weight: 8, arbitrary: fc.constant("=") },
  { weight: 3, arbitrary: fc.constantFrom(" = ", "= ", " =", ": ", ":", " : ", "=\t", "=\v", "=\u2003") },
);
const end = fc.oneof(
  { weight: 8, arbitrary: fc.constant("\n") },
  {
    weight: 3,
    arbitrary: fc.constantFrom("\r\n", "\n\n", "  \n", "\t\r\n", "", " ", "\r", "\u2028", "\n  "),
  },
);

const referenceName = fc.constantFrom("A", "B", "C", "b", "SHELL_A", "SHELL_EMPTY", "NOWHERE", "a", "_x1");
const operatorInBraces = fc.constantFrom(":-", "-", ":+", "+", ":?", "?");

const { template } = fc.letrec<{ template: string; reference: string }>((tie) => ({
  template: fc
    .array(
      fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom("x", "y z", "#", " #", ":", "{", "}", "{}", "-", "?", "é", "$", "$$", "$1", "1", " "),
        tie("reference"),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.join("")),
  reference: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    referenceName.map((name) => `$${name}`),
    referenceName.map((name) => `\${${name}}`),
    fc
      .tuple(referenceName, operatorInBraces, tie("template"))
      .map(([name, op, rest]) => `\${${name}${op}${rest}}`),
    fc.constantFrom(
      "${",
      "${}",
      "${1}",
      "${A.B}",
      "${A:x}",
      "${A:}",
      "${A-",
      "${ A}",
      "${\u017f}",
      "${B?no B}",
    ),
  ),
}));

/** A value with references, as it may stand in a Compose file, too. */
export const randomTemplate: fc.Arbitrary<string> = template;

const fragment = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("x", "value", "a b", "1", "", "ü", "😀", "https://h:80/p?q=1#f") },
  { weight: 3, arbitrary: template },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "#",
      " #",
      " # note",
      "\t#",
      "x#y",
      "\\n",
      "\\t",
      "\\\\",
      '\\"',
      "\\'",
      "\\$",
      "\\$A",
      "\\0101",
      "\\0044A",
      "\\08",
      "\\0400",
      "\\c",
      "\\x41",
      "\\",
      '"',
      "'",
      "`",
      "\n",
      "\r\n",
      "\r",
      "\u2028",
      "\u0085",
      "\u00a0",
      "\t",
      "=",
      ":",
    ),
  },
);
const content = fc.array(fragment, { maxLength: 4 }).map((parts) => parts.join(""));
/** Without what would close or break it, most of the time. */
const tame = (quote: string) => content.map((text) => text.replaceAll(quote, `\\${quote}`));
const afterQuote = fc.oneof(
  { weight: 10, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: fc.constantFrom(" # note", "#x", "junk", " B=2", " 'x'", "  ", "\t# y") },
);

const value = fc.oneof(
  { weight: 6, arbitrary: content.map((text) => text.replaceAll(/[\r\n]/g, "")) },
  { weight: 1, arbitrary: content },
  ...["'", '"', "`"].map((quote) => ({
    weight: 3,
    arbitrary: fc.tuple(tame(quote), afterQuote).map(([text, after]) => quote + text + quote + after),
  })),
  { weight: 1, arbitrary: fc.constantFrom('"', "'open", '"open', "'a' b'", '"x"y"', "'a\\'", '"a\\"') },
);

const line = fc.oneof(
  { weight: 14, arbitrary: fc.tuple(before, key, operator, value, end).map((parts) => parts.join("")) },
  { weight: 2, arbitrary: fc.tuple(before, key, end).map((parts) => parts.join("")) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom("# note", "#A=1", "  # 'x", "#"), end).map((parts) => parts.join("")),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("\n", "\r\n", " \t\n", "export\n", "export ", "KEY", "junk!\n", "=x\n"),
  },
);

export const randomEnv: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("", "", "", "", "\uFEFF"), fc.array(line, { minLength: 1, maxLength: 5 }))
  .map(([mark, lines]) => mark + lines.join(""));
