/** "Rollback Config": choose a revision, see the difference, confirm, go back, be told the result. */
import * as vscode from "vscode";
import type { Diffs } from "./diff.ts";
import { tell } from "./messages.ts";
import { goingBackText, planText, rolledBackText, toneOf } from "./outcome.ts";
import { withRollout } from "./progress.ts";
import type { Project } from "./projects.ts";
import type { Question } from "./question.ts";
import { type RevisionItem, revisionItems } from "./revision-items.ts";

const maxListed = 200;

export interface RollbackParts {
  readonly diffs: Diffs;
  readonly question: Question;
}

/** The palette's command. */
export async function rollbackConfig(project: Project, parts: RollbackParts): Promise<void> {
  const [revisions, status] = await Promise.all([
    project.session.call("history/list", { limit: maxListed }),
    project.session.call("status", {}),
  ]);
  const items = revisionItems(revisions, status, Date.now());
  if (items.length === 0) {
    tell("info", `There is no other revision of ${project.name} to go back to.`);
    return;
  }
  const revision = await chooseRevision(project, items, parts.diffs);
  if (revision !== undefined) await rollBackTo(project, revision, parts);
}

/** From the choice of a revision on: what the palette and the timeline share. */
export async function rollBackTo(
  project: Project,
  revision: number,
  { diffs, question }: RollbackParts,
): Promise<void> {
  const [{ plan }, shown] = await Promise.all([
    project.session.call("rollback", { revision, dryRun: true }),
    diffs.show(project, revision, null, { reversed: true }),
  ]);
  const consequence = [goingBackText(shown.entries), planText(plan)].filter((part) => part !== "");
  const asked = `Roll ${project.name} back to revision ${revision}? ${consequence.join(". ")}`;
  if (!(await question.ask(asked))) return;
  const outcome = await withRollout(project, `Rolling back to revision ${revision}`, (signal) =>
    project.session.call("rollback", { revision }, { signal }),
  );
  // It compares with files that are no longer on the disk.
  if (outcome.verdict === "applied") await shown.close();
  tell(toneOf(outcome.verdict), rolledBackText(revision, outcome));
}

const showDiff: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("diff"),
  tooltip: "Show the difference to the files on disk",
};

function chooseRevision(
  project: Project,
  items: readonly RevisionItem[],
  diffs: Diffs,
): Promise<number | undefined> {
  const pick = vscode.window.createQuickPick<RevisionItem & vscode.QuickPickItem>();
  pick.title = `Roll back ${project.name}`;
  pick.placeholder = "Choose the revision to go back to";
  // A look at a difference must not end the choice.
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = items.map((item) => ({ ...item, buttons: [showDiff] }));
  return new Promise<number | undefined>((resolve, reject) => {
    pick.onDidTriggerItemButton(({ item }) => {
      diffs.show(project, item.revision, null, { reversed: true }).catch((error: unknown) => {
        reject(error);
        pick.hide();
      });
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.revision);
      pick.hide();
    });
    pick.onDidHide(() => resolve(undefined));
    pick.show();
  }).finally(() => pick.dispose());
}
