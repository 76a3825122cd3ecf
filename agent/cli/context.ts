/** What every command gets: where it runs, what was asked of all commands, and how it answers. */
import type { CliError, CliReport, cliReports } from "../../core/protocol/cli.ts";
import type { HotenvError } from "../../core/protocol/errors.ts";
import { describeError } from "../../core/protocol/errors.ts";
import { visible } from "./render/text.ts";
import type { View } from "./render/view.ts";
import { paint } from "./render/view.ts";
import type { Terminal } from "./terminal.ts";

export interface GlobalOptions {
  readonly project?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly json: boolean;
}

export interface Context {
  /** Hotenv's. */
  readonly version: string;
  readonly terminal: Terminal;
  readonly options: GlobalOptions;
}

/** Prints a command's answer: the document with `--json`, else the text. */
export function answer<C extends keyof typeof cliReports>(
  { terminal, options }: Context,
  _command: C,
  report: CliReport<C>,
  text: (view: View) => string,
): void {
  terminal.out(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : text(terminal.view()));
}

export function cliError(error: HotenvError): CliError {
  const { code, message, location, todo } = error;
  return {
    error: {
      code,
      message,
      ...(location === undefined ? {} : { location }),
      ...(todo === undefined ? {} : { todo }),
    },
  };
}

/**
 * One line on standard error; with `--json` the document on standard output, so that a program
 * finds either the answer or the error in the same place.
 */
export function answerError(
  { terminal, options }: Pick<Context, "terminal" | "options">,
  error: HotenvError,
): void {
  if (options.json) terminal.out(`${JSON.stringify(cliError(error), undefined, 2)}\n`);
  else terminal.err(`${paint("hotenv:", "red", terminal.errView())} ${visible(describeError(error))}\n`);
}
