/** The history with what every write into it also does: git's state noted, and whoever follows the journal told. */
import type { History } from "../history/history.ts";
import { readGit } from "./git-state.ts";
import type { JournalPoint, OpenOptions } from "./live.ts";

/** Every revision says what git had checked out when it was made. */
export function noteGit(history: History, directory: string): History {
  return { ...history, begin: (draft) => history.begin({ ...draft, git: readGit(directory) }) };
}

export function watchJournal(history: History, onJournal: OpenOptions["onJournal"]): History {
  if (onJournal === undefined) return history;
  const around = <T>(call: JournalPoint["call"], write: () => T): T => {
    onJournal({ moment: "before", call });
    const result = write();
    onJournal({ moment: "after", call });
    return result;
  };
  return {
    ...history,
    begin: (draft) => around("begin", () => history.begin(draft)),
    intend: (revision, seq, intent) => around("intend", () => history.intend(revision, seq, intent)),
    mark: (revision, seq, state) => around("mark", () => history.mark(revision, seq, state)),
    commitPoint: (revision) => around("commitPoint", () => history.commitPoint(revision)),
    conclude: (revision, end) => around("conclude", () => history.conclude(revision, end)),
  };
}
