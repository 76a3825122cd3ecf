/** `apply` and `rollback`: one rollout, waited for, that Ctrl-C ends well. */
import { exitCodes } from "../../../core/protocol/errors.ts";
import type { Outcome } from "../../../core/protocol/messages.ts";
import type { Access } from "../access.ts";
import { reach } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";
import { verdictExitCode } from "../exit-code.ts";
import { never, watchInterrupts } from "../interrupt.ts";
import { renderProgress } from "../render/event.ts";
import { renderOutcome } from "../render/revision.ts";
import { sayWhatRuns } from "../what-runs.ts";

async function rollOut(
  context: Context,
  command: "apply" | "confirm" | "rollback",
  work: (access: Access, signal: AbortSignal) => Promise<Outcome>,
): Promise<number> {
  let reached: Access | undefined;
  using interrupt = watchInterrupts({
    first: () =>
      context.terminal.err(
        "hotenv: Cancelling; what ran before comes back. Press Ctrl-C again to see what is still running.\n",
      ),
    again: () => {
      const api = reached?.api;
      void sayWhatRuns(context.terminal, api && (() => api.status({}, never)));
    },
  });
  await using access = await reach(context, interrupt.signal);
  reached = access;
  const outcome = await withProgress(context, access, () => work(access, interrupt.signal));
  answer(context, command, outcome, (view) => renderOutcome(outcome, view));
  return verdictExitCode(outcome.verdict);
}

/** Tells in passing which step the rollout is at. */
async function withProgress<T>(
  { terminal, options }: Context,
  access: Access,
  work: () => Promise<T>,
): Promise<T> {
  if (options.json) return work();
  const stop = access.onEvent((event) => {
    if (event.type !== "restart_progress" || event.data.step === undefined) return;
    terminal.hint(renderProgress(event.data.step, terminal.errView()));
  });
  try {
    return await work();
  } finally {
    stop();
    terminal.hint("");
  }
}

export function apply(
  context: Context,
  options: { readonly reason?: string | undefined; readonly up?: boolean | undefined },
): Promise<number> {
  return rollOut(context, "apply", ({ api }, signal) => api.apply({ ...options, origin: "cli" }, signal));
}

/** Waiting is an agent's: where none runs, nothing waits. */
export async function confirm(
  context: Context,
  { dismiss = false }: { readonly dismiss?: boolean | undefined },
): Promise<number> {
  const code = await rollOut(context, "confirm", ({ api }, signal) =>
    api.confirm({ accept: !dismiss }, signal),
  );
  // A no that was heard is no failure.
  return dismiss && code === exitCodes.rejected ? exitCodes.done : code;
}

export function rollback(
  context: Context,
  revision: number | undefined,
  options: { readonly dryRun?: boolean | undefined; readonly key?: string | undefined },
): Promise<number> {
  return rollOut(context, "rollback", ({ api }, signal) => api.rollback({ revision, ...options }, signal));
}
