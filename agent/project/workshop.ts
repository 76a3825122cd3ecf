/** What everything that works on a project shares, and the revision that runs. */
import type { ProjectModel } from "../../core/compose/model.ts";
import { HotenvError } from "../../core/protocol/errors.ts";
import type { Author, Origin } from "../../core/protocol/words.ts";
import type { History } from "../history/history.ts";
import type { EventLog } from "../server/event-log.ts";
import type { Board } from "./board.ts";
import type { Cancellation } from "./cancellation.ts";
import type { Hide } from "./compared.ts";
import type { Texts } from "./reading.ts";
import type { Runtimes } from "./runtimes.ts";
import type { Saves } from "./saves.ts";
import { readModel } from "./serialise.ts";
import type { Snapshot } from "./snapshot.ts";
import type { Environment } from "./sources.ts";
import type { ChangeTeller } from "./tell-change.ts";

export interface Workshop {
  readonly directory: string;
  readonly environment: Environment;
  readonly history: History;
  readonly events: EventLog;
  readonly board: Board;
  readonly runtimes: Runtimes;
  readonly cancellation: Cancellation;
  readonly saves: Saves;
  readonly changes: ChangeTeller;
  /** Without the secrets of the newest states. */
  readonly hide: Hide;
}

export interface ReconcileRequest {
  readonly origin: Origin;
  /** Looked for while the files are read. */
  readonly author: Author | Promise<Author>;
  readonly reason: string;
  /** Asked for by a person: what drifted is brought in, too. */
  readonly explicit: boolean;
  readonly up: boolean;
  /** The files, where they have just been read. */
  readonly texts?: Texts | undefined;
  /** The change that somebody has said yes to (see changeId). */
  readonly confirmed?: string | undefined;
}

/** The revision that runs, with what it holds. */
export interface Running {
  readonly revision: number;
  readonly snapshot: Snapshot;
  readonly name: string;
  readonly services: ProjectModel;
}

/** Asked for several times with every save; a revision never changes, and its snapshot tells another history's. */
const known = new WeakMap<History, Running>();

export function runningRevision(history: History): Running | undefined {
  const revision = history.current();
  if (revision === null) return undefined;
  const last = known.get(history);
  if (last?.revision === revision && last.snapshot.id === history.snapshotOf(revision)) return last;
  const running = revisionContent(history, revision);
  known.set(history, running);
  return running;
}

/** Another history may stand in its place now. */
export function forgetRunning(history: History): void {
  known.delete(history);
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
