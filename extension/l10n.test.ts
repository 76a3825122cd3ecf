import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { type Argument, type Expression, parseSync, Visitor } from "oxc-parser";
import * as z from "zod";
import { textsIn as textsOf } from "../test/support/texts.ts";
import { speak, t } from "./l10n.ts";
import { ago } from "./time.ts";

const root = join(import.meta.dirname, "..");
const textsIn = (file: string): Readonly<Record<string, string>> =>
  z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(join(root, file), "utf8")));
const sorted = (names: Iterable<string>): string[] => [...names].sort();
/** `{0}` and links to commands: what a translation must not lose. */
const kept = (text: string): string[] => sorted(text.match(/\{\d\}|\(command:[^)]*\)/g) ?? []);

/** What looks like a text for people: several words, or one that begins with a capital. */
const isText = (text: string): boolean =>
  /[A-Za-z]{2,}.* .*[A-Za-z]/.test(text) || /^[A-Z][a-z]+$/.test(text);

/** Texts for machines, and names that are the same in every language. */
const exempt: readonly (readonly [file: string, text: RegExp])[] = [
  [".", /^Hotenv$/],
  ["create-files.ts", /^# How Hotenv treats/],
  ["timeline-page.ts", /^(?:<!DOCTYPE|(?:default|script|style|img|font|connect)-src|\s*<link)/],
  ["form-page.ts", /^<!DOCTYPE/],
];

const nameOf = (callee: Expression | Argument): string => {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MemberExpression")
    return `${nameOf(callee.object)}.${"name" in callee.property ? callee.property.name : ""}`;
  return "";
};

interface Found {
  /** First arguments of `t`. */
  readonly keys: readonly string[];
  /** `file:line: text` of what should be one. */
  readonly bare: readonly string[];
}

function scan(file: string): Found {
  const text = readFileSync(join(import.meta.dirname, file), "utf8");
  const { program } = parseSync(file, text);
  const keys: string[] = [];
  const covered: (readonly [start: number, end: number])[] = [];
  const texts: { readonly start: number; readonly text: string }[] = [];
  new Visitor({
    CallExpression({ callee, arguments: [first], start, end }) {
      const name = nameOf(callee);
      if (name === "t") {
        if (first?.type === "Literal" && typeof first.value === "string") keys.push(first.value);
        else texts.push({ start, text: "A text that is not written out cannot be found to be translated." });
      }
      // The log is for those who mend Hotenv: it is in one language.
      if (name === "t" || /(?:^|\.)log(?:\.|$)|(?:^|\.)(?:debug|report)$/.test(name))
        covered.push([start, end]);
    },
    ImportDeclaration: ({ start, end }) => void covered.push([start, end]),
    TSLiteralType: ({ start, end }) => void covered.push([start, end]),
    Literal({ value, start }) {
      if (typeof value === "string") texts.push({ start, text: value });
    },
    TemplateLiteral({ quasis, start }) {
      texts.push({ start, text: quasis.map(({ value }) => value.cooked).join("{}") });
    },
  }).visit(program);
  const bare = texts
    .filter(({ text: each }) => isText(each))
    .filter(({ start }) => !covered.some(([from, to]) => from < start && start < to))
    .filter(
      ({ text: each }) =>
        !exempt.some(([name, of]) => (name === "." || file.endsWith(name)) && of.test(each)),
    )
    .map(({ start, text: each }) => `${file}:${text.slice(0, start).split("\n").length}: ${each}`);
  return { keys, bare };
}

const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter((file) => !file.endsWith(".test.ts"));

describe("the extension's texts", () => {
  const found = files.map(scan);
  const keys = new Set(found.flatMap((each) => each.keys));

  it("go through l10n, all of them", () => {
    assert(keys.size > 100);
    assert.deepEqual(
      found.flatMap(({ bare }) => bare),
      [],
    );
  });

  for (const file of globSync("l10n/bundle.l10n.*.json", { cwd: root }))
    it(`are all translated in ${file}, and nothing else is`, () => {
      const texts = textsIn(file);
      // What is below the extension speaks through the same bundle (core/l10n.test.ts).
      const all = new Set([...keys, ...textsOf(["core", "client"]).keys]);
      assert.deepEqual(sorted(Object.keys(texts)), sorted(all));
      for (const [key, text] of Object.entries(texts)) assert.deepEqual(kept(text), kept(key), key);
    });

  for (const file of globSync("package.nls.*.json", { cwd: root }))
    it(`of the manifest are all translated in ${file}, and nothing else is`, () => {
      const english = textsIn("package.nls.json");
      const texts = textsIn(file);
      assert.deepEqual(sorted(Object.keys(texts)), sorted(Object.keys(english)));
      for (const [key, text] of Object.entries(texts))
        assert.deepEqual(kept(text), kept(english[key] ?? ""), key);
    });

  it("are spoken in VS Code's language, times included, and in English without a translation", () => {
    const now = Date.parse("2026-01-01T12:00:00.000Z");
    speak("zh-cn", textsIn("l10n/bundle.l10n.zh-cn.json"));
    try {
      assert.equal(t("Revision {0} runs.", 7), "正在运行修订 7。");
      assert.equal(ago(now - 120_000, now), "2分钟前");
    } finally {
      speak("en", {});
    }
    assert.equal(t("Revision {0} runs.", 7), "Revision 7 runs.");
    speak("de", undefined);
    assert.equal(ago(now - 120_000, now), "2 minutes ago");
  });

  it("are there in Simplified Chinese", () => {
    assert.equal(globSync("{l10n/bundle.l10n,package.nls}.zh-cn.json", { cwd: root }).length, 2);
  });
});
