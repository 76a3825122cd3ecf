/** What a loaded, running project offers to the server and to the command line. */
import type { AgentApi } from "../../core/protocol/messages.ts";
import type { HandedKeys } from "../history/history.ts";
import type { EventLog } from "../server/event-log.ts";

export interface LiveProject {
  readonly api: AgentApi;
  readonly events: EventLog;
  /** Resolves when somebody asked the agent to stop. */
  readonly stopped: Promise<void>;
  /** Lets a running rollout end, then frees everything. Local processes are stopped. */
  close(): Promise<void>;
}

export interface JournalPoint {
  readonly moment: "before" | "after";
  readonly call: "begin" | "intend" | "mark" | "commitPoint" | "conclude";
}

export interface OpenOptions {
  readonly directory: string;
  readonly stateDir?: string | undefined;
  /** false: load and answer, but do not follow the files (one-shot commands). */
  readonly watch: boolean;
  /** The first look at the files waits for it: whoever starts an agent wants to be answered first. */
  readonly lookAfter?: Promise<void> | undefined;
  /**
   * Told of every write into the journal, before and after it. A rollout can be interrupted at each of these
   * points; tests end the process there.
   */
  readonly onJournal?: (point: JournalPoint) => void;
  /** Keys of the history that an editor keeps; default: the key file's alone. */
  readonly keys?: HandedKeys | undefined;
  /** What stands in for the shell's environment in interpolation; default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}
