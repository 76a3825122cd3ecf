/**
 * The question before a rollback. No dialog and no list lies over the difference that it is about: it is asked
 * in a notification, and as long as it is open answered there, by a button above the difference or by a command.
 *
 * A message with buttons stands until its own buttons are pressed: answered elsewhere, it would go on asking. A
 * progress ends with its promise, and takes its notification along; its yes is a link, its no the way to cancel.
 */
import * as vscode from "vscode";
import { commands, contextKeys } from "./contract.ts";
import { t } from "./l10n.ts";
import { linked } from "./message-text.ts";

export interface Question extends vscode.Disposable {
  /** A question that is still open ends unanswered, as if with no. */
  ask(text: string): Promise<boolean>;
  /** Does nothing where no question is open. */
  answer(is: boolean): void;
}

export function openQuestion(): Question {
  let answer: ((is: boolean) => void) | undefined;
  const setOpen = (isOpen: boolean): void =>
    void vscode.commands.executeCommand("setContext", contextKeys.asksRollback, isOpen);
  return {
    async ask(text) {
      answer?.(false);
      const asked = Promise.withResolvers<boolean>();
      answer = asked.resolve;
      setOpen(true);
      void vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: linked(text, t("Roll Back"), commands.confirmRollback),
          cancellable: true,
        },
        async (progress, token) => {
          // Nothing goes on yet: the bar stands still.
          progress.report({ increment: 0 });
          const cancelling = token.onCancellationRequested(() => asked.resolve(false));
          await asked.promise;
          cancelling.dispose();
        },
      );
      const is = await asked.promise;
      if (answer === asked.resolve) {
        answer = undefined;
        setOpen(false);
      }
      return is;
    },
    answer: (is) => answer?.(is),
    dispose: () => answer?.(false),
  };
}
