/** Which keys of a project are secrets: what its schema says, else what their names say. */
import { folderOf, resolvePath } from "../../core/compose/paths.ts";
import { schemaName } from "../../core/language/files.ts";
import { readSchema } from "../../core/schema/imports.ts";
import { isSensitive, type Schema } from "../../core/schema/schema.ts";
import { textOfFile } from "./compared.ts";
import type { Snapshot } from "./snapshot.ts";

/** With all that it imports. */
export function schemaOf(snapshot: Snapshot): Schema | undefined {
  const texts = new Map(
    snapshot.files
      .filter(({ role }) => role === "schema")
      .map((file): [string, string | undefined] => [`/${file.path}`, textOfFile(file) ?? undefined]),
  );
  return readSchema(`/${schemaName}`, {
    // The project's folder is the root here. What lies outside of it has an absolute path, and is known by its end.
    read: (path) => texts.get(path) ?? [...texts].find(([known]) => known.endsWith(path))?.[1],
    resolve: (from, relative) => resolvePath(folderOf(from), relative),
  });
}

/** A key that any of the snapshots calls a secret is one: an older state must not tell what a newer one hides. */
export function sensitivityOf(snapshots: readonly Snapshot[]): (key: string) => boolean {
  const schemas = snapshots.map(schemaOf);
  return (key) => schemas.some((schema) => isSensitive(key, schema));
}
