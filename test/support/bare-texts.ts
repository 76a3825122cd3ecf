/** Finds what a source says to people: the texts that go through `t`, those that should, and those that do so too early. */
import { type Argument, type Expression, parseSync, type TemplateLiteral, Visitor } from "oxc-parser";

/** `line`: 1-based. */
interface Placed {
  readonly line: number;
  readonly text: string;
}

export interface Found {
  /** First arguments of `t`. */
  readonly keys: readonly string[];
  /** What should be one. */
  readonly bare: readonly Placed[];
  /** What is said as its module loads: before anybody can have told the language. */
  readonly early: readonly Placed[];
}

/** What looks like a text for people: several words, or one that begins with a capital. */
const isText = (text: string): boolean =>
  /[A-Za-z]{2,}.* .*[A-Za-z]/s.test(text) || /^[A-Z][a-z]+…?$/.test(text);

/** Calls whose arguments are for those who mend Hotenv (the log is in one language), or for the browser. */
const toldToOthers =
  /(?:^|\.)(?:log|console)(?:\.|$)|(?:^|\.)(?:debug|report|querySelector(?:All)?|closest|matches|matchMedia)$/;

const nameOf = (callee: Expression | Argument): string => {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MemberExpression")
    return `${nameOf(callee.object)}.${"name" in callee.property ? callee.property.name : ""}`;
  return "";
};

/** Stands for an expression in a template; no source has it. */
const hole = "\u0000";
const markup = new Set(["html", "svg"]);
/** Attributes that are read by people or to them. */
const spoken =
  /^\.?(?:title|alt|label|placeholder|aria-(?:label|description|placeholder|roledescription|valuetext))$/;
const tag = /<!--.*?-->|<\/?[a-z][\w-]*((?:"[^"]*"|'[^']*'|[^>"'])*)>/gis;
const attribute = /([^\s"'=<>/]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/** Any word at all that is written between tags, or in an attribute that is spoken. */
function textsOfMarkup(written: string): string[] {
  const attributes = [...written.matchAll(tag)].flatMap(([, inside = ""]) =>
    [...inside.matchAll(attribute)].flatMap(([, name = "", value = ""]) =>
      spoken.test(name) ? [value] : [],
    ),
  );
  return [...written.split(new RegExp(tag.source, "is")).filter((_, index) => index % 2 === 0), ...attributes]
    .map((text) => text.replaceAll(/&\w+;/g, " ").replaceAll(hole, "{}").replaceAll(/\s+/g, " ").trim())
    .filter((text) => /\p{L}{2,}/u.test(text));
}

export function textsOf(file: string, source: string): Found {
  const { program, errors } = parseSync(file, source);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`);
  const keys: string[] = [];
  const early: Placed[] = [];
  const lineAt = (start: number): number => source.slice(0, start).split("\n").length;
  /** Of functions around what is visited. */
  let depth = 0;
  const enter = (): void => void depth++;
  const leave = (): void => void depth--;
  const covered: (readonly [start: number, end: number])[] = [];
  /** What is compared is not shown. */
  const compared = new Set<number>();
  const tags = new Map<TemplateLiteral, string>();
  const texts: { readonly start: number; readonly text: string }[] = [];
  new Visitor({
    FunctionDeclaration: enter,
    FunctionExpression: enter,
    ArrowFunctionExpression: enter,
    "FunctionDeclaration:exit": leave,
    "FunctionExpression:exit": leave,
    "ArrowFunctionExpression:exit": leave,
    CallExpression({ callee, arguments: [first], start, end }) {
      const name = nameOf(callee);
      if (name === "t") {
        if (first?.type === "Literal" && typeof first.value === "string") keys.push(first.value);
        else texts.push({ start, text: "A text that is not written out cannot be found to be translated." });
        if (depth === 0) early.push({ line: lineAt(start), text: source.slice(start, end) });
      }
      if (name === "t" || toldToOthers.test(name)) covered.push([start, end]);
    },
    ImportDeclaration: ({ start, end }) => void covered.push([start, end]),
    TSLiteralType: ({ start, end }) => void covered.push([start, end]),
    BinaryExpression({ operator, left, right }) {
      if (/^[!=]==$/.test(operator)) compared.add(left.start).add(right.start);
    },
    SwitchCase({ test }) {
      if (test !== null) compared.add(test.start);
    },
    TaggedTemplateExpression: ({ tag: { start, end }, quasi }) =>
      void tags.set(quasi, source.slice(start, end)),
    Literal({ value, start }) {
      if (typeof value === "string" && !compared.has(start) && isText(value))
        texts.push({ start, text: value });
    },
    TemplateLiteral(literal) {
      const { quasis, start } = literal;
      const by = tags.get(literal) ?? "";
      if (by === "css") return;
      const written = quasis.map(({ value }) => value.cooked ?? "").join(hole);
      if (markup.has(by)) for (const text of textsOfMarkup(written)) texts.push({ start, text });
      else if (isText(written)) texts.push({ start, text: written.replaceAll(hole, "{}") });
    },
  }).visit(program);
  const bare = texts
    .filter(({ start }) => !covered.some(([from, to]) => from < start && start < to))
    .map(({ start, text }) => ({ line: lineAt(start), text }));
  return { keys, bare, early };
}
