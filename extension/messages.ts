/** Notifications: for the result of a command, for a failure, and for nothing else. */
import * as vscode from "vscode";
import { describeError, toHotenvError } from "../core/protocol/errors.ts";
import { commands } from "./contract.ts";
import { t } from "./l10n.ts";
import { withoutLinks } from "./message-text.ts";
import type { Tone } from "./outcome.ts";

/** A button of a notification. What it throws is told like what a command throws. */
export interface Choice {
  readonly label: string;
  readonly run: () => unknown;
}

export const showTimeline = (): Choice => ({
  label: t("Show Timeline"),
  run: () => vscode.commands.executeCommand(commands.showTimeline),
});
export const showLog = (): Choice => ({
  label: t("Show Log"),
  run: () => vscode.commands.executeCommand(commands.showLog),
});

/** Returns at once; what the person chooses is carried out. */
export function tell(
  tone: Tone,
  message: string,
  choices: readonly Choice[] = tone === "info" ? [showTimeline()] : [showTimeline(), showLog()],
): void {
  void shown(
    tone,
    withoutLinks(message),
    choices.map(({ label }) => label),
  )
    .then((chosen) => choices.find(({ label }) => label === chosen)?.run())
    .then(undefined, (error: unknown) => {
      tell("error", describeError(toHotenvError(error)));
    });
}

function shown(tone: Tone, message: string, actions: readonly string[]): Thenable<string | undefined> {
  switch (tone) {
    case "info":
      return vscode.window.showInformationMessage(message, ...actions);
    case "warning":
      return vscode.window.showWarningMessage(message, ...actions);
    case "error":
      return vscode.window.showErrorMessage(message, ...actions);
  }
}

/** What a command threw; a cancellation is no news to whoever cancelled. */
export function tellError(error: unknown, log: vscode.LogOutputChannel): void {
  const ours = toHotenvError(error);
  if (ours.code === "cancelled") return;
  log.error(ours.code === "internal" && ours.cause instanceof Error ? ours.cause : describeError(ours));
  tell("error", describeError(ours));
}
