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
  /** By service, the last done first. */
  readonly yielding: ReadonlyMap<string, readonly T[]>;
  /** Services of which no former one may run before they have given way: they may hold what it needs. */
  readonly claiming: readonly string[];
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
  const yielding = inPass(undefined);
  const resuming = inPass("resume");
  const renewed = new Set(
    resuming.filter(({ operation }) => operation.renews === true).map(({ service }) => service),
  );
  return {
    yielding: Map.groupBy(yielding, ({ service }) => service),
    claiming: [
      ...new Set(
        yielding.filter(({ operation }) => operation.claimsNothingNew !== true).map(({ service }) => service),
      ),
    ],
    resuming: new Map(
      [
        ...Map.groupBy(
          resuming.filter(({ service, operation }) => operation.renews === true || !renewed.has(service)),
          ({ service }) => service,
        ),
      ].sort(([, [a]], [, [b]]) => (a?.phase ?? 0) - (b?.phase ?? 0)),
    ),
    naming: Map.groupBy(inPass("name"), ({ service }) => service),
    discarding: Map.groupBy(inPass("discard"), ({ service }) => service),
  };
}
