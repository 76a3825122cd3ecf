/** What a command's exit code says (docs/cli.md). */
import { exitCodes } from "../../core/protocol/errors.ts";
import type { Problem, Verdict } from "../../core/protocol/words.ts";

/**
 * `failed` is the heavier `rolled-back`: going back was tried and failed too. A script that acts on 3 must
 * act on it as well; which of the two it was is in the verdict.
 * `superseded`: a newer change was applied instead, so nothing is known about this one.
 */
const verdictExitCodes: { readonly [V in Verdict]: number } = {
  applied: exitCodes.done,
  "rolled-back": exitCodes.rolledBack,
  failed: exitCodes.rolledBack,
  rejected: exitCodes.rejected,
  inconclusive: exitCodes.inconclusive,
  superseded: exitCodes.inconclusive,
};

export function verdictExitCode(verdict: Verdict): number {
  return verdictExitCodes[verdict];
}

/** Only errors make `check` fail: a warning is something that works, but perhaps not as meant. */
export function problemsExitCode(problems: readonly Problem[]): number {
  return problems.some(({ severity }) => severity === "error") ? exitCodes.problems : exitCodes.done;
}
