/** "Rollback Config": choose a revision, see the difference, confirm, go back, be told the result. */
import * as vscode from "vscode";
import type { Diffs } from "./diff.ts";
import { t } from "./l10n.ts";
import { tell } from "./messages.ts";
import { goingBackText, planText, rolledBackKeyText, rolledBackText, toneOf } from "./outcome.ts";
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
    tell("info", t("There is no other revision of {0} to go back to.", project.name));
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
  const asked = t("Roll {0} back to revision {1}? {2}", project.name, revision, consequence.join(". "));
  if (!(await question.ask(asked))) return;
  const outcome = await withRollout(project, t("Rolling back to revision {0}", revision), (signal) =>
    project.session.call("rollback", { revision }, { signal }),
  );
  // It compares with files that are no longer on the disk.
  if (outcome.verdict === "applied") await shown.close();
  tell(toneOf(outcome.verdict), rolledBackText(revision, outcome));
}

/** The same for one key: everything else stays. */
export async function rollBackKeyTo(
  project: Project,
  revision: number,
  key: string,
  { question }: Pick<RollbackParts, "question">,
): Promise<void> {
  const { plan } = await project.session.call("rollback", { revision, key, dryRun: true });
  const asked = t("Put {0} back to what it was in revision {1}? {2}", key, revision, planText(plan));
  if (!(await question.ask(asked.trim()))) return;
  const outcome = await withRollout(project, t("Putting {0} back", key), (signal) =>
    project.session.call("rollback", { revision, key }, { signal }),
  );
  tell(toneOf(outcome.verdict), rolledBackKeyText(key, revision, outcome));
}

const showDiff = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon("diff"),
  tooltip: t("Show the difference to the files on disk"),
});

function chooseRevision(
  project: Project,
  items: readonly RevisionItem[],
  diffs: Diffs,
): Promise<number | undefined> {
  const pick = vscode.window.createQuickPick<RevisionItem & vscode.QuickPickItem>();
  pick.title = t("Roll back {0}", project.name);
  pick.placeholder = t("Choose the revision to go back to");
  // A look at a difference must not end the choice.
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = items.map((item) => ({ ...item, buttons: [showDiff()] }));
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
