/** Checks every open .env file as one types, and again when a file beside it changes. */
import * as vscode from "vscode";
import { type DotenvDocument, parseDotenv, updateDotenv } from "../../core/dotenv/document.ts";
import type { LanguageContext } from "../../core/language/context.ts";
import { Disposables } from "../disposables.ts";
import { checkEnvFile, envContext } from "./env-check.ts";
import { type EnvFileKind, envFileKind, schemaName } from "./env-files.ts";
import { readNeighbours } from "./neighbours.ts";
import { toDiagnostic } from "./to-vscode.ts";

export interface EnvDocument {
  readonly kind: EnvFileKind;
  readonly document: DotenvDocument;
  readonly context: LanguageContext;
}

export interface EnvDocuments extends vscode.Disposable {
  /** An open .env file as it is now; undefined for every other document. */
  of(uri: vscode.Uri): EnvDocument | undefined;
}

/** @param environment the shell's: it goes before .env */
export function checkEnvDocuments(environment: Readonly<Record<string, string | undefined>>): EnvDocuments {
  const owned = new Disposables();
  const collection = owned.add(vscode.languages.createDiagnosticCollection("hotenv"));
  const neighbours = owned.add(readNeighbours(`**/{.env,${schemaName}}`));
  const open = new Map<string, EnvDocument>();

  const contextOf = (uri: vscode.Uri, kind: EnvFileKind): LanguageContext => {
    const beside = (name: string): vscode.Uri => vscode.Uri.joinPath(uri, "..", name);
    const schema = kind === "schema" ? undefined : neighbours.text(beside(schemaName));
    return envContext(
      kind,
      uri.toString(),
      {
        schema: schema === undefined ? undefined : { text: schema, uri: beside(schemaName).toString() },
        env: kind === "part" ? neighbours.text(beside(".env")) : undefined,
      },
      environment,
    );
  };

  const publish = (uri: vscode.Uri, { kind, document, context }: EnvDocument): void =>
    collection.set(uri, checkEnvFile(kind, document, context).map(toDiagnostic));

  const set = (uri: vscode.Uri, entry: EnvDocument): void => {
    open.set(uri.toString(), entry);
    publish(uri, entry);
  };

  const add = (source: vscode.TextDocument): void => {
    const { uri } = source;
    const kind = uri.scheme === "file" || source.isUntitled ? envFileKind(uri.path) : undefined;
    if (kind === undefined) return;
    set(uri, { kind, document: parseDotenv(source.getText()), context: contextOf(uri, kind) });
  };

  /** Whoever stands beside a changed `.env` or schema sees it with new eyes. */
  const refreshAround = (changed: vscode.Uri): void => {
    const folder = vscode.Uri.joinPath(changed, "..").toString();
    for (const [key, entry] of open) {
      const uri = vscode.Uri.parse(key);
      if (key === changed.toString() || vscode.Uri.joinPath(uri, "..").toString() !== folder) continue;
      set(uri, { ...entry, context: contextOf(uri, entry.kind) });
    }
  };
  const isNeighbour = (uri: vscode.Uri): boolean => /\/\.env(\.schema)?$/.test(uri.path);

  for (const source of vscode.workspace.textDocuments) add(source);
  owned.add(vscode.workspace.onDidOpenTextDocument(add));
  owned.add(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (!open.delete(uri.toString())) return;
      collection.delete(uri);
      if (isNeighbour(uri)) refreshAround(uri);
    }),
  );
  owned.add(
    vscode.workspace.onDidChangeTextDocument(({ document: source, contentChanges }) => {
      const entry = open.get(source.uri.toString());
      if (entry === undefined) return;
      const text = source.getText();
      let { document } = entry;
      for (const { rangeOffset, rangeLength, text: replacement } of contentChanges)
        document = updateDotenv(
          document,
          { start: rangeOffset, end: rangeOffset + rangeLength },
          replacement,
        );
      // A change of the line ends comes without changes of the content.
      set(source.uri, { ...entry, document: document.text === text ? document : parseDotenv(text) });
      if (isNeighbour(source.uri)) refreshAround(source.uri);
    }),
  );
  owned.add(neighbours.onDidChange(refreshAround));

  return { of: (uri) => open.get(uri.toString()), dispose: () => owned.dispose() };
}
