/** The command line's grammar. What a command needs is loaded when it is asked for. */

import { Command, Option } from "commander";
import type { Params } from "../../core/protocol/messages.ts";
import { verdictSchema } from "../../core/protocol/words.ts";
import { duration, moment, positive } from "./arguments.ts";
import type { AgentOptions } from "./commands/agent.ts";
import type { CheckCommandOptions } from "./commands/check.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { addHistoryUpkeep } from "./history-grammar.ts";

/** Runs with the options that were given; resolves to the exit code. */
export type Run = (work: (context: Context) => Promise<number>) => Promise<void>;

/**
 * @param perform gets the options of all commands and the command's work
 */
export function buildProgram(
  version: string,
  perform: (options: GlobalOptions, work: (context: Context) => Promise<number>) => Promise<void>,
): Command {
  const program = new Command("hotenv")
    .description("Applies changes of a project's configuration to exactly the services that they affect.")
    .version(version, "-V, --version", "print the version")
    .option(
      "--project <dir>",
      "the project's directory (default: the nearest one, from here upwards, that holds one)",
    )
    .option(
      "--state-dir <dir>",
      "where history and the agent's files are kept (default: the user's state directory)",
    )
    .option("--json", "print one JSON document")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print a command's help")
    .showSuggestionAfterError(true);

  const run: Run = (work) => perform({ json: false, ...program.opts<Partial<GlobalOptions>>() }, work);

  program
    .command("agent")
    .description("run in the foreground: watch and apply")
    .addOption(
      new Option("--spawned", "started by another program: one line of JSON, then the log file").hideHelp(),
    )
    .option(
      "--idle <duration>",
      "end when no client has been connected for so long and nothing runs (default: never)",
      duration,
    )
    .addOption(new Option("--keys-on-stdin", "keys of the history, which that program keeps").hideHelp())
    .option("--http <[host:]port>", "also serve the timeline, REST, events and metrics there (port 0: any)")
    .option("--tls-cert <file>", "with --http: the certificate, PEM")
    .option("--tls-key <file>", "with --http: its private key, PEM")
    .option("--plain-http", "with --http: serve a network without TLS; anyone on the way can read along")
    .option("--allow-host <name...>", "with --http: names of this machine that browsers may use")
    .action((options: AgentOptions) =>
      run(async (context) => (await import("./commands/agent.ts")).agent(context, options)),
    );
  program
    .command("open")
    .description("open the timeline of an agent that serves HTTP in a browser")
    .option("--print", "only print a link, good for one browser and one minute")
    .option("--code", "only print a one-time code, for a WebSocket client")
    .action((options: { print?: true; code?: true }) =>
      run(async (context) => (await import("./commands/open.ts")).open(context, options)),
    );
  program
    .command("status")
    .description("agent, services, last rollout")
    .action(() => run(async (context) => (await import("./commands/status.ts")).status(context)));
  program
    .command("check")
    .description("find problems in environment files; exit code 1 if one is an error")
    .argument("[file...]", "default: those that the project reads")
    .addOption(
      new Option("--format <format>", "how to print them").choices(["text", "json", "github", "sarif"]),
    )
    .option("--no-run", "do not run env.schema.{ts,mjs,js} of the project")
    .option("--network", "ask whether published ports are free, and whether hosts can be found")
    .action((files: string[], options: CheckCommandOptions) =>
      run(async (context) => (await import("./commands/check.ts")).check(context, files, options)),
    );
  program
    .command("env")
    .description("variables as that reader sees them")
    .argument("[file]", "default: the project's .env")
    .addOption(new Option("--dialect <dialect>", "who reads").choices(["compose", "dotenv", "raw"]))
    .action((file: string | undefined, options: { dialect?: "compose" | "dotenv" | "raw" }) =>
      run(async (context) => (await import("./commands/env.ts")).env(context, file, options.dialect)),
    );
  program
    .command("impact")
    .description("services that a change of these variables would affect, with evidence")
    .argument("<key...>", "names of variables")
    .action((keys: string[]) =>
      run(async (context) => (await import("./commands/impact.ts")).impact(context, keys)),
    );
  program
    .command("fix")
    .description("mend in environment files what can be mended without changing a value")
    .argument("[file...]", "default: those that the project reads")
    .option("--dry-run", "only print what it would change")
    .action((files: string[], options: { dryRun?: true }) =>
      run(async (context) => (await import("./commands/fix.ts")).fix(context, files, options)),
    );
  program
    .command("lsp")
    .description("the language server for editors, on standard input and output")
    // The only way there is; clients that know several name it.
    .addOption(new Option("--stdio").hideHelp())
    .action(() => run(async (context) => (await import("./commands/lsp.ts")).lsp(context)));
  program
    .command("plan")
    .description("what applying the files on disk would do")
    .option("--report", "as Markdown, with the lines that tie each change to its services; secrets masked")
    .action((options: { report?: true }) =>
      run(async (context) => (await import("./commands/plan.ts")).plan(context, options)),
    );
  program
    .command("apply")
    .description("apply the files on disk once and wait")
    .option("--reason <text>", "why, for the history")
    .option("--up", "also start what is not running")
    .action((options: { reason?: string; up?: true }) =>
      run(async (context) => (await import("./commands/apply.ts")).apply(context, options)),
    );
  program
    .command("confirm")
    .description("say yes to the change that waits for it (policy.confirm)")
    .option("--dismiss", "say no: what runs stays as it is")
    .action((options: { dismiss?: true }) =>
      run(async (context) => (await import("./commands/apply.ts")).confirm(context, options)),
    );
  program
    .command("rollback")
    .description("go back to a revision, as a new revision")
    .argument("[revision]", "default: the last good before the current one", positive)
    .option("--dry-run", "only say what it would do")
    .option("--key <key>", "only this key; newer edits of others stay")
    .action((revision: number | undefined, options: { dryRun?: true; key?: string }) =>
      run(async (context) => (await import("./commands/apply.ts")).rollback(context, revision, options)),
    );

  const history = program.command("history").description("revisions: list, show, compare, keep");
  history
    .command("list")
    .description("newest first")
    .option("--limit <count>", "at most this many", positive)
    .option("--before <revision>", "only older ones", positive)
    .option("--key <key>", "only those that changed this key")
    .option("--service <service>", "only those that touched this service")
    .addOption(new Option("--verdict <verdict>", "only those that ended so").choices(verdictSchema.options))
    .option("--author <name>", "only this author's")
    .option("--since <time>", "from then on: a date, or 12h, 30d, 4w ago", moment)
    .option("--until <time>", "before then", moment)
    .option("--pinned", "only pinned ones")
    .action((options: Params<"history/list">) =>
      run(async (context) => (await import("./commands/history.ts")).historyList(context, options)),
    );
  history
    .command("show")
    .description("one revision with its change and its rollout")
    .argument("[revision]", "default: the current one", positive)
    .action((revision: number | undefined) =>
      run(async (context) => (await import("./commands/history.ts")).historyShow(context, revision)),
    );
  history
    .command("diff")
    .description("what differs between two revisions; values of sensitive keys are masked")
    .argument("[from]", "default: the current one", positive)
    .argument("[to]", "default: the files on disk", positive)
    .action((from: number | undefined, to: number | undefined) =>
      run(async (context) => (await import("./commands/history.ts")).historyDiff(context, from, to)),
    );

  addHistoryUpkeep(history, run);

  program
    .command("cancel")
    .description("stop the rollout that runs: what it did is undone, the last good runs on")
    .action(() => run(async (context) => (await import("./commands/cancel.ts")).cancel(context)));
  program
    .command("pause")
    .description("the emergency stop: apply nothing until resumed")
    .action(() => run(async (context) => (await import("./commands/pause.ts")).pause(context)));
  program
    .command("resume")
    .description("its end: apply what the files on disk say by then")
    .action(() => run(async (context) => (await import("./commands/pause.ts")).resume(context)));
  program
    .command("disable")
    .description("leave a service out of rollouts until it is enabled again")
    .argument("<service>")
    .action((service: string) =>
      run(async (context) => (await import("./commands/enable.ts")).disable(context, service)),
    );
  program
    .command("enable")
    .description("take a service into rollouts again, and apply what the files say of it")
    .argument("<service>")
    .action((service: string) =>
      run(async (context) => (await import("./commands/enable.ts")).enable(context, service)),
    );
  program
    .command("logs")
    .description("newest log lines of a service")
    .argument("[service]", "default: all of them")
    .option("--tail <lines>", "at most this many of each", positive)
    .action((service: string | undefined, options: { tail?: number }) =>
      run(async (context) => (await import("./commands/logs.ts")).logs(context, service, options)),
    );
  program
    .command("stop")
    .description("end the agent; a rollout that runs is finished first")
    .action(() => run(async (context) => (await import("./commands/stop.ts")).stop(context)));
  return program;
}
