/** What clients see of a project: one Status value, told whenever it changes. */
import type {
  Engine,
  Problem,
  Rollout,
  ServiceStatus,
  SourceInfo,
  State,
  Status,
  Waiting,
} from "../../core/protocol/words.ts";
import type { EventLog } from "../server/event-log.ts";
import { type Breakers, withBreakers } from "./breaker.ts";

export interface BoardFields {
  readonly name: string;
  readonly services: readonly ServiceStatus[];
  readonly breakers: Breakers;
  readonly sources: readonly SourceInfo[];
  readonly problems: readonly Problem[];
  readonly revision: number | null;
  readonly lastGood: number | null;
  readonly paused: boolean;
  readonly rollout: Rollout | null;
  /** A rollout runs. */
  readonly rolling: boolean;
  /** Files are being read and resolved. */
  readonly reading: boolean;
  /** Why the files on disk cannot be used, a sentence; empty: they can. */
  readonly invalid: string;
  /** Why the services are not what the files say, a sentence; empty: they are. */
  readonly error: string;
  /** Something worth knowing while all is well, a sentence. */
  readonly notice: string;
  /** A change that is not applied yet. */
  readonly waiting: Waiting | undefined;
  readonly engine: Engine | undefined;
}

/** Pure: which of the words applies, and the sentence that goes with it. */
export function stateOf(fields: BoardFields): { readonly state: State; readonly detail: string } {
  if (fields.rolling) return { state: "restarting", detail: fields.notice };
  if (fields.paused) return { state: "paused", detail: "Changes are not applied until Hotenv is resumed." };
  if (fields.reading) return { state: "updating", detail: "" };
  if (fields.invalid !== "") return { state: "invalid", detail: fields.invalid };
  if (fields.waiting !== undefined) return { state: "waiting", detail: waitingText(fields.waiting) };
  if (fields.error !== "") return { state: "error", detail: fields.error };
  return { state: "stable", detail: fields.notice };
}

function waitingText({ for: reason, plan }: Waiting): string {
  if (reason === "cooldown") return "The last change is applied when the cooldown has ended.";
  const { entries = [], severity } = plan?.change ?? {};
  const keys = [...new Set(entries.map(({ key, source }) => key ?? source))];
  return `A ${severity ?? "new"} change waits for a yes: ${keys.join(", ")}.`;
}

export interface Board {
  readonly fields: BoardFields;
  status(): Status;
  set(change: Partial<BoardFields>): void;
  /** What is told with the next change, or to whoever asks: no news of its own. */
  note(change: Pick<BoardFields, "engine">): void;
}

export function createBoard(
  events: EventLog,
  directory: string,
  agent: Status["agent"],
  initial: Pick<BoardFields, "name" | "revision" | "lastGood" | "paused" | "breakers">,
): Board {
  let fields: BoardFields = {
    services: [],
    sources: [],
    problems: [],
    rollout: null,
    rolling: false,
    // Until the first look has ended, nothing is known.
    reading: true,
    invalid: "",
    error: "",
    notice: "",
    waiting: undefined,
    engine: undefined,
    ...initial,
  };
  let told = "";
  const status = (): Status => ({
    project: { name: fields.name, directory },
    ...stateOf(fields),
    services: withBreakers(fields.services, fields.breakers),
    sources: [...fields.sources],
    problems: [...fields.problems],
    revision: fields.revision,
    lastGood: fields.lastGood,
    paused: fields.paused,
    rollout: fields.rollout,
    ...(fields.waiting === undefined ? {} : { waiting: fields.waiting }),
    ...(fields.engine === undefined ? {} : { engine: fields.engine }),
    agent,
  });
  return {
    get fields() {
      return fields;
    },
    status,
    note(change) {
      fields = { ...fields, ...change };
    },
    set(change) {
      fields = { ...fields, ...change };
      const next = status();
      const text = JSON.stringify({ ...next, engine: undefined });
      if (text === told) return;
      told = text;
      events.emit("status_update", next);
    },
  };
}
