/** The examples of docs/diagnostics.md, with what is marked in them. */
import { readFileSync } from "node:fs";
import type { Range } from "../../core/dotenv/text.ts";

const page = readFileSync(new URL("../../docs/diagnostics.md", import.meta.url), "utf8");

/** A file that shows a code. */
export interface Example {
  readonly language: string;
  readonly flags: readonly string[];
  readonly text: string;
  readonly ranges: readonly Range[];
}

function readExample(info: string, marked: string): Example {
  const [language = "", ...flags] = info.split(" ");
  const ranges: Range[] = [];
  let text = "";
  let start = 0;
  for (const part of marked.split(/([«»])/)) {
    if (part === "«") start = text.length;
    else if (part === "»") ranges.push({ start, end: text.length });
    else text += part;
  }
  if (flags.includes("no-end")) text = text.slice(0, -1);
  if (flags.includes("long")) text = text.replace("=1", `=${"x".repeat(70_000)}`);
  // An empty mark on a line of its own marks the file's end.
  if (marked.endsWith("«»\n") && language === "dotenv") text = text.slice(0, -1);
  return { language, flags, text, ranges };
}

export const sections = [...page.matchAll(/^### `(.+)`\n\n\*\*(\w+)\*\*([\s\S]*?)(?=^##|$(?![\s\S]))/gm)].map(
  (match) => ({
    code: match[1] ?? "",
    level: match[2],
    examples: [...(match[3] ?? "").matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(
      ([, info = "", marked = ""]) => readExample(info, marked),
    ),
  }),
);
