/** What a person can do on the page; the views call, the page carries it out. */
import type { Problem } from "../../core/protocol/words.ts";
import type { Card } from "../timeline.ts";

export interface Actions {
  apply(up: boolean): void;
  pause(): void;
  resume(): void;
  diff(card: Card): void;
  rollBack(card: Card): void;
  open(place: Pick<Problem, "file" | "line" | "column">): void;
  command(command: "restart-agent" | "show-log"): void;
  toggle(card: Card): void;
  loadOlder(): void;
  loadDetail(revision: number): void;
}

/** Which of the header's requests is under way. */
export type Busy = "apply" | "pause" | "resume" | null;
