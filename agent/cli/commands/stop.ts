/** Ends the project's agent and waits until it is gone: a rollout that runs is finished first. */
import { setTimeout as wait } from "node:timers/promises";
import { isAlive } from "../../../client/rendezvous.ts";
import { HotenvError } from "../../../core/protocol/errors.ts";
import { pathsOf, reachAgent } from "../access.ts";
import type { Context } from "../context.ts";
import { answer } from "../context.ts";

const pollMs = 20;
/** From the end of the connection on; what takes time has been done by then. */
const endMs = 15_000;

export async function stop(context: Context): Promise<number> {
  const agent = await reachAgent(context, "there is nothing to stop");
  const closed = new Promise<void>((resolve) => agent.onClose(() => resolve()));
  try {
    await agent.call("stop", {});
    await closed;
  } finally {
    agent.close();
  }
  // Of another process' end there is no event; whoever waited for it may want to start the next one.
  const { pid } = agent.rendezvous;
  for (const deadline = performance.now() + endMs; isAlive(pid); await wait(pollMs))
    if (performance.now() > deadline)
      throw new HotenvError(
        "agent-unreachable",
        `The agent (process ${pid}) was asked to stop, but has not ended.`,
        {
          todo: `If it was spawned, its log is ${pathsOf(context).log}.`,
        },
      );
  answer(context, "stop", { stopped: true }, () => "The agent has stopped.\n");
  return 0;
}
