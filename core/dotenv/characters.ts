/** Which characters the readers take for what. The sets of Go, not those of JavaScript. */

/** White space inside a line, as dotenv/parser.go counts it: no other Unicode space is skipped there. */
export function isLineSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || (code >= 0x0b && code <= 0x0d) || code === 0x85 || code === 0xa0;
}

/** Go's unicode.IsSpace. Unlike `\s` it has U+0085 and lacks U+FEFF. */
export function isSpace(code: number): boolean {
  if (code < 0x1680) return code === 0x0a || isLineSpace(code);
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

const letterOrNumber = /[\p{L}\p{N}]/u;

/** What Compose accepts in a key: letters and numbers of any script, and `_ . - [ ]`. */
export function isKeyCharacter(code: number): boolean {
  if (code < 0x80)
    return (
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x30 && code <= 0x39) ||
      code === 0x5f ||
      code === 0x2e ||
      code === 0x2d ||
      code === 0x5b ||
      code === 0x5d
    );
  return letterOrNumber.test(String.fromCodePoint(code));
}

/** The end of `text[start..end)` without the white space at its end. */
export function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

/** The first offset from `at` on that holds no white space of the same line. */
export function skipLineSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && isLineSpace(text.charCodeAt(next))) next++;
  return next;
}

/** Where the line that holds `at` ends: the offset of its `\n`, or the text's end. */
export function lineEnd(text: string, at: number): number {
  const feed = text.indexOf("\n", at);
  return feed === -1 ? text.length : feed;
}
