/** Go to definition, find references, rename: across all files of a project. */
import type { Location, TextEdit, WorkspaceEdit } from "vscode-languageserver-types";
import { LineIndex } from "../dotenv/text.ts";
import { t } from "../l10n.ts";
import { toLspRange } from "./finding.ts";
import { type NameUse, namesIn, type ProjectFile } from "./names.ts";

export function nameUseAt(file: ProjectFile, offset: number): NameUse | undefined {
  // Inner references stand behind outer ones.
  return namesIn(file).findLast(({ range }) => offset >= range.start && offset <= range.end);
}

function usesOf(
  files: readonly ProjectFile[],
  name: string,
): { file: ProjectFile; lines: LineIndex; uses: NameUse[] }[] {
  return files.flatMap((file) => {
    if (!file.text.includes(name)) return [];
    const uses = namesIn(file).filter((use) => use.name === name);
    return uses.length === 0 ? [] : [{ file, lines: new LineIndex(file.text), uses }];
  });
}

/** Where the variable is set; where nowhere, what the schema says of it. */
export function definitions(files: readonly ProjectFile[], name: string): Location[] {
  const all = usesOf(files, name);
  const at = (role: NameUse["role"]): Location[] =>
    all.flatMap(({ file, lines, uses }) =>
      uses
        .filter((use) => use.role === role)
        .map(({ range }) => ({ uri: file.uri, range: toLspRange(lines, range) })),
    );
  const set = at("definition");
  return set.length > 0 ? set : at("declaration");
}

/** @param withDefinitions the places where it is set or declared, too */
export function references(
  files: readonly ProjectFile[],
  name: string,
  withDefinitions: boolean,
): Location[] {
  return usesOf(files, name).flatMap(({ file, lines, uses }) =>
    uses
      .filter(({ role }) => withDefinitions || role === "reference")
      .map(({ range }) => ({ uri: file.uri, range: toLspRange(lines, range) })),
  );
}

export type Renaming =
  | { readonly ok: true; readonly edit: WorkspaceEdit }
  /** A sentence for people. */
  | { readonly ok: false; readonly reason: string };

/** All files in one edit, so that one undo takes it back. */
export function rename(files: readonly ProjectFile[], from: string, to: string): Renaming {
  if (!/^[a-z_][a-z0-9_]*$/i.test(to))
    return {
      ok: false,
      reason: t(
        "`{0}` is no name that can be referred to: letters, digits and `_` can, not beginning with a digit.",
        to,
      ),
    };
  const taken = usesOf(files, to).find(({ uses }) => uses.some(({ role }) => role !== "reference"));
  if (from !== to && taken !== undefined) return { ok: false, reason: t("`{0}` exists already.", to) };
  const changes: Record<string, TextEdit[]> = {};
  for (const { file, lines, uses } of usesOf(files, from))
    changes[file.uri] = uses.map(({ range }) => ({ range: toLspRange(lines, range), newText: to }));
  return { ok: true, edit: { changes } };
}
