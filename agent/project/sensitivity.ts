/** Which keys of a project are secrets: what its schema says, else what their names say. */
import { isSensitive, parseSchema, type Schema } from "../../core/schema/schema.ts";
import { textOfFile } from "./compared.ts";
import type { Snapshot } from "./snapshot.ts";

export function schemaOf(snapshot: Snapshot): Schema | undefined {
  const file = snapshot.files.find(({ role, path }) => role === "schema" && path.endsWith(".schema"));
  const text = file && textOfFile(file);
  return text == null ? undefined : parseSchema(text);
}

/** A key that any of the snapshots calls a secret is one: an older state must not tell what a newer one hides. */
export function sensitivityOf(snapshots: readonly Snapshot[]): (key: string) => boolean {
  const schemas = snapshots.map(schemaOf);
  return (key) => schemas.some((schema) => isSensitive(key, schema));
}
