/**
 * The question before a rollback. No dialog and no list lies over the difference that it is about: it is asked
 * in a notification, which goes by, and as long as it is open answered there, by a button above the difference
 * or by a command.
 */
import * as vscode from "vscode";
import { contextKeys } from "./contract.ts";
import { t } from "./l10n.ts";

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
      const yes = t("Roll Back");
      void vscode.window
        .showWarningMessage(text, yes, t("Keep"))
        .then((chosen) => asked.resolve(chosen === yes));
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
