/** The answer to a second Ctrl-C: what the process is still waiting for. */
import { describeError } from "../../core/protocol/errors.ts";
import type { Status } from "../../core/protocol/words.ts";
import { renderRunning } from "./render/running.ts";
import type { Terminal } from "./terminal.ts";

/** @param status undefined while there is nobody to ask yet */
export async function sayWhatRuns(
  terminal: Terminal,
  status: (() => Promise<Status>) | undefined,
): Promise<void> {
  const insist =
    "hotenv: Press Ctrl-C once more to leave at once; the next start finishes or undoes what is left.\n";
  if (status === undefined) {
    terminal.err(`hotenv: The project is still being loaded.\n${insist}`);
    return;
  }
  try {
    terminal.err(`${renderRunning(await status(), terminal.errView())}${insist}`);
  } catch (error) {
    terminal.err(`hotenv: What is still running cannot be told: ${describeError(error)}\n${insist}`);
  }
}
