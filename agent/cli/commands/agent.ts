/** `hotenv agent`: in the foreground for a person, or spawned by a program that waits for one line. */
import { exitCodes, toHotenvError } from "../../../core/protocol/errors.ts";
import type { AgentEvent } from "../../../core/protocol/messages.ts";
import type { Status } from "../../../core/protocol/words.ts";
import type { LiveProject } from "../../project/live.ts";
import { pathsOf } from "../access.ts";
import { type Context, cliError } from "../context.ts";
import { never, watchInterrupts } from "../interrupt.ts";
import { eventsSoFar, live } from "../live.ts";
import { type LogFile, openLogFile } from "../log-file.ts";
import { printEvents } from "../print-events.ts";
import type { View } from "../render/view.ts";
import { renderWelcome } from "../render/welcome.ts";
import type { Terminal } from "../terminal.ts";
import { sayWhatRuns } from "../what-runs.ts";

/** A window that is reloaded or a folder that is opened again finds its agent still there. */
const spawnedIdleMs = 15 * 60 * 1000;

export interface AgentOptions {
  /** Started by a program that waits for one line. */
  readonly spawned: boolean;
  /** Default: for ever; when spawned, a quarter of an hour. */
  readonly idleMs?: number | undefined;
}

export function agent(context: Context, options: AgentOptions): Promise<number> {
  return options.spawned
    ? spawned(context, options.idleMs ?? spawnedIdleMs)
    : foreground(context, options.idleMs);
}

async function foreground(
  { version, terminal, options }: Context,
  idleMs: number | undefined,
): Promise<number> {
  const paths = pathsOf({ terminal, options });
  let status: (() => Promise<Status>) | undefined;
  using interrupt = watchInterrupts({
    signals: ["SIGINT", "SIGTERM", "SIGHUP"],
    first: () => terminal.err("hotenv: Ending; a rollout that runs is finished first.\n"),
    again: () => void sayWhatRuns(terminal, status),
  });
  // Without a reader there is nobody to run in the foreground for.
  const end = AbortSignal.any([interrupt.signal, terminal.gone]);
  const listening = (project: LiveProject) => {
    status = () => project.api.status({}, never);
    return options.json ? streamEvents(project, terminal) : tellPerson(project, terminal.view, terminal.out);
  };
  const log = (line: string) => terminal.err(`hotenv: ${line}\n`);
  await live({ paths, version, stateDir: options.stateDir, spawned: false, idleMs, log, listening }, end);
  return exitCodes.done;
}

/** @param write gets whole lines */
async function tellPerson(
  { api, events }: LiveProject,
  view: () => View,
  write: (text: string) => void,
): Promise<() => void> {
  const status = await api.status({}, never);
  write(renderWelcome(status, view()));
  return printEvents(events, eventsSoFar(events), status, view, (line) => write(`${line}\n`));
}

/** The status first, as an event of the moment; then each event as it comes. */
async function streamEvents({ api, events }: LiveProject, terminal: Terminal): Promise<() => void> {
  const write = (event: AgentEvent) => terminal.out(`${JSON.stringify(event)}\n`);
  const status = await api.status({}, never);
  write({ type: "status_update", timestamp: new Date().toISOString(), seq: events.seq, data: status });
  return events.on(write);
}

/** "Now" is never today, so that every line of the file carries its day. */
const logView: View = { color: false, width: Number.POSITIVE_INFINITY, now: new Date(0) };

async function spawned({ version, terminal, options }: Context, idleMs: number): Promise<number> {
  let log: LogFile | undefined;
  // Before it is ready there is no file yet; standard error is what was made for such lines.
  const note = (line: string) => {
    const dated = `${new Date().toISOString()}  ${line}\n`;
    if (log === undefined) terminal.err(dated);
    else log.write(dated);
  };
  // The terminal that whoever spawned this agent was started from may close.
  const ignore = () => {};
  process.on("SIGHUP", ignore);
  using interrupt = watchInterrupts({ first: () => note("Asked to end by a signal."), again: ignore });
  try {
    const paths = pathsOf({ terminal, options });
    const listening = (project: LiveProject) => {
      const file = openLogFile(paths.log);
      log = file;
      terminal.out(`${JSON.stringify({ ready: true })}\n`);
      return tellPerson(project, () => logView, file.write);
    };
    const { stateDir } = options;
    await live({ paths, version, stateDir, spawned: true, idleMs, log: note, listening }, interrupt.signal);
    note("Ended.");
    return exitCodes.done;
  } catch (error) {
    const known = toHotenvError(error);
    const report = JSON.stringify(cliError(known));
    // Whoever spawned it reads one line only: once it has said that it is ready, the rest is for the log.
    if (log === undefined) terminal.out(`${report}\n`);
    else note(report);
    return known.exitCode;
  } finally {
    log?.[Symbol.dispose]();
    process.off("SIGHUP", ignore);
  }
}
