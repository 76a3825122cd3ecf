/** What the palette does with revisions, beyond going back to one. Each first says what it would do. */
import * as vscode from "vscode";
import type { KeyRevision } from "../../core/protocol/messages.ts";
import { settings } from "../contract.ts";
import { t } from "../l10n.ts";
import { tell } from "../messages.ts";
import type { Project } from "../projects.ts";
import { type RevisionItem, revisionItems } from "../revision-items.ts";
import { type RollbackParts, rollBackKeyTo } from "../rollback.ts";
import { ago } from "../time.ts";
import { addKey, type KeyPlace } from "./keys.ts";

const maxListed = 200;

async function choose(project: Project, title: string): Promise<RevisionItem | undefined> {
  const revisions = await project.session.call("history/list", { limit: maxListed });
  const items = revisionItems(revisions, { revision: null, lastGood: null }, Date.now());
  return vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true });
}

export async function compareRevisions(project: Project, { diffs }: RollbackParts): Promise<void> {
  const from = await choose(project, t("Compare: the first revision"));
  if (from === undefined) return;
  const to = await choose(project, t("Compare revision {0} with", from.revision));
  if (to !== undefined) await diffs.show(project, from.revision, to.revision);
}

async function chooseKey(project: Project, title: string): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const line = editor?.document.lineAt(editor.selection.active.line).text ?? "";
  const here = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=/.exec(line)?.[1];
  const revisions = await project.session.call("history/list", { limit: maxListed });
  const keys = new Set([...(here === undefined ? [] : [here]), ...revisions.flatMap((each) => each.keys)]);
  return vscode.window.showQuickPick([...keys], { title, placeHolder: t("Choose a variable") });
}

interface ChangeItem extends vscode.QuickPickItem {
  readonly change: KeyRevision;
}

function changeItem(change: KeyRevision): ChangeItem {
  const value = (text: string | undefined): string => text ?? t("unset");
  return {
    label: `${value(change.before)} → ${value(change.after)}`,
    description: t("revision {0}", change.revision),
    detail: [change.author, ago(Date.parse(change.time), Date.now()), change.verdict ?? t("running")].join(
      " · ",
    ),
    change,
  };
}

async function chooseChange(project: Project, key: string, title: string): Promise<KeyRevision | undefined> {
  const changes = await project.session.call("history/key", { key, limit: maxListed });
  if (changes.length === 0) {
    tell("info", t("No revision that is kept changed {0}.", key));
    return undefined;
  }
  return (await vscode.window.showQuickPick(changes.map(changeItem), { title }))?.change;
}

/** Who changed a variable when; the choice of a change shows what else it changed. */
export async function showKeyHistory(project: Project, { diffs }: RollbackParts): Promise<void> {
  const key = await chooseKey(project, t("Show the history of a variable"));
  if (key === undefined) return;
  const change = await chooseChange(project, key, t("The history of {0}", key));
  if (change === undefined) return;
  const { parent } = await project.session.call("history/show", { revision: change.revision });
  if (parent !== null) await diffs.show(project, parent, change.revision);
}

export async function rollBackKey(project: Project, { question }: RollbackParts): Promise<void> {
  const key = await chooseKey(project, t("Roll back a variable"));
  if (key === undefined) return;
  const change = await chooseChange(project, key, t("Put {0} back to what it was in", key));
  if (change === undefined) return;
  await rollBackKeyTo(project, change.revision, key, { question });
}

export async function annotateRevision(project: Project): Promise<void> {
  const chosen = await choose(project, t("Write a note to a revision"));
  if (chosen === undefined) return;
  const { revision } = chosen;
  const shown = await project.session.call("history/show", { revision });
  const note = await vscode.window.showInputBox({
    title: t("A note to revision {0}; an empty one takes it away", revision),
    value: shown.note ?? "",
  });
  if (note === undefined) return;
  const pin = t("Keep it from being pruned");
  const leave = t("Let it be pruned one day");
  const pinned = await vscode.window.showQuickPick(shown.pinned === true ? [pin, leave] : [leave, pin]);
  if (pinned === undefined) return;
  await project.session.call("history/annotate", { revision, note, pinned: pinned === pin });
  tell("info", t("Revision {0} was annotated.", revision));
}

const askPassphrase = (prompt: string): Thenable<string | undefined> =>
  vscode.window.showInputBox({ password: true, prompt });

export async function exportHistory(project: Project): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: t("Export the history of {0}", project.name),
    defaultUri: vscode.Uri.joinPath(project.folder.uri, "..", `${project.name}.hotenv-history`),
  });
  if (target === undefined) return;
  const passphrase = await askPassphrase(
    t("A passphrase exports secrets, too, encrypted. Empty: secrets are masked."),
  );
  if (passphrase === undefined) return;
  const exported = await project.session.call("history/export", {
    file: target.fsPath,
    ...(passphrase === "" ? {} : { passphrase }),
  });
  const { revisions, signer } = exported;
  tell("info", t("{0} revisions were exported. They are signed by {1}.", revisions, signer));
}

export async function importHistory(project: Project): Promise<void> {
  const [source] =
    (await vscode.window.showOpenDialog({ title: t("Import an archive into {0}", project.name) })) ?? [];
  if (source === undefined) return;
  const passphrase = await askPassphrase(t("The passphrase of the archive. Empty: it has none."));
  if (passphrase === undefined) return;
  const { revisions } = await project.session.call("history/import", {
    file: source.fsPath,
    ...(passphrase === "" ? {} : { passphrase }),
  });
  tell("info", t("{0} revisions were imported.", revisions));
}

export async function pruneHistory(project: Project): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: t("Prune the history of {0}", project.name),
    prompt: t("How many of the newest revisions stay? Pinned ones and the last good one stay as well."),
    value: "500",
    validateInput: (value) => (/^\d{1,9}$/.test(value) ? undefined : t("It must be a whole number.")),
  });
  if (text === undefined) return;
  const keep = Number(text);
  const { removed, kept } = await project.session.call("history/prune", { keep, dryRun: true });
  if (removed === 0) {
    tell("info", t("Nothing would go: {0} revisions stay.", kept));
    return;
  }
  const yes = t("Prune");
  const asked = t("{0} revisions would go for good, {1} stay.", removed, kept);
  if ((await vscode.window.showWarningMessage(asked, yes)) !== yes) return;
  const done = await project.session.call("history/prune", { keep });
  tell("info", t("{0} revisions are gone.", done.removed));
}

export async function backUpHistory(project: Project): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: t("Copy the history of {0}", project.name),
    defaultUri: vscode.Uri.joinPath(project.folder.uri, "..", `${project.name}-history.db`),
  });
  if (target === undefined) return;
  await project.session.call("history/backup", { file: target.fsPath });
  tell("info", t("The history was copied. The copy opens with the same key only."));
}

export async function restoreHistory(project: Project): Promise<void> {
  const [source] =
    (await vscode.window.showOpenDialog({ title: t("Restore the history of {0}", project.name) })) ?? [];
  if (source === undefined) return;
  const yes = t("Restore");
  const asked = t("The copy takes the place of the present history, which is set aside.");
  if ((await vscode.window.showWarningMessage(asked, yes)) !== yes) return;
  const { revisions } = await project.session.call("history/restore", { file: source.fsPath });
  tell("info", t("The history was restored: {0} revisions.", revisions));
}

export async function changeHistoryKey(project: Project, secrets: vscode.SecretStorage): Promise<void> {
  const place = vscode.workspace.getConfiguration().get<KeyPlace>(settings.historyKey, "file");
  if (place === "file") await project.session.call("history/rekey", {});
  else {
    await addKey(secrets);
    // It seals its history anew when it starts with another key.
    await project.restart();
  }
  tell("info", t("The history of {0} has a new key.", project.name));
}
