// Writes schemas/hotenv.schema.json, by which editors complete and check hotenv.yaml, from core/settings.
//
//   node scripts/settings-schema.ts
//
// A test holds that it is up to date.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { describeSettings, type JsonSchema } from "../core/settings/describe.ts";
import { settingsSchema } from "../core/settings/schema.ts";

export const settingsSchemaFile = path.join(import.meta.dirname, "../schemas/hotenv.schema.json");

/** What a person may write: defaults and conversions are not yet done. */
export function settingsJsonSchema(): string {
  const schema = z.toJSONSchema(settingsSchema, { io: "input", target: "draft-7", unrepresentable: "any" });
  const described = describeSettings(schema as JsonSchema);
  return `${JSON.stringify({ title: "hotenv.yaml", ...described }, undefined, 2)}\n`;
}

if (import.meta.main) {
  mkdirSync(path.dirname(settingsSchemaFile), { recursive: true });
  writeFileSync(settingsSchemaFile, settingsJsonSchema());
}
