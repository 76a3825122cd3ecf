/** What a person can do on the page; the views call, the page carries it out. */
import type { RevisionFilter } from "../../core/protocol/search.ts";
import type { Problem } from "../../core/protocol/words.ts";
import type { Card } from "../timeline.ts";

export interface Actions {
  apply(up: boolean): void;
  /** Applies the change that waits for a yes, or leaves what runs as it is. */
  confirm(id: string, accept: boolean): void;
  pause(): void;
  resume(): void;
  cancel(card: Card): void;
  diff(card: Card): void;
  rollBack(card: Card): void;
  /** Only this key goes back to its value in that revision. */
  rollBackKey(revision: number, key: string): void;
  retry(card: Card): void;
  pin(card: Card): void;
  /** Opens the note of a card for writing; null: closes it. */
  write(card: Card | null): void;
  annotate(card: Card, note: string): void;
  copyReport(card: Card): void;
  exportOne(card: Card): void;
  open(place: Pick<Problem, "file" | "line" | "column">): void;
  command(command: "restart-agent" | "show-log"): void;
  toggle(card: Card): void;
  loadOlder(): void;
  loadDetail(revision: number): void;
  /** What is not in it stays as it is. */
  filter(part: RevisionFilter): void;
  clearFilter(): void;
  toggleChart(): void;
  /** Goes to a revision's card and opens it. */
  show(revision: number): void;
}

/** Which request is under way. */
export type Busy = "apply" | "confirm" | "pause" | "resume" | "cancel" | "annotate" | null;
