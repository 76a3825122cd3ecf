/** Texts with a mark where the cursor stands, for tests of the language service. */
import { type DotenvDocument, parseDotenv } from "../../core/dotenv/document.ts";
import { LineIndex, type Position } from "../../core/dotenv/text.ts";
import { lookupIn } from "../../core/interpolate/fill.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import { parseSchema } from "../../core/schema/schema.ts";

export interface Marked {
  readonly document: DotenvDocument;
  readonly offset: number;
  readonly position: Position;
}

/** `‸` is the cursor. */
export function marked(text: string): Marked {
  const offset = text.indexOf("‸");
  const document = parseDotenv(text.replace("‸", ""));
  return { document, offset, position: document.lines.positionAt(offset) };
}

export function contextOf(
  options: { readonly schema?: string; readonly shell?: Readonly<Record<string, string>> } = {},
): LanguageContext {
  const { schema, shell = {} } = options;
  return {
    uri: "file:///p/.env",
    lookup: lookupIn(shell),
    names: Object.keys(shell),
    ...(schema === undefined
      ? {}
      : {
          schema: { schema: parseSchema(schema), uri: "file:///p/.env.schema", lines: new LineIndex(schema) },
        }),
  };
}
