/** The emergency stop: kept in the history, so that it outlives the agent. */
import { HotenvError } from "../../core/protocol/errors.ts";
import type { History } from "../history/history.ts";
import type { Board } from "./board.ts";
import type { Workshop } from "./workshop.ts";

const pausedName = "paused";

export const isPaused = (history: History): boolean => history.recall(pausedName) !== undefined;

/** A rollout that runs is stopped between two of its operations, and goes back. */
export function setPaused({ history, board, cancellation }: Workshop, paused: boolean): void {
  keepPaused(history, paused);
  board.set({ paused });
  if (paused)
    cancellation.cancel(
      new HotenvError("paused", "Hotenv was paused in the middle of this.", {
        todo: "`hotenv resume` tries it again.",
      }),
    );
}

export function keepPaused(history: History, paused: boolean): void {
  history.keep(pausedName, paused ? new Date().toISOString() : null);
}

export function refuseWhilePaused(board: Board): void {
  if (!board.fields.paused) return;
  throw new HotenvError("paused", "Hotenv is paused; nothing is applied.", {
    todo: "End the pause with `hotenv resume`.",
  });
}
