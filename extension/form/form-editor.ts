/** Between a form and the text document behind it: every edit is an edit of the text, so that undo and diff work. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { parseDotenv } from "../../core/dotenv/document.ts";
import { effectiveEntry } from "../../core/dotenv/edits.ts";
import { describeError, toHotenvError } from "../../core/protocol/errors.ts";
import { type FormHostMessage, formPageMessageSchema } from "../../core/protocol/form.ts";
import { parseSchema, type Schema } from "../../core/schema/schema.ts";
import { Disposables } from "../disposables.ts";
import { language, speak, t } from "../l10n.ts";
import { loadApart } from "../load-apart.ts";
import { formEdit, formModel } from "./form-model.ts";
import { formPage } from "./form-page.ts";
import { formTexts } from "./form-texts.ts";
import type { FormContext } from "./open-form.ts";

// A bundle of its own has a language of its own.
speak(vscode.env.language, vscode.l10n.bundle);

/** The impact is worked out after the last of several quick edits. */
const impactAfterMs = 120;
const schemaName = ".env.schema";

export function fillPanel(
  document: vscode.TextDocument,
  panel: vscode.WebviewPanel,
  { extensionUri, projects, log, noteReason }: FormContext,
): void {
  const owned = new Disposables();
  const { webview } = panel;
  const dist = vscode.Uri.joinPath(extensionUri, "dist");
  webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const schemaUri = vscode.Uri.joinPath(document.uri, "..", schemaName);
  const directory =
    projects.of(document.uri)?.folder.uri.fsPath ??
    vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath ??
    dirname(document.uri.fsPath);
  const preview =
    document.uri.scheme === "file"
      ? loadApart().then(({ previewImpact }) => previewImpact(directory, document.uri.fsPath, process.env))
      : undefined;
  const revealed = new Set<string>();
  let schema: Schema | undefined;
  let newestEdit = 0;
  let isReady = false;
  let impactTimer: NodeJS.Timeout | undefined;
  owned.defer(() => clearTimeout(impactTimer));

  const post = (message: FormHostMessage): void => void webview.postMessage(message);
  const sendImpact = async (): Promise<void> => {
    const saved = document.isDirty ? textOnDisk(document.uri) : document.getText();
    const services = saved === undefined ? undefined : (await preview)?.of(saved, document.getText());
    post({ type: "impact", services: services ?? null });
  };
  /** @param complaint a sentence about the newest edit, where it could not be made */
  const send = (complaint?: string): void => {
    if (!isReady) return;
    const { fields, problems } = formModel(document.getText(), schema, revealed, process.env);
    post({
      type: "state",
      file: basename(document.uri.path),
      edit: newestEdit,
      dirty: document.isDirty,
      fields: [...fields],
      problems: [...(complaint === undefined ? [] : [complaint]), ...problems],
      hasSchema: schema !== undefined,
    });
    clearTimeout(impactTimer);
    impactTimer = setTimeout(() => {
      sendImpact().catch((error: unknown) => log.error(describeError(toHotenvError(error))));
    }, impactAfterMs);
  };
  const readSchema = async (): Promise<void> => {
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === schemaUri.toString());
    const text =
      open?.getText() ??
      (await vscode.workspace.fs.readFile(schemaUri).then(
        (bytes) => new TextDecoder().decode(bytes),
        // There need not be one.
        () => undefined,
      ));
    schema = text === undefined ? undefined : parseSchema(text);
    send();
  };

  /** One after the other: each counts from the text that the one before it has left. */
  let editing = Promise.resolve();
  const edit = async (key: string, value: string | null): Promise<string | undefined> => {
    const changes = formEdit(document.getText(), key, value);
    if (changes === undefined) return t("{0} cannot be written like this.", key);
    if (changes.length === 0) return undefined;
    const edits = new vscode.WorkspaceEdit();
    for (const { range, text } of changes)
      edits.replace(
        document.uri,
        new vscode.Range(document.positionAt(range.start), document.positionAt(range.end)),
        text,
      );
    const isDone = await vscode.workspace.applyEdit(edits);
    return isDone ? undefined : t("{0} could not be changed: the file was edited elsewhere.", key);
  };

  const receive = async (message: unknown): Promise<void> => {
    const parsed = formPageMessageSchema.safeParse(message);
    if (!parsed.success) {
      log.warn("The form said something that is none of its messages.");
      return;
    }
    const said = parsed.data;
    switch (said.type) {
      case "ready":
        isReady = true;
        post({ type: "texts", language, texts: formTexts() });
        await readSchema();
        return;
      case "edit":
        editing = editing.then(async () => {
          const complaint = await edit(said.key, said.value);
          newestEdit = Math.max(newestEdit, said.edit);
          send(complaint);
        });
        await editing;
        return;
      case "reveal":
        if (said.shown) revealed.add(said.key);
        else revealed.delete(said.key);
        send();
        return;
      case "save":
        await editing;
        if (said.reason.trim() !== "") noteReason(document.uri, said.reason.trim());
        await document.save();
        send();
        return;
      case "open":
        await open(said.what, said.key);
    }
  };
  const open = async (what: "text" | "schema", key: string | undefined): Promise<void> => {
    if (what === "schema") {
      await vscode.window.showTextDocument(schemaUri);
      return;
    }
    const source = key === undefined ? undefined : effectiveEntry(parseDotenv(document.getText()), key);
    const position = document.positionAt(
      source === undefined ? 0 : source.start + source.entry.key.range.start,
    );
    await vscode.commands.executeCommand("vscode.openWith", document.uri, "default", {
      selection: new vscode.Range(position, position),
    });
  };

  owned.add(
    webview.onDidReceiveMessage((message: unknown) => {
      receive(message).catch((error: unknown) => log.error(describeError(toHotenvError(error))));
    }),
  );
  owned.add(
    vscode.workspace.onDidChangeTextDocument(({ document: changed }) => {
      if (changed.uri.toString() === document.uri.toString()) send();
      else if (changed.uri.toString() === schemaUri.toString()) void readSchema();
    }),
  );
  owned.add(
    vscode.workspace.onDidSaveTextDocument((saved) => {
      if (saved.uri.toString() === document.uri.toString()) send();
    }),
  );
  const watcher = owned.add(
    vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(document.uri, ".."), schemaName),
    ),
  );
  for (const happens of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
    owned.add(happens(() => void readSchema()));
  panel.onDidDispose(() => owned.dispose());
  webview.html = formPage({
    script: webview.asWebviewUri(vscode.Uri.joinPath(dist, "form.js")).toString(),
    nonce: randomBytes(16).toString("base64url"),
    language,
  });
}

function textOnDisk(uri: vscode.Uri): string | undefined {
  try {
    return readFileSync(uri.fsPath, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
