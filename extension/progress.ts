/**
 * A rollout that somebody asked for. The status bar shows its steps; only one that takes long gets a notification,
 * where it can be cancelled.
 */
import * as vscode from "vscode";
import type { Outcome } from "../core/protocol/messages.ts";
import { stepText } from "./outcome.ts";
import type { Project } from "./projects.ts";

/** Projects whose next verdict will be told by the command that asked for it. */
const asked = new Set<Project>();
/** From here on a person wonders, and may want to cancel. */
const longMs = 5_000;

export function isAsked(project: Project): boolean {
  return asked.has(project);
}

export async function withRollout(
  project: Project,
  title: string,
  work: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const abort = new AbortController();
  let step = "";
  let tellStep = (): void => {};
  const stopListening = project.session.onEvent((event) => {
    if (event.type !== "restart_progress" || event.data.step === undefined) return;
    step = stepText(event.data.step);
    tellStep();
  });
  asked.add(project);
  const outcome = work(abort.signal);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        tellStep = () => progress.report({ message: step });
        if (step !== "") tellStep();
        const cancelling = token.onCancellationRequested(() => abort.abort());
        // What it threw is told by whoever waits for the outcome itself.
        await outcome.catch(() => undefined);
        cancelling.dispose();
      },
    );
  }, longMs);
  try {
    return await outcome;
  } finally {
    clearTimeout(timer);
    asked.delete(project);
    stopListening();
  }
}
