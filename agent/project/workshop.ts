/** What everything that works on a project shares, and the revision that runs. */
import type { ProjectModel } from "../../core/compose/model.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Author, Origin } from "../../core/protocol/words.ts";
import type { History } from "../history/history.ts";
import type { EventLog } from "../server/event-log.ts";
import type { Board } from "./board.ts";
import type { Cancellation } from "./cancellation.ts";
import type { Runtimes } from "./runtimes.ts";
import { readModel } from "./serialise.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Environment } from "./sources.ts";

export interface Workshop {
  readonly directory: string;
  readonly environment: Environment;
  readonly history: History;
  readonly events: EventLog;
  readonly board: Board;
  readonly runtimes: Runtimes;
  readonly cancellation: Cancellation;
}

export interface ReconcileRequest {
  readonly origin: Origin;
  readonly author: Author;
  readonly reason: string;
  /** Asked for by a person: what drifted is brought in, too. */
  readonly explicit: boolean;
  readonly up: boolean;
  /** The change that somebody has said yes to (see waitingId). */
  readonly confirmed?: string | undefined;
}

/** The revision that runs, with what it holds. */
export interface Running {
  readonly revision: number;
  readonly snapshot: Snapshot;
  readonly name: string;
  readonly services: ProjectModel;
}

export function runningRevision(history: History): Running | undefined {
  const revision = history.current();
  return revision === null ? undefined : revisionContent(history, revision);
}

/** @throws HotenvError revision-unknown, history-damaged */
export function revisionContent(history: History, revision: number): Running {
  const model = history.model(revision);
  const snapshot = history.getSnapshot(history.snapshotOf(revision));
  if (model === undefined || snapshot === undefined)
    throw new HotenvError("history-damaged", `Revision ${revision} is not complete in the history.`);
  return { revision, snapshot, ...readModel(model) };
}

/** Tells how a revision ended. */
export function announce({ history, events }: Workshop, revision: number, message: string): void {
  const [summary] = history.list({ limit: 1, before: revision + 1 });
  if (summary) events.emit("verdict", { revision: summary, message });
}
