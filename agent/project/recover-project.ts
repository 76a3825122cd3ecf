/** Ends what a crash of the agent interrupted. */
import { recover } from "../rollout/recover.ts";
import { returnFiles } from "./execute.ts";
import { forgetFailure } from "./kept-failure.ts";
import { readModel } from "./serialise.ts";
import { revisionContent, type Workshop } from "./workshop.ts";

/** Before it has ended nothing else may touch a service. */
export async function recoverProject({
  directory,
  history,
  events,
  board,
  runtimes,
  hide,
}: Workshop): Promise<void> {
  for (const interrupted of history.unfinished()) {
    const model = readModel(history.model(interrupted.revision) ?? "");
    await runtimes.provide(model.name, model.services);
    const parent = history.current();
    if (parent !== null) await runtimes.provide(model.name, revisionContent(history, parent).services);
    const { verdict, reason: said } = await recover(
      interrupted,
      runtimes.ofOperation,
      (seq, state) => history.mark(interrupted.revision, seq, state),
      (files) => returnFiles(directory, history, files),
    );
    const reason = hide(said);
    const endedAt = new Date().toISOString();
    const rollout = interrupted.rollout && { ...interrupted.rollout, endedAt, verdict, reason };
    history.conclude(interrupted.revision, { verdict, rollout });
    forgetFailure(history, interrupted.revision);
    events.emit("log", { level: "warn", message: `Revision ${interrupted.revision}: ${reason}` });
    board.set({ revision: history.current(), lastGood: history.lastGood(), rollout });
    // An interruption is no verdict on the change: the files are looked at again.
    if (verdict === "rolled-back") history.observed("");
  }
}
