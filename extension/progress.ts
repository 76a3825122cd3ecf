/** Shows that a rollout which somebody asked for is under way, and lets them cancel it. */
import * as vscode from "vscode";
import type { Outcome } from "../core/protocol/messages.ts";
import { stepText } from "./outcome.ts";
import type { Project } from "./projects.ts";

/** Projects whose next verdict will be told by the command that asked for it. */
const asked = new Set<Project>();

export function isAsked(project: Project): boolean {
  return asked.has(project);
}

export async function withRollout(
  project: Project,
  title: string,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      const cancelling = token.onCancellationRequested(() => abort.abort());
      const stopListening = project.session.onEvent((event) => {
        if (event.type === "restart_progress" && event.data.step !== undefined)
          progress.report({ message: stepText(event.data.step) });
      });
      asked.add(project);
      try {
        return await work(abort.signal);
      } finally {
        asked.delete(project);
        stopListening();
        cancelling.dispose();
      }
    },
  );
}
