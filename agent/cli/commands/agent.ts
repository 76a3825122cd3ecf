/** `hotenv agent`: in the foreground for a person, or spawned by a program that waits for one line. */
import { readFileSync } from "node:fs";
import { httpTokenPath } from "../../../client/http-door.ts";
import { handedKeysSchema } from "../../../client/spawn.ts";
import { exitCodes, toHotenvError } from "../../../core/protocol/errors.ts";
import type { AgentEvent } from "../../../core/protocol/messages.ts";
import type { Status } from "../../../core/protocol/words.ts";
import type { HandedKeys } from "../../history/history.ts";
import type { LiveProject } from "../../project/live.ts";
import type { HttpServer, HttpSettings } from "../../server/http/serve.ts";
import { keepYoungHeapSmall } from "../../server/young-heap.ts";
import { pathsOf } from "../access.ts";
import { type Context, cliError } from "../context.ts";
import { type HttpOptions, httpSettings } from "../http-settings.ts";
import { never, watchInterrupts } from "../interrupt.ts";
import { eventsSoFar, live } from "../live.ts";
import { type LogFile, openLogFile } from "../log-file.ts";
import { printEvents } from "../print-events.ts";
import type { View } from "../render/view.ts";
import { renderWelcome } from "../render/welcome.ts";
import type { Terminal } from "../terminal.ts";
import { sayWhatRuns } from "../what-runs.ts";

/** The keys that an editor keeps, as client/spawn.ts writes them. */
function keysFromStdin(): HandedKeys {
  const { present, former } = handedKeysSchema.parse(JSON.parse(readFileSync(process.stdin.fd, "utf8")));
  const bytes = (key: string): Buffer => Buffer.from(key, "base64");
  return { present: present === null ? undefined : bytes(present), former: former.map(bytes) };
}

/** A window that is reloaded or a folder that is opened again finds its agent still there. */
const spawnedIdleMs = 15 * 60 * 1000;
/** How long a link that stands on a terminal is good. */
const linkMs = 10 * 60 * 1000;

export interface AgentOptions extends HttpOptions {
  /** Started by a program that waits for one line. */
  readonly spawned?: true;
  /** Keys of the history come on standard input. */
  readonly keysOnStdin?: true;
  /** Ms. Default: for ever; when spawned, a quarter of an hour. */
  readonly idle?: number;
}

export async function agent(context: Context, options: AgentOptions): Promise<number> {
  keepYoungHeapSmall();
  const http = await httpSettings(options);
  return options.spawned === true ? spawned(context, options, http) : foreground(context, options.idle, http);
}

async function foreground(
  { version, terminal, options }: Context,
  idleMs: number | undefined,
  http: HttpSettings | undefined,
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
  const listening = async (project: LiveProject, served?: HttpServer) => {
    status = () => project.api.status({}, never);
    if (options.json) return streamEvents(project, terminal);
    const silence = await tellPerson(project, terminal.view, terminal.out);
    if (served !== undefined) {
      // A link goes to a person's eyes and to nothing that keeps what it reads.
      const how = terminal.interactive ? served.link(linkMs) : `${served.url}  (a link: hotenv open --print)`;
      terminal.out(`\nTimeline  ${how}\nToken     ${httpTokenPath(paths)}\n`);
    }
    return silence;
  };
  const log = (line: string) => terminal.err(`hotenv: ${line}\n`);
  const { stateDir } = options;
  await live({ paths, version, stateDir, spawned: false, idleMs, log, listening, http }, end);
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

const leaveMs = 5_000;

/** It has ended, and nobody hears of it again: what still holds the process is a defect, and must not keep it. */
function leaveInTime(logPath: string): void {
  setTimeout(() => {
    using log = openLogFile(logPath);
    const held = process.getActiveResourcesInfo().join(", ");
    log.write(`${new Date().toISOString()}  Still held by ${held}; left all the same.\n`);
    process.exit();
  }, leaveMs).unref();
}

async function spawned(
  { version, terminal, options }: Context,
  { idle: idleMs = spawnedIdleMs, keysOnStdin }: AgentOptions,
  http: HttpSettings | undefined,
): Promise<number> {
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
    const keys = keysOnStdin ? keysFromStdin() : undefined;
    const paths = pathsOf({ terminal, options });
    const listening = (project: LiveProject) => {
      const file = openLogFile(paths.log);
      log = file;
      terminal.out(`${JSON.stringify({ ready: true })}\n`);
      return tellPerson(project, () => logView, file.write);
    };
    const { stateDir } = options;
    await live(
      { paths, version, stateDir, spawned: true, idleMs, keys, log: note, listening, http },
      interrupt.signal,
    );
    note("Ended.");
    leaveInTime(paths.log);
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
