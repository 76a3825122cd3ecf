/** One call of the command line: from its arguments to its exit code. */
import { type Command, CommanderError } from "commander";
import { exitCodes, HotenvError, toHotenvError } from "../../core/protocol/errors.ts";
import type { Context } from "./context.ts";
import { answerError } from "./context.ts";
import { buildProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** Commander's "error: unknown option '--x'\n(Did you mean --y?)" as one of ours. */
function usageError(error: CommanderError): HotenvError {
  const what = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  const sentence = what.charAt(0).toUpperCase() + what.slice(1);
  return new HotenvError("usage", /[.?!)]$/.test(sentence) ? sentence : `${sentence}.`, {
    todo: "See: hotenv --help",
  });
}

/** Inherited settings: subcommands that exist already do not follow their parent's later ones. */
function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** @param args without the program's own name */
export async function run(args: readonly string[], terminal: Terminal, version: string): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = buildProgram(version, async (options, work) => {
    const context: Context = { version, terminal, options };
    try {
      exitCode = await work(context);
    } catch (error) {
      const known = toHotenvError(error);
      answerError(context, known);
      if (known.code === "internal" && known.cause instanceof Error && process.env.HOTENV_DEBUG !== undefined)
        terminal.err(`${known.cause.stack ?? ""}\n`);
      exitCode = known.exitCode;
    }
  });
  for (const command of everyCommand(program))
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      // Told below, as one of ours.
      outputError: () => {},
      getOutHasColors: () => terminal.view().color,
      getErrHasColors: () => terminal.errView().color,
    });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version that were asked for, and the help that is shown where no command is given.
    if (error.exitCode === 0) return exitCodes.done;
    if (error.code !== "commander.help")
      answerError({ terminal, options: { json: args.includes("--json") } }, usageError(error));
    return exitCodes.usage;
  }
  return exitCode;
}
