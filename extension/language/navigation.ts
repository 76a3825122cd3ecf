/**
 * Definition, references and rename of a variable, across all files of its project. What reads YAML for that is a
 * bundle of its own (scripts/build.ts), loaded when somebody asks for the first time.
 */
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { NameUse, ProjectFile } from "../../core/language/names.ts";
import type { SourceInfo } from "../../core/protocol/words.ts";
import { Disposables } from "../disposables.ts";
import type { Projects } from "../projects.ts";
import { envFilePattern, schemaName } from "./env-files.ts";
import { toLocation, toWorkspaceEdit } from "./to-vscode.ts";

const selector: vscode.DocumentSelector = [
  { scheme: "file", pattern: envFilePattern },
  { scheme: "file", pattern: "**/{compose,docker-compose}*.{yaml,yml}" },
  { scheme: "file", pattern: "**/hotenv.{yaml,yml}" },
];

interface Found {
  readonly files: readonly ProjectFile[];
  readonly use: NameUse;
}

export function provideNavigation(projects: Projects): vscode.Disposable {
  const owned = new Disposables();
  const load = () => import("../../core/language/navigate.ts");

  /** undefined where no variable is named, and for files that are no sources of a project whose agent answers. */
  const find = async (
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<Found | undefined> => {
    const project = projects.of(document.uri);
    const sources = project?.session.state.status?.sources;
    if (project === undefined || sources === undefined) return undefined;
    const files = await readFiles(project.folder.uri, sources);
    const file = files.find(({ uri }) => uri === document.uri.toString());
    const use = file && (await load()).nameUseAt(file, document.offsetAt(position));
    return use && { files, use };
  };

  owned.add(
    vscode.languages.registerDefinitionProvider(selector, {
      async provideDefinition(document, position) {
        const found = await find(document, position);
        return found && (await load()).definitions(found.files, found.use.name).map(toLocation);
      },
    }),
  );
  owned.add(
    vscode.languages.registerReferenceProvider(selector, {
      async provideReferences(document, position, { includeDeclaration }) {
        const found = await find(document, position);
        return (
          found && (await load()).references(found.files, found.use.name, includeDeclaration).map(toLocation)
        );
      },
    }),
  );
  owned.add(
    vscode.languages.registerRenameProvider(selector, {
      async prepareRename(document, position) {
        const found = await find(document, position);
        // VS Code shows the sentence beside the cursor.
        if (found === undefined) throw new Error("Here is no variable of a project that Hotenv follows.");
        const { start, end } = found.use.range;
        return new vscode.Range(document.positionAt(start), document.positionAt(end));
      },
      async provideRenameEdits(document, position, to) {
        const found = await find(document, position);
        if (found === undefined) return undefined;
        const renaming = (await load()).rename(found.files, found.use.name, to);
        if (!renaming.ok) throw new Error(renaming.reason);
        return toWorkspaceEdit(renaming.edit);
      },
    }),
  );
  return owned;
}

async function readFiles(folder: vscode.Uri, sources: readonly SourceInfo[]): Promise<ProjectFile[]> {
  const files = sources.map(async ({ path, role }): Promise<ProjectFile[]> => {
    if (role === "file") return [];
    const uri = isAbsolute(path) ? vscode.Uri.file(path) : vscode.Uri.joinPath(folder, path);
    const text = await textOf(uri);
    const kind = role === "schema" && !path.endsWith(schemaName) ? "env" : role;
    return text === undefined ? [] : [{ uri: uri.toString(), kind, text }];
  });
  return (await Promise.all(files)).flat();
}

/** As the editor has it, where it is open; undefined for a file that does not exist. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  return await vscode.workspace.fs.readFile(uri).then(
    (bytes) => new TextDecoder().decode(bytes),
    (error: unknown) => {
      if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") return undefined;
      throw error;
    },
  );
}
