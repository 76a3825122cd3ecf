/** A change that waits for a yes: a notification with Apply, Preview and Dismiss, once for each such change. */
import * as vscode from "vscode";
import { contextKeys } from "../contract.ts";
import { Disposables } from "../disposables.ts";
import { t } from "../l10n.ts";
import { withoutLinks } from "../message-text.ts";
import { tell } from "../messages.ts";
import { planText, toneOf } from "../outcome.ts";
import { withRollout } from "../progress.ts";
import type { Project, Projects } from "../projects.ts";

export interface AskContext {
  readonly preview: () => Promise<void>;
  readonly report: (error: unknown) => void;
}

export function askAboutChanges(projects: Projects, context: AskContext): vscode.Disposable {
  const owned = new Disposables();
  const asked = new WeakMap<Project, string>();
  owned.add(
    projects.onDidChangeState(() => {
      let waits = false;
      for (const project of projects.list) {
        const { status, connection } = project.session.state;
        const waiting = connection === "online" ? status?.waiting : undefined;
        if (waiting?.for !== "confirm") continue;
        waits = true;
        if (asked.get(project) === waiting.id) continue;
        asked.set(project, waiting.id);
        void ask(project, waiting.id, status?.detail ?? "", context).catch(context.report);
      }
      void vscode.commands.executeCommand("setContext", contextKeys.waits, waits);
    }),
  );
  return owned;
}

async function ask(
  project: Project,
  id: string,
  detail: string,
  { preview: show }: AskContext,
): Promise<void> {
  const plan = project.session.state.status?.waiting?.plan;
  const text = `${project.name}: ${detail} ${plan === undefined ? "" : planText(plan)}`.trim();
  const [apply, preview, dismiss] = [t("Apply"), t("Preview"), t("Dismiss")];
  for (;;) {
    const chosen = await vscode.window.showWarningMessage(withoutLinks(text), apply, preview, dismiss);
    // Answered elsewhere meanwhile, or overtaken by a newer change: VS Code takes no message back.
    if (project.session.state.status?.waiting?.id !== id) {
      if (chosen !== undefined) tell("info", t("This change of {0} does not wait any more.", project.name));
      return;
    }
    if (chosen === apply || chosen === dismiss) return answerWaiting(project, chosen === apply, id);
    if (chosen !== preview) return;
    await show();
  }
}

/** @param id of the change; default: whatever waits */
export async function answerWaiting(project: Project, accept: boolean, id?: string): Promise<void> {
  const params = { accept, ...(id === undefined ? {} : { id }) };
  const title = accept ? t("Applying {0}", project.name) : t("Dismissing a change of {0}", project.name);
  const outcome = await withRollout(project, title, (signal) =>
    project.session.call("confirm", params, { signal }),
  );
  tell(accept ? toneOf(outcome.verdict) : "info", outcome.message);
}
