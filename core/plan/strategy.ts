/**
 * `strategy: by-severity`: a critical change restarts everything in order, a moderate one brings in what is affected,
 * and a minor one only reloads: whoever cannot be told keeps its former values until it is next made anew.
 */
import { t } from "../l10n.ts";
import { type Action, actions, type Severity } from "../protocol/words.ts";
import { type DeclaredReload, reloadAction } from "./action.ts";

export type Strategy = "affected" | "by-severity";

const isReload = (action: Action) => actions.indexOf(action) < actions.indexOf("restart");

/** What becomes of an action that a change needs; undefined: it is left for later. */
export function actionUnder(
  strategy: Strategy,
  severity: Severity,
  action: Action,
  reload: DeclaredReload | undefined,
): Action | undefined {
  if (strategy === "affected" || severity !== "minor" || isReload(action)) return action;
  return reloadAction(reload);
}

/** Whether services that nothing reaches are restarted, too. */
export const restartsAll = (strategy: Strategy, severity: Severity): boolean =>
  strategy === "by-severity" && severity === "critical";

export const restartsAllCause = (): string => t("a critical change restarts everything");
