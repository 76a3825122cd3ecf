/**
 * Undoes what was done, in passes: what is new gives way, what was stopped runs again, names are given back, what is
 * left is thrown away. Only the first two make anybody wait, so that the last good serves again as soon as can be.
 */
import type { Operation } from "../runtime/runtime.ts";

export interface Undoable {
  readonly seq: number;
  readonly phase: number;
  readonly service: string;
  readonly operation: Operation;
}

export interface UndoPasses<T> {
  /** Each service's by itself, the last done first; what one service does here no other one waits for. */
  readonly yielding: readonly (readonly T[])[];
  /** By service. The services of a later phase may need those of an earlier one. */
  readonly resuming: ReadonlyMap<string, readonly T[]>;
  /** By service, when that one runs again: it can serve under any name. */
  readonly naming: ReadonlyMap<string, readonly T[]>;
  /** By service, after that. */
  readonly discarding: ReadonlyMap<string, readonly T[]>;
}

/** Pure. @param done in any order */
export function undoPasses<T extends Undoable>(done: readonly T[]): UndoPasses<T> {
  const newestFirst = done.toSorted((a, b) => b.seq - a.seq);
  const inPass = (pass: Operation["undo"]) => newestFirst.filter(({ operation }) => operation.undo === pass);
  return {
    yielding: [...Map.groupBy(inPass(undefined), ({ service }) => service).values()],
    resuming: new Map(
      [...Map.groupBy(inPass("resume"), ({ service }) => service)].sort(
        ([, [a]], [, [b]]) => (a?.phase ?? 0) - (b?.phase ?? 0),
      ),
    ),
    naming: Map.groupBy(inPass("name"), ({ service }) => service),
    discarding: Map.groupBy(inPass("discard"), ({ service }) => service),
  };
}
