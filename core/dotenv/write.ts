/** How a value must be written so that a reader gives exactly it back. */
import { isSpace } from "./characters.ts";
import type { Dialect } from "./pieces.ts";

/** Reads the same, unquoted, in every dialect, and looks like nothing else. */
const plain = /^[\w./:@%+,=?&;!~^*()[\]{}|<>-]*$/;

function inDoubleQuotes(value: string): string {
  const escapes: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
    $: "\\$",
  };
  return `"${value.replace(/[\n\r"\\$]/g, (character) => escapes[character] ?? character)}"`;
}

/** Compose drops a backslash before the quote, and takes one at the end for one of these. */
const isSafeInSingleQuotes = (value: string): boolean => !/['\r]|\\$/.test(value);

function forDotenv(value: string): string | undefined {
  if (plain.test(value)) return value;
  for (const quote of ["'", '"', "`"]) {
    // Line ends are read as `\n`, and between double quotes `\n` and `\r` are line ends.
    if (value.includes("\r") || value.includes(quote) || value.endsWith("\\")) continue;
    if (quote === '"' && /\\[nr]/.test(value)) continue;
    return quote + value + quote;
  }
  const escaped = value.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
  return /["\\]/.test(value) ? undefined : `"${escaped}"`;
}

/** @returns undefined where the dialect has no way to write the value */
export function writeValue(value: string, dialect: Dialect): string | undefined {
  switch (dialect) {
    case "compose":
      if (plain.test(value)) return value;
      // Single quotes read the same in dotenv, and hide `$` from Compose.
      return isSafeInSingleQuotes(value) ? `'${value}'` : inDoubleQuotes(value);
    case "dotenv":
      return forDotenv(value);
    case "raw":
      return /[\n]|\r$/.test(value) ? undefined : value;
  }
}

/** Whether Compose reads it as a key, all of it. */
export function isWritableKey(key: string, dialect: Dialect): boolean {
  if (dialect === "dotenv") return /^[\w.-]+$/.test(key);
  if (dialect === "compose") return /^[\p{L}\p{N}_.[\]-]+$/u.test(key) && key !== "export";
  return (
    key !== "" &&
    !/[=\s]/u.test(key) &&
    !key.startsWith("#") &&
    ![...key].some((c) => isSpace(c.codePointAt(0) ?? 0))
  );
}
