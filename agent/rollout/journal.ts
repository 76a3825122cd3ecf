/** What the engine needs of the history: every intent is on disk before it is carried out. */
import type { Operation } from "../runtime/runtime.ts";

export interface JournalEntry {
  readonly seq: number;
  readonly phase: number;
  readonly service: string;
  readonly operation: Operation;
  /** Carried out only after the verdict `applied`; never reverted. */
  readonly cleanup: boolean;
  readonly state: "intended" | "performed" | "reverted";
}

export interface Journal {
  /** Durable when it returns. */
  intend(revision: number, seq: number, entry: Omit<JournalEntry, "seq" | "state">): void;
  mark(revision: number, seq: number, state: "performed" | "reverted"): void;
  /** From here on the rollout is `applied`, whatever happens. Durable when it returns. */
  commitPoint(revision: number): void;
}
