/** A first schema, made from the values that a person has now. */
import { type DotenvDocument, entriesOf } from "../dotenv/document.ts";
import { isNamed } from "../dotenv/pieces.ts";
import { isSensitiveName } from "./sensitive.ts";

/** Comments longer than this are prose about the file, not about a key. */
const maxDescriptionLines = 4;

/**
 * Keys in the order of the file, each with its comment, a type that its value has, and the mark of a secret by
 * its name. No value is copied: a schema goes into version control.
 * @returns the text of a `.env.schema`
 */
export function schemaFrom(document: DotenvDocument): string {
  const lines = [
    "# What the values in .env have to be: one block for each key, its decorators above it.",
    "# @defaultRequired=true",
    "# ---",
    "",
  ];
  const seen = new Set<string>();
  for (const { entry, start } of entriesOf(document)) {
    const name = entry.key.name;
    if (!isNamed(entry) || seen.has(name) || !/^[A-Za-z_][\w.-]*$/.test(name)) continue;
    seen.add(name);
    const value = entry.value?.cooked ?? "";
    const type = entry.value?.template == null ? typeOf(name, value) : undefined;
    const decorators = [
      ...(value === "" ? ["@optional"] : []),
      ...(type === undefined ? [] : [`@type=${type}`]),
      ...(isSensitiveName(name) ? ["@sensitive"] : []),
    ];
    lines.push(...descriptionAbove(document.text, start));
    if (decorators.length > 0) lines.push(`# ${decorators.join(" ")}`);
    lines.push(`${name}=`, "");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function typeOf(name: string, value: string): string | undefined {
  if (/^(?:true|false)$/i.test(value)) return "boolean";
  if (/(?:^|_)PORT$/i.test(name) && /^\d{1,5}$/.test(value)) return "port";
  if (/^-?\d+(?:\.\d+)?$/.test(value) && !isSensitiveName(name)) return "number";
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) && URL.canParse(value)) return "url";
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return "email";
  return undefined;
}

/** The comment lines directly above, unless they are commented-out keys or decorators already. */
function descriptionAbove(text: string, start: number): string[] {
  const above = text.slice(0, start).split(/\r?\n/).slice(0, -1);
  const found: string[] = [];
  for (let line = above.pop(); line !== undefined && /^\s*#/.test(line); line = above.pop())
    found.unshift(line.trim());
  const isProse = found.every((line) => !/^#\s*(?:@|---|===|[\w.]+\s*=)/.test(line));
  return isProse && found.length <= maxDescriptionLines ? found : [];
}
