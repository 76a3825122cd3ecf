/** Quoted values as Compose reads them (compose-go dotenv/parser.go). */
import { parseTemplate, type Template } from "../interpolate/template.ts";

/** Where the quote that opens at `open` closes, or -1. A quote behind an unpaired backslash does not close. */
export function closingQuote(text: string, open: number): number {
  const quote = text[open] ?? "";
  for (let at = text.indexOf(quote, open + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes - 1 > open && text[at - slashes - 1] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  // Interpolation comes after this, and takes `$$` for a literal `$`.
  $: "$$",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** `\0nnn` gives the character with that octal number; what is no such number only loses its 0. */
function octal(digits: string): string {
  const code = /^[0-7]{3}$/.test(digits) ? Number.parseInt(digits, 8) : 256;
  return code > 255 ? `\\${digits}` : String.fromCharCode(code);
}

interface Undone {
  readonly text: string;
  /** For every unit of `text`, and for its end, the offset in the source. */
  readonly offsets: readonly number[];
}

function undoEscapes(source: string, start: number, end: number, quote: string): Undone {
  let text = "";
  const offsets: number[] = [];
  const add = (piece: string, from: number): void => {
    for (let unit = 0; unit < piece.length; unit++) offsets.push(from);
    text += piece;
  };
  let at = start;
  while (at < end) {
    const character = source[at] ?? "";
    const next = source[at + 1] ?? "";
    if (character !== "\\" || at + 1 >= end) {
      add(character, at);
      at++;
    } else if (quote === "'") {
      add(next === "'" ? "'" : `\\${next}`, at);
      at += 2;
    } else if (next === "0") {
      const digits = /^\d{0,3}/.exec(source.slice(at + 2, Math.min(end, at + 5)))?.[0] ?? "";
      add(octal(digits), at);
      at += 2 + digits.length;
    } else {
      add(simpleEscapes[next] ?? `\\${next}`, at);
      at += 2;
    }
  }
  offsets.push(end);
  return { text, offsets };
}

/**
 * What stands between the quotes at `[start, end)`: escapes undone, and in double quotes the template.
 * Ranges of the template count from `origin`.
 */
export function readQuoted(
  source: string,
  start: number,
  end: number,
  quote: "'" | '"',
  origin: number,
): { cooked: string; template: Template | null } {
  const raw = source.slice(start, end);
  if (!raw.includes("\\")) {
    const template =
      quote === '"' && raw.includes("$") ? parseTemplate(raw, (at) => at + start - origin) : null;
    return { cooked: raw, template };
  }
  const { text, offsets } = undoEscapes(source, start, end, quote);
  const template =
    quote === '"' && text.includes("$") ? parseTemplate(text, (at) => (offsets[at] ?? end) - origin) : null;
  return { cooked: text, template };
}
