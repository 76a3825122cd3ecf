/** English that a page still shows or says, although it speaks another language. */
import type { Page } from "playwright-core";

/** Attributes that are read by people or to them. */
const attributes = [
  "title",
  "alt",
  "label",
  "placeholder",
  "aria-label",
  "aria-description",
  "aria-valuetext",
];

/** What the page shows and says in all of its shadow roots, hidden or not: each text once. */
export async function saidBy(page: Page): Promise<string[]> {
  const said = await page.evaluate((names) => {
    const found: string[] = [document.title];
    const visit = (node: Node): void => {
      if (node instanceof Text) found.push(node.data);
      if (node instanceof Element) {
        // Neither is read out: what is in them is for the browser.
        if (node.localName === "script" || node.localName === "style") return;
        for (const name of names) found.push(node.getAttribute(name) ?? "");
        if (node.shadowRoot !== null) visit(node.shadowRoot);
      }
      for (const child of node.childNodes) visit(child);
    };
    visit(document);
    return found;
  }, attributes);
  return [...new Set(said.map((text) => text.replaceAll(/\s+/g, " ").trim()))];
}

/** Fields of what the agent tells whose values are its own sentences, or names, or whatever a person wrote. */
const own = new Set([
  ...["reason", "cause", "detail", "message", "outcome", "note", "log", "before", "after"],
  ...["name", "directory", "service", "services", "instances", "key", "keys", "source", "path", "file"],
]);

/** All that the agent says in its own words, however deep in what it told. */
export function agentsWords(told: unknown, field = ""): string[] {
  if (typeof told === "string") return own.has(field) ? [told] : [];
  if (Array.isArray(told)) return told.flatMap((each) => agentsWords(each, field));
  if (typeof told !== "object" || told === null) return [];
  return Object.entries(told).flatMap(([name, value]) => agentsWords(value, name));
}

/** The same in every language. */
const names = ["Hotenv", "Compose", "Markdown", "JSON", "HTTP"];

/** @returns what has a word in Latin letters that is neither the agent's nor a name */
export function englishIn(said: readonly string[], agents: readonly string[]): string[] {
  const known = [...new Set([...agents.flatMap((text) => [text, ...text.split("\n")]), ...names])]
    .map((text) => text.replaceAll(/\s+/g, " ").trim())
    .filter((text) => text !== "")
    // A sentence goes before the names in it.
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const wholeWords = new RegExp(`(?<![A-Za-z])(?:${known.join("|")})(?![A-Za-z])`, "g");
  return said.filter((text) => /[A-Za-z]{2,}/.test(text.replaceAll(wholeWords, " ")));
}
