/** Underlines what a rollout failed with, from its verdict to the next save that is applied. */
import { isAbsolute } from "node:path";
import * as vscode from "vscode";
import type { SessionState } from "../client/session.ts";
import { LineIndex } from "../core/dotenv/text.ts";
import { describeError } from "../core/protocol/errors.ts";
import type { Rollout } from "../core/protocol/words.ts";
import { Disposables } from "./disposables.ts";
import { failedRollout, failedValues } from "./failed-values.ts";
import { toRange } from "./language/to-vscode.ts";
import type { Project } from "./projects.ts";

export function showFailedRollout(project: Project, log: vscode.LogOutputChannel): vscode.Disposable {
  const owned = new Disposables();
  const collection = owned.add(vscode.languages.createDiagnosticCollection("hotenv-rollout"));
  /** The id of the rollout that is shown, or about to be. */
  let shown: string | undefined;

  const show = async (rollout: Rollout, running: number | null): Promise<void> => {
    const { change } = await project.session.call("history/show", { revision: rollout.revision });
    const found: [vscode.Uri, vscode.Diagnostic[]][] = [];
    for (const [source, entries] of Map.groupBy(change.entries, (entry) => entry.source)) {
      const uri = isAbsolute(source)
        ? vscode.Uri.file(source)
        : vscode.Uri.joinPath(project.folder.uri, source);
      const text = await textOf(uri);
      const lines = new LineIndex(text);
      const values = failedValues(text, entries, rollout, change.entries.length, running);
      found.push([
        uri,
        values.map(({ range: { start, end }, message }) => {
          const range = toRange({ start: lines.positionAt(start), end: lines.positionAt(end) });
          const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
          diagnostic.source = "hotenv";
          diagnostic.code = "rollout-failed";
          return diagnostic;
        }),
      ]);
    }
    if (shown === rollout.id) collection.set(found);
  };

  const follow = ({ status, connection }: SessionState): void => {
    const failed = status && connection === "online" ? failedRollout(status) : "unknown";
    if (failed === "unknown" || failed?.id === shown) return;
    shown = failed?.id;
    collection.clear();
    if (failed === undefined || status === undefined) return;
    show(failed, status.revision).catch((error: unknown) =>
      log.debug(`${project.name}: what failed cannot be shown: ${describeError(error)}`),
    );
  };
  owned.defer(project.session.onState(follow));
  owned.defer(() => {
    shown = undefined;
  });
  return owned;
}

/** As the editor has it, where it is open. */
async function textOf(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  return await vscode.workspace.fs.readFile(uri).then(
    (bytes) => new TextDecoder().decode(bytes),
    // A file whose removal failed: there is nothing in it to underline.
    () => "",
  );
}
