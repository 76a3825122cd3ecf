/**
 * Texts for people. The English text is the key, and what is said until somebody tells another language: the command
 * line, the agent and `hotenv lsp` never do, VS Code's extension does (`speak`). A bundle has a state of its own: each
 * that says something is to be told.
 *
 * A text is asked for when it is said: what is kept from the start of a module is English for ever.
 */

let translations: Readonly<Record<string, string>> | undefined;

/** @param texts by their English; undefined: English */
export function speak(texts: Readonly<Record<string, string>> | undefined): void {
  translations = texts;
}

/** @param text with a place for each argument: `{0}`, `{1}` and so on */
export function t(text: string, ...args: readonly (string | number | boolean)[]): string {
  const said = translations?.[text] ?? text;
  return args.length === 0 ? said : filled(said, args);
}

const zero = "0".charCodeAt(0);

/** In one pass, so that an argument may hold braces itself; without a pattern, since keystrokes pay for it. */
function filled(text: string, args: readonly (string | number | boolean)[]): string {
  let result = "";
  let from = 0;
  for (let at = text.indexOf("{"); at !== -1; at = text.indexOf("{", at + 1)) {
    const arg = text[at + 2] === "}" ? args[text.charCodeAt(at + 1) - zero] : undefined;
    if (arg === undefined) continue;
    result += text.slice(from, at) + String(arg);
    from = at + 3;
  }
  return result + text.slice(from);
}

/** "a, b, c", as lists are written. */
export const listOf = (items: readonly string[]): string => items.join(t(", "));

/** "a, b, c", where each is said for itself: not things of a kind, but one more that is to be known. */
export const clausesOf = ([first = "", ...others]: readonly string[]): string =>
  others.reduce((said, clause) => t("{0}, {1}", said, clause), first);
