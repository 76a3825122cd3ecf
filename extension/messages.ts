/** Notifications: for the result of a command, for a failure, and for nothing else. */
import * as vscode from "vscode";
import { describeError, toHotenvError } from "../core/protocol/errors.ts";
import { commands } from "./contract.ts";
import type { Tone } from "./outcome.ts";

const showLog = "Show Log";
const showTimeline = "Show Timeline";

/** Returns at once; what the person chooses is carried out. */
export function tell(tone: Tone, message: string): void {
  const actions = tone === "info" ? [showTimeline] : [showTimeline, showLog];
  void shown(tone, message, actions).then((chosen) => {
    if (chosen === showLog) return vscode.commands.executeCommand(commands.showLog);
    if (chosen === showTimeline) return vscode.commands.executeCommand(commands.showTimeline);
    return undefined;
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
