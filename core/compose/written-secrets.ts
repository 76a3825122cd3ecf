/** Secrets that stand in a compose file or in hotenv.yaml themselves. From the text alone, tolerant of everything. */
import { type Document, isScalar, parseDocument, visit } from "yaml";

/** `KEY: value` and `- KEY=value`, in blocks and in braces; the value plain or quoted. */
const assignment =
  /([A-Za-z_][\w.-]*)["']?\s*(?::[ \t]+|=)("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s"'[\]{},#&*|>][^\n,}\]"']*)/g;
/** `${KEY:-value}`. */
const fallback = /\$\{([A-Za-z_]\w*):?[-+]([^{}$]+)\}/g;

/** Names and what is written for them: what is sensitive among them is for the caller to say. References are left out. */
export function writtenValues(text: string): [key: string, value: string][] {
  const found: [string, string][] = [];
  for (const [, key = "", written = ""] of text.matchAll(assignment)) {
    const value = unquoted(written.replace(/\s+#.*$/, "").trim());
    if (value !== "" && !value.includes("${")) found.push([key, value]);
  }
  for (const [, key = "", value = ""] of text.matchAll(fallback)) found.push([key, value]);
  return found;
}

function unquoted(written: string): string {
  const [quote] = written;
  if (quote === "'") return written.slice(1, -1).replaceAll("''", "'");
  if (quote === '"') return written.slice(1, -1).replaceAll(/\\(.)/g, "$1");
  return written;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The files behind `secrets:`, as written, not interpolated. */
export function secretFiles(text: string): string[] {
  if (!/^secrets\s*:/m.test(text)) return [];
  const document = parseDocument(text, { merge: true, logLevel: "silent", prettyErrors: false });
  let root: unknown;
  try {
    root = document.toJS({ maxAliasCount: 1000 });
  } catch {
    // An alias that means nothing: one file too many is hidden rather than one too few.
    return allFiles(document);
  }
  const secrets = isRecord(root) && isRecord(root.secrets) ? Object.values(root.secrets) : [];
  return secrets.flatMap((one) => (isRecord(one) && typeof one.file === "string" ? [one.file] : []));
}

function allFiles(document: Document): string[] {
  const files: string[] = [];
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === "file" && isScalar(value)) files.push(String(value.value));
    },
  });
  return files;
}
